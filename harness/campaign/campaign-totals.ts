/** What a campaign has done so far, added up, and the verdict that follows. */
import type { Verdict } from '../../checkers/anomaly.ts';
import { tooFew } from '../../checkers/stats.ts';
import type { FaultCounts, SeedOutcome, Work } from './campaign-seed.ts';

/** How many seeds that were not valid are kept whole; the counts go on. */
const keptMax = 100;

export class CampaignTotals {
  readonly verdicts: Record<Verdict, number> = { valid: 0, invalid: 0, unknown: 0 };
  /** Not valid, in the order in which they were found. */
  readonly notValid: SeedOutcome[] = [];
  readonly duringFaults: Record<string, number> = {};
  readonly faults: Record<string, FaultCounts> = {};
  /** By what was reached: in how many seeds. */
  readonly reached = new Map<string, number>();
  ok = 0;
  acknowledged = 0;
  nonEmptyPulls = 0;
  virtualSeconds = 0;
  /** Of all threads together. */
  busySeconds = 0;
  /** Seeds that did not come to their end. */
  broken = 0;

  get seeds(): number {
    return this.verdicts.valid + this.verdicts.invalid + this.verdicts.unknown;
  }

  /** What is counted towards stopping early: what was found, and what did not end. */
  get failures(): number {
    return this.verdicts.invalid + this.broken;
  }

  add(outcome: SeedOutcome): void {
    this.verdicts[outcome.verdict] += 1;
    if (outcome.verdict !== 'valid' && this.notValid.length < keptMax) this.notValid.push(outcome);
    if (outcome.broke !== undefined) this.broken += 1;
    this.virtualSeconds += outcome.virtualSeconds;
    this.busySeconds += outcome.realSeconds;
    for (const name of outcome.reached ?? []) this.reached.set(name, (this.reached.get(name) ?? 0) + 1);
    this.#addWork(outcome.work);
  }

  /** What falls short of what a campaign must have tried; empty when it is enough. */
  shortcomings(): readonly string[] {
    return tooFew(this, Object.keys(this.faults).sort());
  }

  verdict(): Verdict {
    if (this.verdicts.invalid > 0) return 'invalid';
    if (this.verdicts.unknown > 0 || this.shortcomings().length > 0) return 'unknown';
    return 'valid';
  }

  #addWork(work: Work): void {
    this.ok += work.ok;
    this.acknowledged += work.acknowledged;
    this.nonEmptyPulls += work.nonEmptyPulls;
    for (const [nemesis, count] of Object.entries(work.duringFaults))
      this.duringFaults[nemesis] = (this.duringFaults[nemesis] ?? 0) + count;
    for (const [nemesis, { bit, noTarget }] of Object.entries(work.faults)) {
      this.faults[nemesis] ??= { bit: 0, noTarget: 0 };
      this.faults[nemesis].bit += bit;
      this.faults[nemesis].noTarget += noTarget;
    }
  }
}
