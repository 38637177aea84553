/** How a run failed, in one word: what a smaller run must fail with too. */
import { type AnomalyName, anomalyNames, type CheckResult } from '../../checkers/anomaly.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { expectedOf } from '../record/seeded-bug-catalogue.ts';

export function anomaliesOf(results: readonly CheckResult[]): AnomalyName[] {
  const found = new Set(results.flatMap(({ anomalyCounts }) => Object.keys(anomalyCounts)));
  return anomalyNames.filter((name) => found.has(name));
}

/** Of several: one that the seeded bug is to show, else the gravest for clients. Undefined: it did not fail. */
export function failureOf(plan: RunPlan, results: readonly CheckResult[]): AnomalyName | undefined {
  const found = anomaliesOf(results);
  const ofSafety = found.filter((name) => !ofWholeGroup.has(name));
  const expected = plan.bug === undefined ? [] : expectedOf(plan.bug);
  return expected.find((name) => found.includes(name)) ?? ofSafety[0] ?? found[0];
}

const ofWholeGroup: ReadonlySet<AnomalyName> = new Set([
  'unavailable',
  'stuck',
  'failover-without-fault',
  'replica-not-in-sync',
]);
