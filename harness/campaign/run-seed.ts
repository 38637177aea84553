/** Runs one seed in the simulated world and judges it in memory; its folder is written only when it is wanted. */
import { foundNoTarget } from '../../checkers/history/fault-window.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { makeRunFolder } from '../record/results-folder.ts';
import { replayCommand, runKind } from '../record/run-plan.ts';
import type { Judgement } from '../runner/judge.ts';
import { writeReportFiles } from '../runner/write-report.ts';
import { runInSimulation, type SimulatedRun } from '../simulation/run-in-simulation.ts';
import {
  type FaultCounts,
  noWork,
  runOfSeed,
  type SeedOutcome,
  type SeedTask,
  type Work,
} from './campaign-seed.ts';
import { reachedIn } from './coverage/reached-states.ts';

/** Never rejects: a run that breaks is an outcome too. */
export async function runSeed(task: SeedTask, resultsFolder: string): Promise<SeedOutcome> {
  const startMs = osClock.monotonicMs();
  const { plan, schedule } = runOfSeed(task.base, task.seed);
  const outcome = { seed: task.seed, command: replayCommand(plan) };
  const realSeconds = () => (osClock.monotonicMs() - startMs) / 1000;
  try {
    const run = await runInSimulation(plan, { nemeses: namedNemeses, schedule });
    const { verdict } = run.judgement;
    const isWanted = task.save === 'always' || (task.save === 'failures' && verdict !== 'valid');
    const folder = isWanted ? await save(run, resultsFolder) : undefined;
    return {
      ...outcome,
      ...judged(run.judgement),
      virtualSeconds: run.virtualSeconds,
      realSeconds: realSeconds(),
      digest: run.digest,
      reached: reachedIn(run),
      ...(folder === undefined ? {} : { folder }),
    };
  } catch (error) {
    const broke = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return brokenSeed(outcome, broke, realSeconds());
  }
}

/** What the judges say of it, and how much was done. */
export function judged(judgement: Judgement): Pick<SeedOutcome, 'verdict' | 'findings' | 'work'> {
  const { verdict, results } = judgement;
  return {
    verdict,
    findings: results
      .filter((result) => result.verdict !== 'valid')
      .map(({ checker, verdict, evidence, anomalies }) => ({
        checker,
        verdict,
        evidence,
        anomalies: [...new Set(anomalies.map(({ name }) => name))],
      })),
    work: workOf(judgement),
  };
}

/** A seed without a judgement. */
export function brokenSeed(
  seed: Pick<SeedOutcome, 'seed' | 'command'>,
  broke: string,
  realSeconds: number,
): SeedOutcome {
  return {
    ...seed,
    verdict: 'unknown',
    findings: [],
    work: noWork,
    virtualSeconds: 0,
    realSeconds,
    digest: '',
    broke,
  };
}

async function save(run: SimulatedRun, resultsFolder: string): Promise<string> {
  const { judgement } = run;
  const { plan } = judgement.record;
  const files = makeRunFolder(resultsFolder, runKind(plan), osClock.wallMs(), plan.seed);
  writeReportFiles(files, await run.save(files, { data: judgement.verdict !== 'valid' || plan.keep }));
  return files.folder;
}

function workOf({ evidence }: Judgement): Work {
  const { stats, windows } = evidence;
  const faults: Record<string, FaultCounts> = {};
  for (const window of windows) {
    const { nemesis } = window;
    faults[nemesis] ??= { bit: 0, noTarget: 0 };
    if (window.active !== undefined) faults[nemesis].bit += 1;
    else if (foundNoTarget(window)) faults[nemesis].noTarget += 1;
  }
  return {
    ok: Object.values(stats.byF).reduce((sum, { ok }) => sum + ok, 0),
    acknowledged: stats.acknowledged,
    nonEmptyPulls: stats.nonEmptyPulls,
    duringFaults: stats.duringFaults,
    faults,
  };
}
