/** Decides what a checkpoint may promise, and writes it. */
import type { Clock } from '../runtime/clock.ts';
import { type OurCheckpoint, QUEUE_UNITS_UNKNOWN } from './checkpoint.ts';
import type { CheckpointFile } from './checkpoint-file.ts';
import type { CommitLog } from './commit-log/commit-log.ts';
import type { ConsumeQueues } from './consume-queue/consume-queues.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Recovered } from './recovery.ts';
import type { StoreConfig } from './store-config.ts';

export interface CheckpointerParts {
  readonly config: Required<StoreConfig>;
  readonly queues: ConsumeQueues;
  readonly dispatcher: Dispatcher;
  readonly checkpoint: CheckpointFile;
  readonly recovered: Recovered;
  readonly verifiedFrom: number;
}

/** One call at a time. Calls reject with what the disk says; they can be repeated. */
export class Checkpointer {
  readonly #clock: Clock;
  readonly #log: CommitLog;
  readonly #parts: CheckpointerParts;
  /** What the queues hold durably. */
  #queued: { readonly dispatchedOffset: number; readonly queueUnits: number; readonly timestamp: number };
  #physicMsgTimestamp: number;
  #scanAnchor: number;
  /** See OurCheckpoint.owedOffset. */
  #owedOffset: number;
  /** In this life. */
  #hasWritten = false;

  constructor(clock: Clock, log: CommitLog, parts: CheckpointerParts) {
    const { maxOffset, recordedConfirmOffset } = parts.recovered;
    this.#clock = clock;
    this.#log = log;
    this.#parts = parts;
    this.#queued = { dispatchedOffset: parts.verifiedFrom, queueUnits: QUEUE_UNITS_UNKNOWN, timestamp: 0 };
    this.#physicMsgTimestamp = parts.checkpoint.last.physicMsgTimestamp;
    this.#scanAnchor = parts.verifiedFrom;
    this.#owedOffset = maxOffset < recordedConfirmOffset ? recordedConfirmOffset : 0;
  }

  /** Puts the queues on disk, then the checkpoint that counts on them. */
  async saveAll(confirmOffset: number): Promise<void> {
    const { queues, dispatcher } = this.#parts;
    const { dispatchedOffset, dispatchedTimestamp } = dispatcher;
    const queueUnits = queues.unitCount();
    const logEnd = this.#log.end;
    const nowMs = this.#clock.wallMs();
    await queues.write(true);
    this.#queued = { dispatchedOffset, queueUnits, timestamp: dispatchedTimestamp };
    // For Java brokers, which look for a file by its age: all that was stored until then is on disk.
    if (this.#log.writer.synced >= logEnd) this.#physicMsgTimestamp = nowMs;
    await this.#save(confirmOffset, Number.POSITIVE_INFINITY);
  }

  /** Takes back what was promised above `offset`, where the log will end. */
  async lower(confirmOffset: number, offset: number): Promise<void> {
    this.#scanAnchor = Math.min(this.#scanAnchor, offset);
    await this.#save(confirmOffset, offset);
  }

  async #save(confirmOffset: number, cap: number): Promise<void> {
    const { checkpoint, config } = this.#parts;
    const last = checkpoint.last;
    const { dispatchedOffset, queueUnits, timestamp } = this.#queued;
    const syncedOffset = Math.min(this.#log.writer.synced, cap);
    if (this.#log.writer.durable >= this.#owedOffset) this.#owedOffset = 0;
    this.#moveScanAnchor();
    const next = {
      physicMsgTimestamp: this.#physicMsgTimestamp,
      logicsMsgTimestamp: Math.max(timestamp, last.logicsMsgTimestamp),
      indexMsgTimestamp: last.indexMsgTimestamp,
      masterFlushedOffset: last.masterFlushedOffset,
      confirmOffset: Math.min(confirmOffset, cap),
      ours: {
        dispatchedOffset: Math.min(dispatchedOffset, cap),
        syncedOffset,
        scanOffset: Math.min(this.#scanAnchor, dispatchedOffset, syncedOffset, cap),
        owedOffset: this.#owedOffset,
        maxOffset: Math.min(this.#log.end, cap),
        queueUnits: dispatchedOffset > cap ? QUEUE_UNITS_UNKNOWN : queueUnits,
        commitLogFileBytes: config.mappedFileSizeCommitLog,
        consumeQueueFileBytes: config.mappedFileSizeConsumeQueue,
      },
    };
    const isSame = next.confirmOffset === last.confirmOffset && isSameAs(next.ours, last.ours);
    // What was found at the start was read, but nobody knows whether it would survive.
    if (isSame && this.#hasWritten) return;
    // The first one twice, so that both places hold it: from then on a torn one never leaves none.
    if (last.ours === undefined) await checkpoint.write(next);
    await checkpoint.write(next);
    this.#hasWritten = true;
  }

  /** Recovery reads at least half a memory tail's length of records again, whatever is durable: damage is mostly at the end. */
  #moveScanAnchor(): void {
    const { end, memoryStart } = this.#log;
    const tailBytes = this.#parts.config.memoryTailBytes;
    if (end - this.#scanAnchor > 2 * tailBytes && end - memoryStart > tailBytes / 2)
      this.#scanAnchor = memoryStart;
  }
}

function isSameAs(one: OurCheckpoint, other: OurCheckpoint | undefined): boolean {
  if (other === undefined) return false;
  return Object.entries(one).every(([name, value]) => value === other[name as keyof OurCheckpoint]);
}
