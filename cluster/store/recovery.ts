/**
 * Makes a folder's files agree after a stop of any kind, before the store opens.
 *
 * The checkpoint names a place at which everything before it is known to be durable, in the log and in the queues. From there on the log is
 * read record by record; where the first thing is that is no whole record the log ends, and what lies behind is removed for good. Queues are
 * cut at that place and written again from the log, up to the recorded confirmOffset and never beyond (B05); what lies above it is known as
 * pending, so that the next queue offsets cover the whole log (B06).
 */
import { Buffer } from 'node:buffer';
import { RecordReader } from '../message/record-reader.ts';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import type { Trace } from '../runtime/trace.ts';
import { type Checkpoint, QUEUE_UNITS_UNKNOWN } from './checkpoint.ts';
import { LogBlocks } from './commit-log/log-blocks.ts';
import { scanLog } from './commit-log/log-scan.ts';
import type { ConsumeQueues } from './consume-queue/consume-queues.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { FileQueue } from './file-queue.ts';
import type { LogSums } from './log-sums.ts';
import { StoreError } from './store-error.ts';

export interface Recovered {
  /** The store was closed before. */
  readonly clean: boolean;
  /** Bytes behind the log's end that were removed, as far as they could be told from zeros. */
  readonly truncatedBytes: number;
  /** The log once held everything below, certainly; a log that ends below is suspect. */
  readonly recordedConfirmOffset: number;
  readonly maxOffset: number;
}

export interface RecoveryInput {
  readonly files: FileQueue;
  readonly queues: ConsumeQueues;
  readonly dispatcher: Dispatcher;
  readonly checkpoint: Checkpoint;
  readonly clean: boolean;
  readonly sums: LogSums;
  readonly trace: Trace;
  readonly seededBugs: ReadonlySet<SeededBug>;
}

/** Above this many waiting queue entries recovery puts them on disk before it reads on. */
const UNWRITTEN_MAX = 65536;

/** So much of the log's end is compared with its checksums at each start: about half a second of a fast disk. */
const VERIFIED_BYTES_MAX = 1024 * 1024 * 1024;

/** Between the anchors that are kept while the log is read. */
const ANCHOR_STEP_BYTES = 16 * 1024 * 1024;

/** `verifiedFrom`: a record begins here, and from here on all records were read, at least two steps' length if the scan was that long. */
export async function recover(
  input: RecoveryInput,
): Promise<{ readonly recovered: Recovered; readonly verifiedFrom: number }> {
  const { files, queues, dispatcher, checkpoint, clean, sums, seededBugs } = input;
  const dispatchesAll = seededBugs.has('dispatch-beyond-confirm');
  const skipsTail = seededBugs.has('skip-tail-offsets');
  const reader = new RecordReader();
  const logStart = files.start ?? 0;
  const known = checkpoint.ours ?? (await anchorOfForeignStore(files, reader, checkpoint, clean));
  let dispatchedOffset = Math.max(known.dispatchedOffset, logStart);
  let scanOffset = Math.max(Math.min(known.scanOffset, dispatchedOffset), logStart);
  if (!(await loadQueues(input, dispatchedOffset))) {
    dispatchedOffset = logStart;
    scanOffset = logStart;
  }
  const confirmOffset = recordedConfirmOffset(checkpoint);
  dispatcher.begin(dispatchedOffset);

  const blocks = new LogBlocks(files);
  const damagedFrom = await sums.firstDamage(blocks, logStart, VERIFIED_BYTES_MAX);
  const anchors = [scanOffset, scanOffset, scanOffset];
  const scan = (from: number) => {
    anchors.fill(from);
    return scanLog(files, blocks, reader, {
      from,
      soundEnd: damagedFrom ?? Number.POSITIVE_INFINITY,
      unsyncedFrom: checkpoint.ours?.syncedOffset ?? Number.POSITIVE_INFINITY,
      each: (record) => {
        if (record.physicalOffset - (anchors[2] ?? 0) >= ANCHOR_STEP_BYTES) {
          anchors.shift();
          anchors.push(record.physicalOffset);
        }
        if (record.physicalOffset < dispatchedOffset) return undefined;
        const rot = dispatcher.faultOf(record);
        if (rot === undefined && !(skipsTail && record.physicalOffset >= confirmOffset))
          dispatcher.note(record);
        return rot;
      },
      afterBlock: async (end) => {
        dispatcher.advance(dispatchesAll ? end : Math.min(confirmOffset, end));
        if (queues.unwrittenCount > UNWRITTEN_MAX) await queues.write(false);
      },
    });
  };
  // Where a file begins a record begins.
  const firstLook =
    damagedFrom === undefined || damagedFrom >= scanOffset
      ? scanOffset
      : Math.max(files.startOf(damagedFrom), logStart);
  let { end, fault } = await scan(firstLook);
  // Not even the first record is there, though all below was durable: the damage may begin anywhere before.
  if (end === firstLook && firstLook > logStart && known.maxOffset > firstLook)
    ({ end, fault } = await scan(logStart));
  if (end < dispatchedOffset) {
    await queues.cut(logStart, end);
    dispatcher.begin(end);
  }
  if (!clean) {
    await files.writeAgain(
      Math.min(Math.max(checkpoint.ours?.syncedOffset ?? scanOffset, logStart), end),
      end,
    );
  }
  const truncatedBytes = await removeBehind(files, end, clean && end === known.maxOffset);
  await files.sync();
  const recovered = {
    clean,
    truncatedBytes,
    recordedConfirmOffset: Math.max(
      confirmOffset === Number.POSITIVE_INFINITY ? 0 : confirmOffset,
      checkpoint.ours?.owedOffset ?? 0,
      checkpoint.ours?.syncedOffset ?? 0,
      sums.end ?? 0,
    ),
    maxOffset: end,
  };
  input.trace.emit('store-recovered', { ...recovered });
  if (truncatedBytes > 0) {
    input.trace.log(
      'warn',
      `the log ends at ${end} (${fault}); ${truncatedBytes} bytes behind it were removed`,
    );
  }
  if (end < recovered.recordedConfirmOffset) {
    input.trace.log(
      'error',
      `the log ends at ${end} but once held everything up to ${recovered.recordedConfirmOffset}`,
    );
  }
  return { recovered, verifiedFrom: Math.min(anchors[0] ?? logStart, end) };
}

/** A Java broker in another mode than the controller's keeps no confirmOffset: then all that is there counts. */
function recordedConfirmOffset(checkpoint: Checkpoint): number {
  if (checkpoint.ours !== undefined || checkpoint.confirmOffset > 0) return checkpoint.confirmOffset;
  return Number.POSITIVE_INFINITY;
}

/** False when the queues' files do not agree with the checkpoint: they were removed, and will be made again from the log. */
async function loadQueues(input: RecoveryInput, dispatchedOffset: number): Promise<boolean> {
  const { files, queues, checkpoint, clean, trace } = input;
  try {
    await queues.load(files.start ?? 0, dispatchedOffset);
    const wanted = checkpoint.ours?.queueUnits;
    const found = queues.unitCount();
    if (wanted !== undefined && wanted !== QUEUE_UNITS_UNKNOWN && wanted !== found) {
      throw new StoreError('damaged', `consumequeue: wanted ${wanted} entries, got ${found}`);
    }
    await queues.cutLeftovers(!clean || checkpoint.ours === undefined);
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    trace.log('warn', `${error.message}; the queues are made again from the log`);
    await queues.clear();
    return false;
  }
}

/**
 * A folder without our part of the checkpoint: recovery begins with the newest file whose first message was stored before everything that the
 * checkpoint's timestamps tell to be on disk (after a clean stop: with the newest that has a message), as RocketMQ does.
 */
async function anchorOfForeignStore(
  files: FileQueue,
  reader: RecordReader,
  checkpoint: Checkpoint,
  clean: boolean,
): Promise<{ dispatchedOffset: number; scanOffset: number; maxOffset: number }> {
  const safeTimestamp = Math.min(checkpoint.physicMsgTimestamp, checkpoint.logicsMsgTimestamp) - 3000;
  let offset = files.start ?? 0;
  for (const start of [...files.starts].reverse()) {
    reader.over(await files.read(start, HEAD_BYTES));
    const kind = reader.read(0, start);
    const isRecord = kind === 'record' || (kind === 'cut' && reader.size > HEAD_BYTES && clean);
    if (isRecord && (clean || (reader.storeTimestamp > 0 && reader.storeTimestamp <= safeTimestamp))) {
      offset = start;
      break;
    }
  }
  return { dispatchedOffset: offset, scanOffset: offset, maxOffset: 0 };
}

const HEAD_BYTES = 128 * 1024;

/** Removes for good what lies behind the log's end. Returns how many bytes that were. */
async function removeBehind(files: FileQueue, end: number, isEnd: boolean): Promise<number> {
  if (files.start === undefined || isEnd) return 0;
  const fileEnd = files.startOf(end) + files.fileBytes;
  let count = lengthWithoutZeros(await files.read(end, LOOK_BYTES));
  for (const start of files.starts) {
    if (start < fileEnd || start < end) continue;
    const length = lengthWithoutZeros(await files.read(start, LOOK_BYTES));
    if (length > 0) count = start + length - end;
  }
  await files.cut(end);
  return count;
}

/** Far enough for any record; more is not worth the reading. */
const LOOK_BYTES = 8 * 1024 * 1024;

/** The blank end of a file is megabytes of zeros: compared by the block, which is many times faster than byte by byte. */
const zeros = new Uint8Array(64 * 1024);

function lengthWithoutZeros(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length >= zeros.length && Buffer.compare(bytes.subarray(length - zeros.length, length), zeros) === 0)
    length -= zeros.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return length;
}
