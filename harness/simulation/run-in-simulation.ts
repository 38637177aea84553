/** One run in the simulated world: nothing is written, all is kept until the caller lets go of it. */
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';
import type { Nemesis } from '../../nemeses/nemesis.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import type { ScheduledFault } from '../../nemeses/schedule.ts';
import { SimDeployment } from '../deployment/sim/cluster/sim-deployment.ts';
import { SimTimeLimitError } from '../deployment/sim/sim-world.ts';
import type { WorldWatch } from '../deployment/sim/world-watch.ts';
import type { RunFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { evidenceOf } from '../runner/evidence.ts';
import { type Judgement, judgementOf } from '../runner/judge.ts';
import { longestRunMs, Run, type RunWitness } from '../runner/run.ts';
import type { RunListener } from '../runner/run-listener.ts';
import { silentListener } from '../runner/silent-listener.ts';
import type { ScriptedOperation } from '../workload/scripted-operation.ts';
import { OutputInMemory } from './output-in-memory.ts';
import type { Scenario } from './scenario.ts';

export interface SimulationOptions {
  readonly nemeses: ReadonlyMap<string, Nemesis>;
  readonly schedule: readonly ScheduledFault[];
  readonly signal?: AbortSignal;
  readonly listener?: RunListener;
  /** Where they are not what the seed gives: see Scenario. */
  readonly script?: readonly ScriptedOperation[];
  readonly worldSeed?: number;
  /** Told what the run decides on its way. */
  readonly witness?: RunWitness;
  /** Told of every event of the world. */
  readonly watch?: WorldWatch;
}

export interface SaveOptions {
  /** The nodes' disks too; they are by default. */
  readonly data?: boolean;
  /** What happened, for people. */
  readonly timeline?: readonly string[];
}

export interface SimulatedRun {
  readonly judgement: Judgement;
  readonly output: OutputInMemory;
  /** What decided the run, and would decide it again. */
  readonly scenario: Scenario;
  /** Of every event of the world: equal for equal scenarios. */
  readonly digest: string;
  /** Those of seeded bugs to which some node came. */
  readonly guards: readonly SeededBug[];
  /** Of the world: timers, bytes that arrived, disk operations. */
  readonly events: number;
  /** Of virtual time, from the start of the first node to the stop of the last. */
  readonly virtualSeconds: number;
  /** The files of a run's folder, its report aside. */
  save(files: RunFiles, options?: SaveOptions): Promise<Judgement>;
}

/** A function of the plan and the schedule. Rejects where the harness itself could not do its work. */
export async function runInSimulation(plan: RunPlan, options: SimulationOptions): Promise<SimulatedRun> {
  const { schedule, script, worldSeed, witness } = options;
  const deployment = new SimDeployment(worldSeed ?? plan.seed, options.watch);
  const { world } = deployment;
  const output = new OutputInMemory(world);
  const run = new Run(
    plan,
    {
      deployment,
      nemeses: options.nemeses,
      schedule,
      listener: withoutProgress(options.listener ?? silentListener),
      signal: options.signal ?? new AbortController().signal,
      ...(script === undefined ? {} : { script }),
      ...(witness === undefined ? {} : { witness }),
    },
    output,
  );
  const executed = await deployment.drive(run.execute(), longestRunMs(plan)).catch((error: unknown) => {
    if (error instanceof SimTimeLimitError)
      return run.abandon(`${world.now() / 1000} s of virtual time went by`);
    throw error;
  });
  const digest = world.digest();
  const record = { ...executed, digest };
  const scenario: Scenario = {
    plan,
    schedule,
    ...(script === undefined ? {} : { script }),
    ...(worldSeed === undefined ? {} : { worldSeed }),
  };
  const { events } = world;
  const virtualSeconds = world.now() / 1000;
  const startMs = osClock.monotonicMs();
  const { faults, trace, replicas, nodeLogs, history } = output;
  const evidence = evidenceOf({ record, faults, operations: history.operations, trace, replicas });
  const judged = judgementOf(record, evidence, nodeLogs);
  const judgement = { ...judged, took: (osClock.monotonicMs() - startMs) / 1000 };
  return {
    judgement,
    output,
    scenario,
    digest,
    guards: deployment.guardsReached(),
    events,
    virtualSeconds,
    save: async (files, { timeline, data = true } = {}) => {
      const told = timeline === undefined ? record : { ...record, timeline };
      return { ...judgement, record: await output.save(files, told, scenario, run.cluster, { data }) };
    },
  };
}

/** Progress is asked of the cluster, in events of the world: a run must be the same whether somebody looks or not. */
function withoutProgress(listener: RunListener): RunListener {
  return {
    ...silentListener,
    planned: (plan, files) => listener.planned(plan, files),
    phase: (name, detail) => listener.phase(name, detail),
    fault: (event) => listener.fault(event),
    note: (line) => listener.note(line),
  };
}

/** Once more, exactly. */
export function runScenario(
  scenario: Scenario,
  options: Pick<SimulationOptions, 'signal' | 'listener' | 'witness' | 'watch'> = {},
): Promise<SimulatedRun> {
  const { plan, ...parts } = scenario;
  return runInSimulation(plan, { ...parts, ...options, nemeses: namedNemeses });
}
