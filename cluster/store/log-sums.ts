/**
 * The file `commitlog.sums`: checksums of the log as it was confirmed, so that rot is found wherever it is. A record's own CRC covers its
 * body alone. Java brokers do not know the file, and leave it as it is: nothing that is confirmed changes under them.
 *
 * Four places of 512 bytes, each: int32 magic | int32 CRC of what follows | int64 sequence | int64 from | int64 end | int32 CRC of the last block,
 * as far as `end` | int32 CRC of all entries. From byte 4096 on the entries: int32 CRC of each whole block, from `from` on.
 *
 * The newest place counts whose entries are as it says. Two by turns are written again and again, and outlive the death of the process; two by turns
 * are followed by a sync, and outlive the machine's.
 */
import { Buffer } from 'node:buffer';
import { crc32 } from '../bytes/crc32.ts';
import { readInt64, viewOf, writeInt64 } from '../bytes/int64.ts';
import { LOG_BLOCK_BYTES, type LogBlocks } from './commit-log/log-blocks.ts';
import { isDiskFull } from './commit-log/log-writer.ts';
import type { OpenFiles } from './open-files.ts';

/** What is found damaged is cut off where its block begins; 64 KB of memory for each GB of log. */
export const SUM_BLOCK_BYTES = 64 * 1024;

const MAGIC = 0x524a5355;
const PLACE_BYTES = 512;
const STATE_BYTES = 40;
const ENTRIES_AT = 4096;

interface Sums {
  /** Where the first block begins. Blocks have their ends at multiples of their length. */
  readonly from: number;
  /** All between is covered. */
  readonly end: number;
  /** Of the bytes of the last block below `end`, where it is not whole; else 0. */
  readonly lastBlock: number;
}

export class LogSums {
  readonly #files: OpenFiles;
  readonly #path: string;
  #sums: Sums | undefined;
  /** 4 bytes for each whole block. */
  #entries: Buffer = Buffer.alloc(0);
  #entriesCrc = 0;
  #sequence = 0;
  /** Entries below are in the file. */
  #entriesWritten = 0;
  #isSynced = true;

  private constructor(files: OpenFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** Makes the file where it is missing; its name is the caller's to sync. A disk that is too full for that leaves nothing covered. */
  static async open(files: OpenFiles, root: string): Promise<LogSums> {
    const sums = new LogSums(files, `${root}/commitlog.sums`);
    try {
      await sums.#load();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    return sums;
  }

  /** Behind what is covered. */
  get end(): number | undefined {
    return this.#sums?.end;
  }

  async #load(): Promise<void> {
    const bytes = await this.#files.use(this.#path, async (file) => file.read(0, await file.size()));
    const entries = Buffer.from(bytes.subarray(ENTRIES_AT));
    const places = [0, 1, 2, 3]
      .map((place) => placeAt(bytes, place * PLACE_BYTES))
      .filter((place) => place !== undefined)
      .sort((a, b) => b.sequence - a.sequence);
    this.#sequence = places[0]?.sequence ?? 0;
    for (const place of places) {
      const length = blockCount(place) * 4;
      if (entries.length < length || crc32(entries.subarray(0, length)) !== place.entriesCrc) continue;
      // An empty one tells that nothing is covered.
      if (place.end === place.from) return;
      this.#sums = place;
      this.#entries = entries.subarray(0, length);
      this.#entriesCrc = place.entriesCrc;
      this.#entriesWritten = blockCount(place);
      return;
    }
  }

  /** Where the first block begins that is not as it was, of those that end in the last `bytesMax`; undefined: none. */
  async firstDamage(log: LogBlocks, logStart: number, bytesMax: number): Promise<number | undefined> {
    const sums = this.#sums;
    if (sums === undefined) return undefined;
    const newest = blockStart(Math.max(sums.from, sums.end - bytesMax, logStart));
    let block: number | undefined;
    let sum = 0;
    for (let at = Math.max(newest, sums.from); at < sums.end; ) {
      block ??= at;
      const bytes = (await log.read(at, LOG_BLOCK_BYTES)).subarray(0, sums.end - at);
      // A file is missing: what is wanted there ends recovery anyhow.
      if (bytes.length === 0) return block;
      for (let read = 0; read < bytes.length; ) {
        const end = Math.min(blockStart(at) + SUM_BLOCK_BYTES, at + bytes.length - read);
        sum = crc32(bytes.subarray(read, read + end - at), sum);
        read += end - at;
        at = end;
        if (at !== sums.end && at % SUM_BLOCK_BYTES !== 0) continue;
        if (sum >>> 0 !== this.#sumOf(sums, block) >>> 0) return block;
        block = at;
        sum = 0;
      }
    }
    return undefined;
  }

  #sumOf(sums: Sums, block: number): number {
    const index = blockIndex(sums.from, block);
    return index < blockCount(sums) ? this.#entries.readUInt32BE(index * 4) : sums.lastBlock;
  }

  /** `bytes` follow what is covered; an empty list begins where the log does. */
  add(at: number, bytes: Uint8Array): void {
    let { from, end, lastBlock } = this.#sums ?? { from: at, end: at, lastBlock: 0 };
    for (let read = 0; read < bytes.length; ) {
      const length = Math.min(SUM_BLOCK_BYTES - (end % SUM_BLOCK_BYTES), bytes.length - read);
      lastBlock = crc32(bytes.subarray(read, read + length), lastBlock);
      read += length;
      end += length;
      if (end % SUM_BLOCK_BYTES === 0) {
        this.#addEntry(blockCount({ from, end }) - 1, lastBlock);
        lastBlock = 0;
      }
    }
    this.#sums = { from, end, lastBlock };
    this.#isSynced = false;
  }

  #addEntry(index: number, sum: number): void {
    if (this.#entries.length < (index + 1) * 4) {
      const longer = Buffer.alloc(Math.max(1024, this.#entries.length * 2));
      this.#entries.copy(longer);
      this.#entries = longer;
    }
    const entry = this.#entries.subarray(index * 4, index * 4 + 4);
    entry.writeUInt32BE(sum >>> 0);
    this.#entriesCrc = crc32(entry, this.#entriesCrc);
  }

  /** What was added outlives the process when it resolves, and with `sync` the machine. */
  async write(sync: boolean): Promise<void> {
    if (this.#sums === undefined || (sync && this.#isSynced)) return;
    await this.#writePlaces(sync ? [2 + (this.#sequence % 2)] : [this.#sequence % 2], sync);
  }

  /** Nothing from `offset` on is covered any more: durable when it resolves. */
  async lower(offset: number): Promise<void> {
    const sums = this.#sums;
    if (sums === undefined || offset >= sums.end) return;
    this.#sums = { from: sums.from, end: Math.max(sums.from, blockStart(offset)), lastBlock: 0 };
    const count = blockCount(this.#sums);
    this.#entriesCrc = crc32(this.#entries.subarray(0, count * 4));
    this.#entriesWritten = Math.min(this.#entriesWritten, count);
    await this.#writePlaces([0, 1, 2, 3], true);
    if (this.#sums.end === sums.from) this.#sums = undefined;
  }

  async #writePlaces(places: readonly number[], sync: boolean): Promise<void> {
    const sums = this.#sums;
    if (sums === undefined) return;
    const count = blockCount(sums);
    const bytes = placeBytes(sums, this.#sequence + 1, this.#entriesCrc);
    await this.#files.use(this.#path, async (file) => {
      if (count > this.#entriesWritten) {
        const begin = this.#entriesWritten * 4;
        await file.write(ENTRIES_AT + begin, Uint8Array.from(this.#entries.subarray(begin, count * 4)));
      }
      for (const place of places) await file.write(place * PLACE_BYTES, bytes);
      if (sync) await file.sync();
    });
    this.#sequence += 1;
    this.#entriesWritten = Math.max(this.#entriesWritten, count);
    if (sync) this.#isSynced = true;
  }
}

function placeAt(
  file: Uint8Array,
  at: number,
): (Sums & { readonly sequence: number; readonly entriesCrc: number }) | undefined {
  if (file.length < at + STATE_BYTES) return undefined;
  const bytes = file.subarray(at, at + STATE_BYTES);
  const view = viewOf(bytes);
  if (view.getUint32(0) !== MAGIC || view.getUint32(4) !== crc32(bytes.subarray(8))) return undefined;
  return {
    sequence: readInt64(view, 8),
    from: readInt64(view, 16),
    end: readInt64(view, 24),
    lastBlock: view.getUint32(32),
    entriesCrc: view.getUint32(36),
  };
}

function placeBytes({ from, end, lastBlock }: Sums, sequence: number, entriesCrc: number): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, MAGIC);
  writeInt64(view, 8, sequence);
  writeInt64(view, 16, from);
  writeInt64(view, 24, end);
  view.setUint32(32, lastBlock);
  view.setUint32(36, entriesCrc);
  view.setUint32(4, crc32(bytes.subarray(8)));
  return bytes;
}

function blockStart(offset: number): number {
  return offset - (offset % SUM_BLOCK_BYTES);
}

function blockIndex(from: number, offset: number): number {
  return (blockStart(offset) - blockStart(from)) / SUM_BLOCK_BYTES;
}

/** Whole ones: the first may begin within its block's place. */
function blockCount({ from, end }: { readonly from: number; readonly end: number }): number {
  return blockIndex(from, end);
}
