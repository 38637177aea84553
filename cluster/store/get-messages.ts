/** Finds messages of a queue and reads them from the log. */
import { readInt64, viewOf } from '../bytes/int64.ts';
import { At } from '../message/record-layout.ts';
import type { CommitLog } from './commit-log/commit-log.ts';
import type { ConsumeQueue } from './consume-queue/consume-queue.ts';
import { FILLER_SIZE, UNIT_BYTES } from './consume-queue/queue-unit.ts';
import { StoreError } from './store-error.ts';

export interface GetQuery {
  readonly topic: string;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly countMax: number;
  /** One message is delivered whatever its size. */
  readonly bytesMax: number;
  /** Absent or empty: all messages. */
  readonly tagsCodes?: ReadonlySet<number>;
}

export type GetStatus =
  | 'FOUND'
  | 'NO_MATCHED_MESSAGE'
  | 'MESSAGE_WAS_REMOVING'
  | 'NO_MESSAGE_IN_QUEUE'
  | 'NO_MATCHED_LOGIC_QUEUE'
  | 'OFFSET_OVERFLOW_ONE'
  | 'OFFSET_OVERFLOW_BADLY'
  | 'OFFSET_TOO_SMALL';

export interface GetResult {
  readonly status: GetStatus;
  /** Whole records. */
  readonly records: readonly Uint8Array[];
  /** Counts messages that the filter left out. */
  readonly nextBeginOffset: number;
  readonly minOffset: number;
  readonly maxOffset: number;
}

/** Entries looked at for one answer when a filter leaves most of them out. */
const EXAMINED_MAX = 800;
const READ_AHEAD_BYTES = 256 * 1024;

export async function getMessages(
  log: CommitLog,
  queue: ConsumeQueue | undefined,
  query: GetQuery,
): Promise<GetResult> {
  if (queue === undefined) return nothing('NO_MATCHED_LOGIC_QUEUE', 0, 0, 0);
  const { minOffset, maxOffset } = queue;
  const wanted = query.queueOffset;
  if (maxOffset === 0) return nothing('NO_MESSAGE_IN_QUEUE', 0, minOffset, maxOffset);
  if (wanted < minOffset) return nothing('OFFSET_TOO_SMALL', minOffset, minOffset, maxOffset);
  if (wanted === maxOffset) return nothing('OFFSET_OVERFLOW_ONE', wanted, minOffset, maxOffset);
  if (wanted > maxOffset) return nothing('OFFSET_OVERFLOW_BADLY', maxOffset, minOffset, maxOffset);
  const found = await collect(log, queue, query, maxOffset);
  const status =
    found.records.length > 0 ? 'FOUND' : found.removed ? 'MESSAGE_WAS_REMOVING' : 'NO_MATCHED_MESSAGE';
  return { status, records: found.records, nextBeginOffset: found.next, minOffset, maxOffset };
}

async function collect(
  log: CommitLog,
  queue: ConsumeQueue,
  query: GetQuery,
  maxOffset: number,
): Promise<{ records: Uint8Array[]; next: number; removed: boolean }> {
  const filter = query.tagsCodes !== undefined && query.tagsCodes.size > 0 ? query.tagsCodes : undefined;
  const reader = new AheadReader(log, query.bytesMax);
  const records: Uint8Array[] = [];
  const examinedEnd =
    query.queueOffset + (filter === undefined ? query.countMax : Math.max(EXAMINED_MAX, query.countMax));
  let next = query.queueOffset;
  let bytes = 0;
  let removed = false;
  while (next < examinedEnd && records.length < query.countMax) {
    const pending = queue.read(next, Math.min(examinedEnd, maxOffset) - next);
    const units = pending instanceof Uint8Array ? pending : await pending;
    if (units.length < UNIT_BYTES) break;
    const view = viewOf(units);
    for (let at = 0; at + UNIT_BYTES <= units.length && records.length < query.countMax; at += UNIT_BYTES) {
      const offset = readInt64(view, at);
      const size = view.getInt32(at + 8);
      const matches = size !== FILLER_SIZE && (filter === undefined || filter.has(readInt64(view, at + 12)));
      if (matches) {
        if (offset < log.start) removed = true;
        else {
          if (records.length > 0 && bytes + size > query.bytesMax) return { records, next, removed };
          const record = reader.read(offset, size);
          records.push(record instanceof Uint8Array ? record : await record);
          bytes += size;
        }
      }
      next += 1;
    }
  }
  return { records, next, removed };
}

/** Reads records near each other with one look at the disk. */
class AheadReader {
  readonly #log: CommitLog;
  readonly #aheadBytes: number;
  #block: Uint8Array = new Uint8Array(0);
  #blockStart = 0;

  constructor(log: CommitLog, bytesMax: number) {
    this.#log = log;
    this.#aheadBytes = Math.min(bytesMax, READ_AHEAD_BYTES);
  }

  read(offset: number, size: number): Uint8Array | Promise<Uint8Array> {
    const inMemory = this.#log.readMemory(offset, size);
    if (inMemory !== undefined) return checked(inMemory, offset, size);
    const at = offset - this.#blockStart;
    if (at >= 0 && at + size <= this.#block.length)
      return checked(this.#block.subarray(at, at + size), offset, size);
    return this.#readBlock(offset, size);
  }

  async #readBlock(offset: number, size: number): Promise<Uint8Array> {
    // Not into what is still on its way to the disk.
    const length = Math.max(size, Math.min(this.#aheadBytes, this.#log.memoryStart - offset));
    this.#block = await this.#log.readDisk(offset, length);
    this.#blockStart = offset;
    return checked(this.#block.subarray(0, size), offset, size);
  }
}

function checked(record: Uint8Array, offset: number, size: number): Uint8Array {
  const view = viewOf(record);
  if (
    record.length < size ||
    view.getInt32(At.size) !== size ||
    readInt64(view, At.physicalOffset) !== offset
  ) {
    throw new StoreError(
      'damaged',
      `no record of ${size} bytes at offset ${offset}, where a queue says there is one`,
    );
  }
  return record;
}

function nothing(
  status: GetStatus,
  nextBeginOffset: number,
  minOffset: number,
  maxOffset: number,
): GetResult {
  return { status, records: [], nextBeginOffset, minOffset, maxOffset };
}
