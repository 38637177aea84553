/** What a replica holds once the run is over and the node has stopped. */

export interface EpochStart {
  readonly epoch: number;
  /** Physical offset of the first byte written under the epoch. */
  readonly startOffset: number;
}

/** The digest of a stretch of the log, [from, to): equal bytes give equal digests. */
export interface LogDigest {
  readonly from: number;
  readonly to: number;
  readonly digest: string;
  /** 'topic/queueId@queueOffset' of the record, for people; said by the first replica that holds it alone. */
  readonly message?: string;
}

export interface ReplicaObservation {
  /** Brokers of one replica group hold the same log. */
  readonly brokerName: string;
  readonly node: string;
  /** As the epoch file says, oldest first. */
  readonly epochs: readonly EpochStart[];
  /** Physical offsets; `maxOffset` is the end of the last whole record. */
  readonly minOffset: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  /**
   * The log record by record in order: start offset and a digest of its bytes. Two replicas that hold the same bytes up to an offset
   * have the same records up to it.
   */
  readonly records: readonly LogDigest[];
}

/** A line of trace.jsonl. `time`: nanoseconds on the clock of the run, as near as the harness can tell. */
export interface TraceEvent {
  readonly time: number;
  readonly node: string;
  readonly event: string;
  readonly [field: string]: unknown;
}
