/** What replicas said of themselves over time. Physical offsets; times as in operations, intervals closed. */
import type { EpochStart } from '../history/replica-observation.ts';

interface Interval {
  readonly call: number;
  readonly ret: number;
}

export interface Snapshot extends Interval {
  readonly replica: string;
  /** Oldest epoch first. */
  readonly epochs: readonly EpochStart[];
  readonly maxOffset: number;
  readonly confirmOffset: number;
  /** By offset: a digest of all bytes below it. */
  readonly digests: ReadonlyMap<number, string>;
}

/** A master told that everything below `offset` is confirmed. */
export interface Confirmation extends Interval {
  readonly replica: string;
  readonly epoch: number;
  readonly offset: number;
}

export interface Truncation extends Interval {
  readonly replica: string;
  readonly to: number;
}

export interface ReplicationHistory {
  readonly snapshots: readonly Snapshot[];
  readonly confirmations: readonly Confirmation[];
  readonly truncations: readonly Truncation[];
}
