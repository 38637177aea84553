/** One line of history.jsonl. Jepsen's words with Jepsen's meaning. */

/** A queue as histories name it: "topic/queueId". */
export type QueueKey = string;

/** Sends a message with a body that no other send has. `offset` (the queue offset) is there when it was acknowledged. */
export interface SendValue {
  readonly queue: QueueKey;
  readonly message: string;
  readonly offset?: number;
  /** Of the record in the broker's log, as the acknowledgement named it; for people, not for judges. */
  readonly physicalOffset?: number;
}

/** Reads at most a batch from queue offset `from` on. */
export interface PullValue {
  readonly queue: QueueKey;
  readonly from: number;
  /** The reader believed that it stands at the end of the queue. */
  readonly tail?: boolean;
  /** [queue offset, body] in the order they came; empty: the broker says that nothing is there yet. */
  readonly messages?: readonly (readonly [number, string])[];
}

/** Asks for the end of a queue (the offset the next message will get) or for its beginning. */
export interface OffsetValue {
  readonly queue: QueueKey;
  readonly offset?: number;
}

interface OperationBase {
  /** Line number, from 0. */
  readonly index: number;
  /** Nanoseconds, monotonic, from the start of the run. */
  readonly time: number;
  /** The logical process: one operation at a time; retired by an `info`. */
  readonly process: number;
  /** `fail`: it surely did not happen. `info`: it may have happened, now or later. */
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  /** The broker that was asked, where known. */
  readonly node?: string;
  readonly error?: string;
}

export type Operation = OperationBase &
  (
    | { readonly f: 'send'; readonly value: SendValue }
    | { readonly f: 'pull'; readonly value: PullValue }
    | { readonly f: 'max-offset' | 'min-offset'; readonly value: OffsetValue }
    /** A read from one replica, whatever its role (`node`): flagged in the request, judged apart. */
    | { readonly f: 'replica-pull'; readonly value: PullValue }
    | { readonly f: 'replica-max-offset'; readonly value: OffsetValue }
  );

export type OperationF = Operation['f'];
export type OperationType = Operation['type'];
