/** One row of the list: what a folder of results says of itself, in few words. */

/** What stands in the folder: one run; many of them in the simulated world; the catalogue of seeded bugs; a matrix. */
export const summaryTypes = ['run', 'campaign', 'bugs', 'matrix'] as const;
export type SummaryType = (typeof summaryTypes)[number];

/**
 * - `running`: it goes on, and can be followed.
 * - `broke`: the harness ended without a verdict, or what it wrote cannot be read.
 */
export const outcomes = ['running', 'invalid', 'broke', 'unknown', 'valid'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Figures {
  /** Seconds from the first operation to the final reads. */
  readonly seconds: number;
  readonly ok: number;
  /** SEND_OK. */
  readonly acknowledged: number;
  readonly okPerS: number;
  readonly acknowledgedPerS: number;
}

/** Of all faults of one kind in a run. Milliseconds. */
export interface FaultGaps {
  readonly faults: number;
  /** The longest time without an acknowledged send that reaches into a fault. */
  readonly worst: number;
  readonly median: number;
}

export interface RunSummary {
  /** 'log-partition/2026-11-22T06.34.31Z-11', with '/' on every system. */
  readonly path: string;
  readonly type: SummaryType;
  readonly outcome: Outcome;
  readonly startMs: number;
  /** Undefined while it goes on, and where nobody knows. */
  readonly seconds: number | undefined;
  readonly seed: number | undefined;
  readonly workload: string;
  /** Empty: none. */
  readonly nemeses: readonly string[];
  readonly world: string;
  readonly bug: string;
  readonly anomalies: readonly string[];
  /** One sentence: what was found, or why there is no verdict; empty for valid runs. */
  readonly why: string;
  readonly figures: Figures | undefined;
  /** By nemesis. */
  readonly gaps: Readonly<Record<string, FaultGaps>>;
  /** Settings that make runs comparable, beside workload, nemeses, world and bug: 'rate' -> '2000'. */
  readonly settings: Readonly<Record<string, string>>;
  /** Below the folder of results: what opens it; undefined where there is no page. */
  readonly page: string | undefined;
}

/** The kind: 'log-partition'. */
export function kindOf({ path }: Pick<RunSummary, 'path'>): string {
  return path.split('/')[0] ?? '';
}

/** The longest gap of any fault; undefined where no fault was injected. */
export function worstGapMs({ gaps }: Pick<RunSummary, 'gaps'>): number | undefined {
  const worst = Object.values(gaps).map((gap) => gap.worst);
  return worst.length === 0 ? undefined : Math.max(...worst);
}
