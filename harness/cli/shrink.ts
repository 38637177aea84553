/** jepsen shrink RUN: the smallest run that fails in the same way, as a timeline and as a run of its own. */
import { resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { makeRunFolder, pointLatest } from '../record/results-folder.ts';
import { runKind } from '../record/run-plan.ts';
import { writeReport } from '../runner/write-report.ts';
import { failureOf } from '../simulation/failure.ts';
import { runScenario, type SimulatedRun } from '../simulation/run-in-simulation.ts';
import { shrink } from '../simulation/shrink.ts';
import { timelineText } from '../simulation/timeline.ts';
import { UsageError } from '../usage-error.ts';
import type { ParsedArguments } from './parse-options.ts';
import { savedScenario } from './replay.ts';
import type { Terminal } from './terminal.ts';
import { verdictCodes } from './verdict-codes.ts';

const budgetUsualS = 120;

export async function shrinkRun(
  terminal: Terminal,
  parsed: ParsedArguments,
  words: readonly string[],
): Promise<number> {
  const { scenario } = savedScenario('shrink', words);
  const startMs = osClock.monotonicMs();
  const seconds = () => Math.round((osClock.monotonicMs() - startMs) / 1000);
  const budgetS = Number(parsed.values.get('budget') ?? budgetUsualS);
  const isQuiet = parsed.values.has('quiet');
  const first = await runScenario(scenario);
  const failure = failureOf(scenario.plan, first.judgement.results);
  if (failure === undefined)
    throw new UsageError(
      `shrink: ${words[0] ?? ''} shows no anomaly, so there is nothing to keep while it shrinks`,
    );
  terminal.line(`before       ${sizeOf(first)}: ${failure}`);
  const { run, trials } = await shrink(scenario, {
    failure,
    isOver: () => seconds() >= budgetS,
    progress: (line) => {
      if (!isQuiet) terminal.line(`${String(seconds()).padStart(5)} s      ${line}`);
    },
  });
  const { record, results, verdict } = run.judgement;
  const timeline = timelineText(
    {
      plan: record.plan,
      isScripted: run.scenario.script !== undefined,
      anomalies: results.flatMap(({ anomalies }) => anomalies),
      faults: run.output.faults,
      trace: run.output.trace,
      operations: run.output.history.operations,
      brokerIds: record.brokerIds,
    },
    failure,
  );
  const folder = resolve(parsed.values.get('results') ?? 'results');
  const files = makeRunFolder(folder, `${runKind(record.plan)}-shrunk`, osClock.wallMs(), record.plan.seed);
  writeReport(files, await run.save(files, { timeline }));
  pointLatest(folder, files.folder);
  terminal.output(`${timeline.join('\n')}\n`);
  const why = seconds() >= budgetS ? `; the ${budgetS} s of --budget were over` : '';
  terminal.line(
    `after        ${sizeOf(run)}: ${timeline.length} lines, ${trials} trials, ${seconds()} s${why}`,
  );
  terminal.line(`report       ${files.report}`);
  return verdictCodes[verdict];
}

function sizeOf({ scenario, output }: SimulatedRun): string {
  const { plan, schedule, script } = scenario;
  const invoked = output.history.operations.filter(
    ({ type, time, f }) => type === 'invoke' && time < plan.timeLimitS * 1e9 && !f.startsWith('replica'),
  );
  const operations = script?.length ?? invoked.length;
  return `${schedule.length} faults, ${operations} operations, ${plan.timeLimitS} s, ${plan.nodes} brokers, ${plan.controllers} controllers`;
}
