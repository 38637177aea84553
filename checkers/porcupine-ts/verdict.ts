/** What a check found. */
export type Verdict = 'ok' | 'illegal' | 'unknown';

/** Why a check gave up. */
export type UnknownReason = 'timeout' | 'memory' | 'steps' | 'aborted';

/** The verdict, and what it cost. */
export interface CheckResult {
  /** `illegal` as soon as one partition is. `unknown` never means ok: the search gave up, see `reason`. */
  readonly verdict: Verdict;
  readonly reason?: UnknownReason;
  readonly partitions: readonly PartitionResult[];
  /** Calls of the model that the search asked for, answered from memory or not. */
  readonly steps: number;
  /** Distinct configurations (what is placed, and the state after it) that were entered. */
  readonly configurations: number;
  /** Roughly what the search held when it ended. */
  readonly memoryBytes: number;
  readonly elapsedMs: number;
}

/** The same of one key of the model, or of everything where it has none. */
export interface PartitionResult {
  readonly verdict: Verdict;
  /** What the model's `partition` said; undefined without one. */
  readonly key: unknown;
  /** Positions in the history as it was given, in the order of their calls. */
  readonly operations: readonly number[];
  /**
   * Orders that the model allows, as positions in the history: the whole witness when ok, otherwise how far the search came. Longest first, then
   * by their positions; so the same history gives the same list everywhere.
   */
  readonly linearizations: readonly (readonly number[])[];
}
