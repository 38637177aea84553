/**
 * What rests on time cannot be held against a group whose machine had no time for it: a judge that found nothing else is then unknown. Nothing that
 * was lost, read or decided wrongly is excused.
 */
import { type AnomalyName, type CheckResult, unknownResult } from './anomaly.ts';

/** Of the harness's timer, which ticks every 100 ms while a run has load and comes back. */
export interface Lateness {
  readonly ticks: number;
  /** Those that came `lateFromMs` late, or later. */
  readonly lateTicks: number;
  /** Milliseconds. */
  readonly worstMs: number;
}

/** A tenth of what a broker may be silent, for one of many processes that wait for each other. */
export const lateFromMs = 150;
/** Of the ticks that may be late: collections and the reading of files make a few so on any machine. */
const lateShareMax = 0.02;
/** As long as a broker may be silent before another one takes its place. */
const worstMsMax = 1500;

const restOnTime: ReadonlySet<AnomalyName> = new Set([
  'unavailable',
  'stuck',
  'failover-without-fault',
  'replica-not-in-sync',
]);

/** One sentence, where the machine was too busy for what rests on time. */
export function busyMachine(lateness: Lateness | undefined): string | undefined {
  if (lateness === undefined) return undefined;
  const { ticks, lateTicks, worstMs } = lateness;
  if (lateTicks <= ticks * lateShareMax && worstMs < worstMsMax) return undefined;
  const share = ((100 * lateTicks) / Math.max(1, ticks)).toFixed(1);
  return `the machine was too busy to tell: of the harness's own timers ${share} % came ${lateFromMs} ms late or later, the worst ${worstMs} ms; run it again with less beside it, or a lower --rate`;
}

export function excused(result: CheckResult, why: string | undefined): CheckResult {
  if (why === undefined || result.verdict !== 'invalid') return result;
  const names = Object.keys(result.anomalyCounts) as AnomalyName[];
  if (names.length === 0 || !names.every((name) => restOnTime.has(name))) return result;
  return unknownResult(result.checker, `${why} (${result.evidence})`, result.facts);
}
