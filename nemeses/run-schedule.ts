/** Carries a whole schedule through: the faults of one nemesis one after another, those of several side by side. */
import type { Clock } from '../cluster/runtime/clock.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type { BreakableCluster, FaultPlan, Nemesis } from './nemesis.ts';
import { type FaultRun, runFault } from './run-fault.ts';
import { recoveryMsMinDefault, type ScheduledFault } from './schedule.ts';
import { waitUnlessStopped } from './wait.ts';

export interface ScheduleRun {
  readonly cluster: BreakableCluster;
  readonly nemeses: ReadonlyMap<string, Nemesis>;
  readonly clock: Clock;
  /** The run's stream for nemeses. */
  readonly random: Random;
  readonly tell: FaultRun['tell'];
  readonly planned?: (fault: ScheduledFault, plan: FaultPlan) => void;
  /** Aborted: what is injected is healed, what is not yet begun is left out. */
  readonly stop: AbortSignal;
}

export interface ScheduleOutcome {
  readonly healed: readonly string[];
  readonly failed: readonly string[];
  /** Not begun, since the run was stopped before, or since time had run out for it. */
  readonly skipped: readonly string[];
}

/** The load starts now. Resolves when every fault is healed, or was tried in vain. */
export async function runSchedule(
  schedule: readonly ScheduledFault[],
  run: ScheduleRun,
): Promise<ScheduleOutcome> {
  const startMs = run.clock.monotonicMs();
  const outcome = { healed: [] as string[], failed: [] as string[], skipped: [] as string[] };
  const names = [...new Set(schedule.map(({ nemesis }) => nemesis))];
  await Promise.all(
    names.map(async (name) => {
      const nemesis = run.nemeses.get(name);
      if (nemesis === undefined)
        throw new RangeError(`no nemesis named "${name}"; known: ${[...run.nemeses.keys()].join(', ')}`);
      for (const fault of schedule.filter((scheduled) => scheduled.nemesis === name)) {
        await until(startMs + fault.atMs, run);
        // What has to run to its end is not begun where the one before it left too little time.
        const isTooLate =
          nemesis.takesMs !== undefined &&
          run.clock.monotonicMs() > startMs + fault.atMs + recoveryMsMinDefault;
        if (run.stop.aborted || isTooLate) {
          outcome.skipped.push(fault.id);
          continue;
        }
        const result = await runFault(fault, { ...run, nemesis, random: run.random.fork(fault.id) });
        outcome[result].push(fault.id);
      }
    }),
  );
  return outcome;
}

function until(dueMs: number, run: ScheduleRun): Promise<void> {
  return waitUnlessStopped(dueMs - run.clock.monotonicMs(), run.clock, run.stop);
}
