/** One run of a cell of the matrix, in its world, told in one line of data. */
import { relative } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import { runOfSeed } from '../campaign/campaign-seed.ts';
import { judged } from '../campaign/run-seed.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { MatrixCell } from '../matrix/matrix-cells.ts';
import type { MatrixRun } from '../matrix/matrix-record.ts';
import type { RunFiles } from '../record/results-folder.ts';
import { type RunPlan, replayCommand } from '../record/run-plan.ts';
import { NotReadyError } from '../runner/await-condition.ts';
import type { Judgement } from '../runner/judge.ts';
import { longestRunMs } from '../runner/run.ts';
import type { RunListener } from '../runner/run-listener.ts';
import { runTest } from '../runner/run-test.ts';
import { scheduleOf } from '../runner/schedule-of-plan.ts';
import { UsageError } from '../usage-error.ts';
import { parseArguments } from './parse-options.ts';
import { runPlanFromOptions } from './run-plan-from-options.ts';
import { campaignBaseFromOptions } from './sim-options.ts';
import { simulateToFiles } from './simulate.ts';

export interface PlannedRun {
  readonly plan: RunPlan;
  readonly schedule: readonly ScheduledFault[];
}

/** `given`: options of the command line, for all cells. Throws UsageError where the world or the settings do not allow it. */
export function planOfCell(
  cell: MatrixCell,
  given: readonly string[],
  timeLimitS: number,
  seed: number,
): PlannedRun {
  // Swarm draws its own times.
  const time = cell.nemesis === 'swarm' ? [] : ['--time-limit', String(timeLimitS)];
  const parsed = parseArguments([
    ...['--workload', cell.workload, '--nemesis', cell.nemesis, '--deployment', cell.world],
    ...cell.options,
    ...given,
    ...time,
  ]);
  if (cell.world !== 'sim') {
    const plan = runPlanFromOptions(parsed.values, seed, cell.world);
    return { plan, schedule: scheduleOf(plan) };
  }
  const base = campaignBaseFromOptions(parsed, cell.nemesis, seed);
  const { plan, schedule } = runOfSeed(base, seed);
  const { isPartOfCampaign: _, ...alone } = plan;
  return { plan: base.kind === 'plain' ? alone : plan, schedule };
}

export interface CellWorld {
  readonly resultsFolder: string;
  /** Of the record: what is linked is told as seen from there. */
  readonly matrixFolder: string;
  readonly listener: RunListener;
  readonly signal: AbortSignal;
  /** Of the cell's world, where it is a real one. */
  deployment(): Deployment;
  /** Called where a run does not end: nobody can tell what it still does. */
  hung(): void;
}

class HungError extends Error {
  override readonly name = 'HungError';
}

/** Never rejects. */
export async function runOfCell(
  run: PlannedRun,
  world: CellWorld,
  seconds: () => number,
): Promise<MatrixRun> {
  const { plan } = run;
  const facts = { seed: plan.seed, timeLimitS: plan.timeLimitS, command: replayCommand(plan) };
  try {
    const { files, judgement } = await unlessHung(judgedRun(run, world), plan);
    return {
      ...facts,
      ...toldOf(judgement),
      seconds: seconds(),
      folder: relative(world.matrixFolder, files.folder),
    };
  } catch (error) {
    if (error instanceof HungError) world.hung();
    const isStopped = world.signal.aborted && error instanceof NotReadyError;
    const what = error instanceof Error ? error.message : String(error);
    return {
      ...facts,
      verdict: isStopped ? 'unknown' : 'broke',
      why: isStopped ? 'stopped by hand before the load began' : what,
      ...{ anomalies: [], ok: 0, acknowledged: 0, bites: 0, longestPauseMs: 0, seconds: seconds() },
      folder: undefined,
    };
  }
}

async function judgedRun(
  { plan, schedule }: PlannedRun,
  world: CellWorld,
): Promise<{ readonly files: RunFiles; readonly judgement: Judgement }> {
  if (plan.deployment === 'sim') return simulateToFiles(plan, schedule, world);
  const { resultsFolder, listener, signal } = world;
  return runTest(plan, {
    ...{ deployment: world.deployment(), nemeses: namedNemeses, schedule },
    ...{ resultsFolder, listener, signal },
  });
}

/** A run that hangs must not take the others' night. */
async function unlessHung<T>(work: Promise<T>, plan: RunPlan): Promise<T> {
  const limitMs = longestRunMs(plan);
  let timer: { cancel(): void } | undefined;
  const hung = new Promise<never>((_, reject) => {
    timer = osClock.after(limitMs, () =>
      reject(new HungError(`it did not end within ${Math.round(limitMs / 60_000)} min`)),
    );
  });
  try {
    return await Promise.race([work, hung]);
  } finally {
    timer?.cancel();
  }
}

type Told = Pick<
  MatrixRun,
  'verdict' | 'why' | 'anomalies' | 'ok' | 'acknowledged' | 'bites' | 'longestPauseMs'
>;

function toldOf(judgement: Judgement): Told {
  const { verdict, findings, work } = judged(judgement);
  const worst = findings.find((finding) => finding.verdict === verdict) ?? findings[0];
  const availability = judgement.results.find(({ checker }) => checker === 'availability');
  const recoveries = (
    availability?.facts as { readonly recoveries?: readonly { readonly gap: number }[] } | undefined
  )?.recoveries;
  const interrupted = judgement.record.interrupted === undefined ? '' : `${judgement.record.interrupted}; `;
  return {
    verdict,
    why: worst === undefined ? '' : `${interrupted}${worst.checker}: ${worst.evidence.split('\n')[0] ?? ''}`,
    anomalies: [...new Set(findings.flatMap(({ anomalies }) => anomalies))].sort(),
    ok: work.ok,
    acknowledged: work.acknowledged,
    bites: Object.values(work.faults).reduce((sum, { bit }) => sum + bit, 0),
    longestPauseMs: Math.round(Math.max(0, ...(recoveries ?? []).map(({ gap }) => gap / 1e6))),
  };
}

/** Why it cannot be planned; undefined: it can. */
export function refusalOf(
  cell: MatrixCell,
  given: readonly string[],
  timeLimitS: number,
): string | undefined {
  try {
    planOfCell(cell, given, timeLimitS, 1);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
