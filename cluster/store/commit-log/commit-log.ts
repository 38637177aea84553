/** The log: its files, its end in memory, and the writer between them. */
import assert from 'node:assert/strict';
import { viewOf } from '../../bytes/int64.ts';
import { BLANK_SIZE_MIN, MAGIC_BLANK } from '../../message/record-layout.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { FileQueue } from '../file-queue.ts';
import { StoreError } from '../store-error.ts';
import { LogWriter, type LogWriterEvents, type LogWriterOptions } from './log-writer.ts';
import { type Chunk, MemoryTail } from './memory-tail.ts';

/** Most records are shorter: one read is enough to find the length. */
const READ_BYTES_MIN = 4096;

export class CommitLog {
  readonly writer: LogWriter;
  readonly #files: FileQueue;
  readonly #tail: MemoryTail;
  readonly #tailBytes: number;
  #start: number;

  constructor(
    clock: Clock,
    files: FileQueue,
    end: number,
    memoryTailBytes: number,
    options: LogWriterOptions,
    events: LogWriterEvents,
  ) {
    this.#files = files;
    this.#tail = new MemoryTail(files.fileBytes, end);
    this.#tailBytes = memoryTailBytes;
    this.#start = files.start ?? end;
    this.writer = new LogWriter(clock, files, this.#tail, options, {
      ...events,
      durable: (offset) => {
        this.#tail.trim(this.writer.durable, this.#tailBytes);
        events.durable(offset);
      },
    });
  }

  /** The first offset there is. */
  get start(): number {
    return this.#start;
  }

  /** Behind the last record. */
  get end(): number {
    return this.#tail.end;
  }

  /** A record begins here, a tail's length before the end. */
  get memoryStart(): number {
    return this.#tail.start;
  }

  /** Not on disk yet. */
  get unwrittenBytes(): number {
    return this.#tail.end - this.writer.written;
  }

  /** The longest record that fits a file. */
  get recordBytesMax(): number {
    return this.#files.fileBytes - BLANK_SIZE_MIN;
  }

  /** Goes to the next file, leaving a blank, unless records of `size` bytes in all fit what is left of this one. */
  makeRoomInFile(size: number): void {
    const left = this.#files.fileBytes - (this.end % this.#files.fileBytes);
    if (size + BLANK_SIZE_MIN <= left) return;
    const chunk = this.#tail.room(left);
    chunk.bytes.fill(0, chunk.used, chunk.used + left);
    chunk.view.setInt32(chunk.used, left);
    chunk.view.setInt32(chunk.used + 4, MAGIC_BLANK);
    this.grow(chunk, left);
  }

  /** Memory for the next record. To be followed by `grow`. */
  room(size: number): Chunk {
    return this.#tail.room(size);
  }

  grow(chunk: Chunk, size: number): void {
    this.#tail.grow(chunk, size);
    this.writer.wake();
  }

  /** An empty log begins anew at `start`, the first offset of a file. */
  beginAt(start: number): void {
    assert(this.end === this.#start, 'only an empty log begins anew');
    this.#requireFileStart(start);
    this.#files.beginAnew();
    this.#tail.cut(start);
    this.writer.beginAt(start);
    this.#start = start;
  }

  /**
   * Whole records from `offset`: at least one, then as many as `bytesMax` has room for, never beyond `endOffset` or the end of a file.
   * Bytes that come without a promise hold good until the end of the turn.
   */
  read(offset: number, bytesMax: number, endOffset: number): Uint8Array | Promise<Uint8Array> {
    const limit = Math.min(endOffset, this.end);
    if (offset >= limit) return new Uint8Array(0);
    const inMemory = this.#tail.slice(offset, limit);
    if (inMemory !== undefined) return wholeRecords(inMemory, offset, bytesMax);
    // What is still on its way to the disk reads as zeros there.
    return this.#readFromDisk(offset, bytesMax, Math.min(limit, this.memoryStart));
  }

  /** A copy of `length` bytes from `offset` on, which lie in one file; undefined when they are not in memory. */
  readMemory(offset: number, length: number): Uint8Array | undefined {
    const bytes = this.#tail.slice(offset, offset + length);
    return bytes?.length === length ? Uint8Array.prototype.slice.call(bytes) : undefined;
  }

  /** The bytes from `offset` on that lie in one piece of memory, to `end` at most; they hold good until the end of the turn. */
  peekMemory(offset: number, end: number): Uint8Array | undefined {
    return this.#tail.slice(offset, end);
  }

  readDisk(offset: number, length: number): Promise<Uint8Array> {
    return this.#files.read(offset, length);
  }

  /** Durable when it resolves. Nothing may be appended meanwhile, and what is kept must be written. Below `start` the log begins anew. */
  async truncateTo(offset: number, leavesBytes: boolean): Promise<void> {
    if (leavesBytes) {
      // Seeded bug truncate-in-memory-only.
    } else if (offset < this.#start) {
      this.#requireFileStart(offset);
      await this.#files.clear();
      this.#start = offset;
    } else {
      await this.#files.cut(offset);
    }
    this.#tail.cut(offset);
    this.writer.cutTo(offset);
  }

  #requireFileStart(offset: number): void {
    const { fileBytes } = this.#files;
    if (offset % fileBytes === 0) return;
    throw new StoreError(
      'config',
      `the log begins at ${offset}: wanted the start of a file of ${fileBytes} bytes`,
    );
  }

  async #readFromDisk(offset: number, bytesMax: number, limit: number): Promise<Uint8Array> {
    if (offset < this.#start) {
      throw new StoreError('gone', `offset ${offset} is below the log's start ${this.#start}`);
    }
    const bytes = await this.#files.read(
      offset,
      Math.min(limit - offset, Math.max(bytesMax, READ_BYTES_MIN)),
    );
    const size = bytes.length < BLANK_SIZE_MIN ? 0 : viewOf(bytes).getInt32(0);
    if (size < BLANK_SIZE_MIN) throw new StoreError('damaged', `no record at offset ${offset}: size ${size}`);
    if (size <= bytes.length) return wholeRecords(bytes, offset, bytesMax);
    const whole = await this.#files.read(offset, size);
    if (whole.length < size) throw new StoreError('damaged', `no record at offset ${offset}: size ${size}`);
    return whole;
  }
}

/** The longest run of whole records at the start of `bytes` within `bytesMax`, or one record. */
function wholeRecords(bytes: Uint8Array, offset: number, bytesMax: number): Uint8Array {
  const view = viewOf(bytes);
  let at = 0;
  while (at + BLANK_SIZE_MIN <= bytes.length) {
    const size = view.getInt32(at);
    if (size < BLANK_SIZE_MIN)
      throw new StoreError('damaged', `no record at offset ${offset + at}: size ${size}`);
    if (at + size > bytes.length || (at > 0 && at + size > bytesMax)) break;
    at += size;
  }
  return bytes.subarray(0, at);
}
