/**
 * The file `checkpoint`, 4096 bytes: RocketMQ's own fields (int64 physicMsgTimestamp | int64 logicsMsgTimestamp | int64 indexMsgTimestamp
 * | int64 masterFlushedOffset | int64 confirmPhyOffset), and at bytes 1024 and 2048 by turns, where Java never looks, ours:
 *
 * int32 magic | int32 CRC of what follows | int64 sequence | the five fields above once more | int64 dispatchedOffset | int64 syncedOffset
 * | int64 scanOffset | int64 owedOffset | int64 maxOffset | int64 queueUnits | int64 commit log file bytes | int64 queue file bytes
 *
 * Two places, since a power cut may tear the one that is being written; the fields are repeated since it may tear them, too. A Java broker
 * that used the folder in between leaves ours as it was: it holds still, since neither takes away what is confirmed, and recovery reads the
 * log from there.
 */
import { crc32 } from '../bytes/crc32.ts';
import { readInt64, viewOf, writeInt64 } from '../bytes/int64.ts';

export const CHECKPOINT_BYTES = 4096;

export interface Checkpoint {
  readonly physicMsgTimestamp: number;
  readonly logicsMsgTimestamp: number;
  readonly indexMsgTimestamp: number;
  readonly masterFlushedOffset: number;
  readonly confirmOffset: number;
  /** Undefined when the file is missing, or only a Java broker has written it. */
  readonly ours: OurCheckpoint | undefined;
}

export interface OurCheckpoint {
  /** ConsumeQueues hold, durably, all records below. */
  readonly dispatchedOffset: number;
  /** The log is durable below. */
  readonly syncedOffset: number;
  /** A record begins here; recovery begins here. At or below both of the above. */
  readonly scanOffset: number;
  /** What the log once held for certain and must hold again before this replica can be believed; 0 when it holds all. */
  readonly owedOffset: number;
  readonly maxOffset: number;
  /** The queues' entries in all at `dispatchedOffset`, or QUEUE_UNITS_UNKNOWN. */
  readonly queueUnits: number;
  readonly commitLogFileBytes: number;
  readonly consumeQueueFileBytes: number;
}

export const QUEUE_UNITS_UNKNOWN = -1;

const MAGIC = 0x524a5331;
const SLOTS = [1024, 2048] as const;
const SLOT_BYTES = 120;
const JAVA_FIELDS = 5;
const FIRST_FIELD = 16;

/** Changes `file` (the bytes of the last checkpoint) into the next one. */
export function writeCheckpoint(
  file: Uint8Array,
  checkpoint: Checkpoint & { readonly ours: OurCheckpoint },
): void {
  const view = viewOf(file);
  const ours = checkpoint.ours;
  const java = [
    checkpoint.physicMsgTimestamp,
    checkpoint.logicsMsgTimestamp,
    checkpoint.indexMsgTimestamp,
    checkpoint.masterFlushedOffset,
    checkpoint.confirmOffset,
  ];
  for (const [index, value] of java.entries()) writeInt64(view, index * 8, value);
  const sequence = Math.max(...SLOTS.map((slot) => sequenceOf(file, slot) ?? 0)) + 1;
  const slot = SLOTS[sequence % 2 === 0 ? 0 : 1];
  const values = [
    ...java,
    ours.dispatchedOffset,
    ours.syncedOffset,
    ours.scanOffset,
    ours.owedOffset,
    ours.maxOffset,
    ours.queueUnits,
    ours.commitLogFileBytes,
    ours.consumeQueueFileBytes,
  ];
  writeInt64(view, slot + 8, sequence);
  for (const [index, value] of values.entries()) writeInt64(view, slot + FIRST_FIELD + index * 8, value);
  view.setUint32(slot, MAGIC);
  view.setUint32(slot + 4, crc32(file.subarray(slot + 8, slot + SLOT_BYTES)));
}

export function readCheckpoint(file: Uint8Array): Checkpoint {
  const view = viewOf(file);
  const [newest] = SLOTS.map((slot) => ({ slot, sequence: sequenceOf(file, slot) ?? 0 }))
    .filter((one) => one.sequence > 0)
    .sort((a, b) => b.sequence - a.sequence);
  const slot = newest?.slot;
  const java = (index: number) =>
    readInt64(view, slot === undefined ? index * 8 : slot + FIRST_FIELD + index * 8);
  const field = (index: number) => readInt64(view, (slot ?? 0) + FIRST_FIELD + (JAVA_FIELDS + index) * 8);
  return {
    physicMsgTimestamp: java(0),
    logicsMsgTimestamp: java(1),
    indexMsgTimestamp: java(2),
    masterFlushedOffset: java(3),
    confirmOffset: java(4),
    ours:
      slot === undefined
        ? undefined
        : {
            dispatchedOffset: field(0),
            syncedOffset: field(1),
            scanOffset: field(2),
            owedOffset: field(3),
            maxOffset: field(4),
            queueUnits: field(5),
            commitLogFileBytes: field(6),
            consumeQueueFileBytes: field(7),
          },
  };
}

function sequenceOf(file: Uint8Array, slot: number): number | undefined {
  const view = viewOf(file);
  const whole =
    view.getUint32(slot) === MAGIC &&
    view.getUint32(slot + 4) === crc32(file.subarray(slot + 8, slot + SLOT_BYTES));
  return whole ? readInt64(view, slot + 8) : undefined;
}
