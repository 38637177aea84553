import type { RunPlan } from '../../record/run-plan.ts';

/** A run of a few seconds with little load. */
export function smallPlan(parts: Partial<RunPlan> = {}): RunPlan {
  return {
    workload: 'log',
    nemeses: ['kill', 'partition'],
    deployment: 'sim',
    seed: 3,
    timeLimitS: 3,
    quietStartS: 0.5,
    recoveryTimeS: 30,
    nemesisIntervalS: 11,
    rate: 20,
    concurrency: 4,
    queues: 1,
    nodes: 3,
    controllers: 1,
    flush: 'sync',
    minInSyncReplicas: 2,
    toxiproxy: 'none',
    bug: undefined,
    keep: false,
    ...parts,
  };
}
