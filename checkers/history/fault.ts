/** One line of faults.jsonl: what a nemesis did to the cluster, to whom, and how we know. */

/** Bytes from the first host to the second. */
export type FaultLink = readonly [from: string, to: string];

/**
 * - `inject`: about to act; the fault may be felt from here on.
 * - `bit`: a probe proved that it bites.
 * - `heal`: about to undo it; it may be felt no longer from here on.
 * - `healed`: a probe proved that it is gone.
 * - `failed`: it did not bite, did not heal, or found no target; `proof.reason` says which and why.
 */
export type FaultPhase = 'inject' | 'bit' | 'heal' | 'healed' | 'failed';

export type FaultProof = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface FaultEvent {
  /** Nanoseconds since the start of the run, monotonic, on the same clock as operations. */
  readonly time: number;
  /** The same for all events of one fault: 'partition-3'. */
  readonly fault: string;
  readonly phase: FaultPhase;
  readonly nemesis: string;
  /** 'half/drop', 'master', ... */
  readonly variant: string;
  /** The hosts really hit. Empty only where no target was found, which is `failed`. */
  readonly targets: readonly string[];
  /** The directed links that were cut. */
  readonly links?: readonly FaultLink[];
  readonly proof?: FaultProof;
}
