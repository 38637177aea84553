/** One seed of a campaign: what it runs, and what is told of it. All of it is data, since it goes from thread to thread. */
import type { AnomalyName, Verdict } from '../../checkers/anomaly.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { scheduleOf } from '../runner/schedule-of-plan.ts';
import { type SwarmBase, type SwarmRun, swarmNemeses, swarmPlan } from './swarm-plan.ts';

export type CampaignBase =
  | ({ readonly kind: 'swarm' } & SwarmBase)
  /** The same options for every seed. */
  | { readonly kind: 'plain'; readonly plan: RunPlan };

export interface SeedTask {
  readonly base: CampaignBase;
  readonly seed: number;
  /** Whether its folder is written. */
  readonly save: 'never' | 'failures' | 'always';
}

export interface Finding {
  readonly checker: string;
  readonly verdict: Verdict;
  readonly evidence: string;
  readonly anomalies: readonly AnomalyName[];
}

export interface FaultCounts {
  bit: number;
  /** Nobody was there to hit: nothing was injected. */
  noTarget: number;
}

/** How much was done. */
export interface Work {
  readonly ok: number;
  readonly acknowledged: number;
  readonly nonEmptyPulls: number;
  /** By nemesis: operations invoked while it was biting. */
  readonly duringFaults: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, FaultCounts>>;
}

export interface SeedOutcome {
  readonly seed: number;
  readonly verdict: Verdict;
  /** What to type to run it again. */
  readonly command: string;
  /** Of every checker that is not valid. */
  readonly findings: readonly Finding[];
  readonly work: Work;
  readonly virtualSeconds: number;
  readonly realSeconds: number;
  readonly digest: string;
  /** Of simulated runs: states, guards, outcomes and faults to which it came; see coverage/reached-states. */
  readonly reached?: readonly string[];
  readonly folder?: string;
  /** The run did not come to its end: why. The verdict is unknown then. */
  readonly broke?: string;
}

export const noWork: Work = { ok: 0, acknowledged: 0, nonEmptyPulls: 0, duringFaults: {}, faults: {} };

/** A function of base and seed. */
export function runOfSeed(base: CampaignBase, seed: number): SwarmRun {
  if (base.kind === 'swarm') return swarmPlan(seed, base, swarmNemeses);
  const plan: RunPlan = { ...base.plan, seed, isPartOfCampaign: true };
  return { plan, schedule: scheduleOf(plan) };
}
