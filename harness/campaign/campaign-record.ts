/** What campaign.json holds: the whole campaign on one page. Version 1. */
import type { Verdict } from '../../checkers/anomaly.ts';
import type { SeedOutcome } from './campaign-seed.ts';
import type { CampaignTotals } from './campaign-totals.ts';
import { type Coverage, coverageOf } from './coverage/coverage.ts';

export interface CampaignRecord {
  readonly version: 1;
  readonly kind: string;
  /** What to type to run it again. */
  readonly command: string;
  readonly verdict: Verdict;
  readonly firstSeed: number;
  readonly seedsWanted: number;
  readonly seedsDone: number;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly broken: number;
  /** Why it ended before all seeds were done. */
  readonly endedEarly?: string;
  readonly shortcomings: readonly string[];
  readonly ok: number;
  readonly acknowledged: number;
  readonly nonEmptyPulls: number;
  readonly duringFaults: Readonly<Record<string, number>>;
  readonly faults: CampaignTotals['faults'];
  readonly coverage: Coverage;
  readonly workers: number;
  readonly realSeconds: number;
  readonly virtualSeconds: number;
  readonly seedsPerSecond: number;
  /** Simulated seconds per second that a thread was busy. */
  readonly speedPerCore: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly notValid: readonly SeedOutcome[];
}

export interface CampaignFrame {
  readonly kind: string;
  readonly command: string;
  readonly firstSeed: number;
  readonly seedsWanted: number;
  readonly endedEarly?: string;
  readonly workers: number;
  readonly realSeconds: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function campaignRecord(totals: CampaignTotals, frame: CampaignFrame): CampaignRecord {
  return {
    version: 1,
    ...frame,
    verdict: totals.verdict(),
    seedsDone: totals.seeds,
    verdicts: totals.verdicts,
    broken: totals.broken,
    shortcomings: totals.shortcomings(),
    ok: totals.ok,
    acknowledged: totals.acknowledged,
    nonEmptyPulls: totals.nonEmptyPulls,
    duringFaults: totals.duringFaults,
    faults: totals.faults,
    coverage: coverageOf(totals.reached),
    virtualSeconds: totals.virtualSeconds,
    seedsPerSecond: totals.seeds / Math.max(frame.realSeconds, 1e-9),
    speedPerCore: totals.virtualSeconds / Math.max(totals.busySeconds, 1e-9),
    notValid: totals.notValid,
  };
}
