/** Gathers anomalies: counts all, keeps the first few of each name. */
import { type Anomaly, type AnomalyName, type CheckResult, unknownResult } from './anomaly.ts';

const keptPerName = 20;

export class AnomalyCollector {
  readonly #kept = new Map<AnomalyName, Anomaly[]>();
  readonly #counts = new Map<AnomalyName, number>();

  add(anomaly: Anomaly): void {
    this.#counts.set(anomaly.name, (this.#counts.get(anomaly.name) ?? 0) + 1);
    const kept = this.#kept.get(anomaly.name) ?? [];
    if (kept.length < keptPerName) kept.push(anomaly);
    this.#kept.set(anomaly.name, kept);
  }

  /** Invalid with what was found; else unknown where `missing` says what could not be looked at; else valid with `evidence`. */
  result(checker: string, evidence: string, facts?: unknown, missing?: string): CheckResult {
    const anomalies = [...this.#kept.values()].flat();
    if (anomalies.length === 0 && missing !== undefined) return unknownResult(checker, missing, facts);
    const counts = [...this.#counts].map(([name, count]) => `${count} ${name}`);
    return {
      checker,
      verdict: anomalies.length === 0 ? 'valid' : 'invalid',
      evidence: anomalies.length === 0 ? evidence : `${counts.join(', ')}: ${anomalies[0]?.detail ?? ''}`,
      anomalies,
      anomalyCounts: Object.fromEntries(this.#counts),
      ...(facts === undefined ? {} : { facts }),
    };
  }
}
