/** `--deployment sim`: one run in the simulated world, or several one after another, printed and saved as any other. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Verdict } from '../../checkers/anomaly.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { runOfSeed } from '../campaign/campaign-seed.ts';
import { makeRunFolder, pointLatest, type RunFiles } from '../record/results-folder.ts';
import { type RunPlan, runKind } from '../record/run-plan.ts';
import { FollowedRun } from '../runner/followed-run.ts';
import type { Judgement } from '../runner/judge.ts';
import type { RunListener } from '../runner/run-listener.ts';
import { resultsJson, writeReport } from '../runner/write-report.ts';
import { runInSimulation } from '../simulation/run-in-simulation.ts';
import type { ParsedArguments } from './parse-options.ts';
import { campaignBaseFromOptions } from './sim-options.ts';
import { stopOnSignals } from './stop-on-signals.ts';
import { printSummary } from './summary.ts';
import type { Terminal } from './terminal.ts';
import { TerminalListener } from './terminal-listener.ts';
import { verdictCode } from './verdict-codes.ts';

export async function simulate(parsed: ParsedArguments, terminal: Terminal): Promise<number> {
  const { values } = parsed;
  const firstSeed = Number(values.get('seed') ?? randomBytes(4).readUInt32BE());
  const base = campaignBaseFromOptions(parsed, values.get('nemesis') ?? 'none', firstSeed);
  const abort = new AbortController();
  stopOnSignals(abort, terminal);
  const repeat = Number(values.get('repeat'));
  const verdicts: Verdict[] = [];
  for (let run = 0; run < repeat && !abort.signal.aborted; run += 1) {
    const { plan, schedule } = runOfSeed(base, (firstSeed + run) % 2 ** 32);
    // A run by itself answers for its own amounts; one that a campaign would draw is judged as there.
    const { isPartOfCampaign: _, ...alone } = plan;
    verdicts.push(await simulateOne(base.kind === 'plain' ? alone : plan, schedule, parsed, terminal, abort));
  }
  return verdictCode(verdicts);
}

async function simulateOne(
  plan: RunPlan,
  schedule: ReturnType<typeof runOfSeed>['schedule'],
  { values }: ParsedArguments,
  terminal: Terminal,
  { signal }: AbortController,
): Promise<Verdict> {
  const resultsFolder = resolve(values.get('results') ?? 'results');
  const listener = new TerminalListener(terminal, values.has('quiet'));
  const { files, judgement } = await simulateToFiles(plan, schedule, { resultsFolder, listener, signal });
  if (values.has('json')) terminal.output(resultsJson(judgement));
  printSummary(terminal, files, judgement);
  return judgement.verdict;
}

/** One run, saved and reported as one of a real world is. */
export async function simulateToFiles(
  plan: RunPlan,
  schedule: ReturnType<typeof runOfSeed>['schedule'],
  world: { readonly resultsFolder: string; readonly listener: RunListener; readonly signal: AbortSignal },
): Promise<{ readonly files: RunFiles; readonly judgement: Judgement }> {
  const { resultsFolder: results, signal } = world;
  const files = makeRunFolder(results, runKind(plan), osClock.wallMs(), plan.seed);
  const listener = new FollowedRun(world.listener, osClock);
  listener.planned(plan, files);
  try {
    const startMs = osClock.monotonicMs();
    const run = await runInSimulation(plan, { nemeses: namedNemeses, schedule, signal, listener });
    const { judgement, virtualSeconds } = run;
    const realSeconds = (osClock.monotonicMs() - startMs) / 1000;
    listener.note(
      `${virtualSeconds.toFixed(1)} s simulated in ${realSeconds.toFixed(1)} s; digest of every event ${run.digest}`,
    );
    writeReport(files, await run.save(files, { data: judgement.verdict !== 'valid' || plan.keep }));
    listener.judged();
    pointLatest(results, files.folder);
    return { files, judgement };
  } catch (error) {
    listener.broke(error);
    throw error;
  }
}
