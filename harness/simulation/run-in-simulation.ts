/** One run in the simulated world: nothing is written, all is kept until the caller lets go of it. */
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { Nemesis } from '../../nemeses/nemesis.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import { SimDeployment } from '../deployment/sim/cluster/sim-deployment.ts';
import type { RunFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { evidenceOf } from '../runner/evidence.ts';
import { type Judgement, judgementOf } from '../runner/judge.ts';
import { Run } from '../runner/run.ts';
import type { RunListener } from '../runner/run-listener.ts';
import { silentListener } from '../runner/silent-listener.ts';
import { OutputInMemory } from './output-in-memory.ts';

export interface SimulationOptions {
  readonly nemeses: ReadonlyMap<string, Nemesis>;
  readonly schedule: readonly ScheduledFault[];
  readonly signal?: AbortSignal;
  readonly listener?: RunListener;
}

export interface SimulatedRun {
  readonly judgement: Judgement;
  readonly output: OutputInMemory;
  /** Of every event of the world: equal for equal plans. */
  readonly digest: string;
  /** Of virtual time, from the start of the first node to the stop of the last. */
  readonly virtualSeconds: number;
  /** The files of a run's folder, its report aside. */
  save(files: RunFiles): Promise<void>;
}

/** A function of the plan and the schedule. Rejects where the harness itself could not do its work. */
export async function runInSimulation(plan: RunPlan, options: SimulationOptions): Promise<SimulatedRun> {
  const deployment = new SimDeployment(plan.seed);
  const { world } = deployment;
  const output = new OutputInMemory(world);
  const run = new Run(
    plan,
    {
      deployment,
      nemeses: options.nemeses,
      schedule: options.schedule,
      listener: options.listener ?? silentListener,
      signal: options.signal ?? new AbortController().signal,
    },
    output,
  );
  const record = await deployment.drive(run.execute());
  const digest = world.digest();
  const virtualSeconds = world.now() / 1000;
  const startMs = osClock.monotonicMs();
  const { faults, trace, replicas, nodeLogs, history } = output;
  const evidence = evidenceOf({ faults, operations: history.operations, trace, replicas });
  const judged = judgementOf(record, evidence, nodeLogs);
  return {
    judgement: { ...judged, took: (osClock.monotonicMs() - startMs) / 1000 },
    output,
    digest,
    virtualSeconds,
    save: (files) => output.save(files, record, run.cluster),
  };
}
