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
  /**
   * The last epoch of the log that was cut, where known: only what was confirmed up to that epoch can have been in it. A deposed master cuts
   * its unconfirmed tail while its successor has long confirmed more.
   */
  readonly lastEpoch?: number;
  /** The confirmed offset the replica itself knew. */
  readonly ownConfirm?: number;
  /** It saw that it would cut below its own confirmed offset, and stopped instead. */
  readonly refused?: boolean;
}

/** A replica put an epoch into its table. */
export interface EpochBegin extends Interval, EpochStart {
  readonly replica: string;
}

export interface ReplicationHistory {
  readonly snapshots: readonly Snapshot[];
  readonly confirmations: readonly Confirmation[];
  readonly truncations: readonly Truncation[];
  readonly begins: readonly EpochBegin[];
}
