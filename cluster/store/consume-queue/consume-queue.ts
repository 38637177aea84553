/**
 * One queue: the places in the log of its messages, in order. Entries gather in memory and go to disk about once a second, since the log can
 * always give them again; the newest ones stay in memory for the consumers who are close.
 */
import assert from 'node:assert/strict';
import { readInt64, viewOf, writeInt64 } from '../../bytes/int64.ts';
import type { FileQueue } from '../file-queue.ts';
import { FILLER_SIZE, UNIT_BYTES } from './queue-unit.ts';

/** Entries kept in memory behind what waits to be written. */
const KEPT_UNITS = 1024;

export class ConsumeQueue {
  readonly topic: string;
  /** The topic in UTF-8, as records carry it. */
  readonly topicBytes: Uint8Array;
  readonly queueId: number;
  /** The queue offset that the next appended message gets: covers the whole log, confirmed or not. */
  nextOffset = 0;
  readonly #files: FileQueue;
  #minOffset = 0;
  #maxOffset = 0;
  #writtenOffset = 0;
  /** Entries [memoryStart, maxOffset). */
  #memory: Uint8Array = new Uint8Array(64 * UNIT_BYTES);
  #view: DataView = viewOf(this.#memory);
  #memoryStart = 0;

  constructor(topic: string, topicBytes: Uint8Array, queueId: number, files: FileQueue) {
    this.topic = topic;
    this.topicBytes = topicBytes;
    this.queueId = queueId;
    this.#files = files;
  }

  /** The first readable offset. */
  get minOffset(): number {
    return this.#minOffset;
  }

  /** Behind the last dispatched message. */
  get maxOffset(): number {
    return this.#maxOffset;
  }

  get unwrittenCount(): number {
    return this.#maxOffset - Math.max(this.#writtenOffset, this.#minOffset);
  }

  /** `queueOffset` is `maxOffset`, or anything from there on when messages before it are missing from the log. */
  append(queueOffset: number, physicalOffset: number, size: number, tagsCode: number): void {
    assert(
      queueOffset >= this.#maxOffset,
      `${this.topic}/${this.queueId}: ${queueOffset} is below ${this.#maxOffset}`,
    );
    if (this.#maxOffset === 0) this.#begin(queueOffset);
    else while (this.#maxOffset < queueOffset) this.#put(0, FILLER_SIZE, 0);
    this.#put(physicalOffset, size, tagsCode);
    if (this.nextOffset < this.#maxOffset) this.nextOffset = this.#maxOffset;
  }

  /** Entries [from, from+count), fewer at the end of a file or of the queue: synchronous when they are in memory. */
  read(from: number, count: number): Uint8Array | Promise<Uint8Array> {
    const to = Math.min(from + count, this.#maxOffset);
    if (from >= this.#memoryStart) {
      const start = (from - this.#memoryStart) * UNIT_BYTES;
      return this.#memory.slice(start, start + Math.max(0, to - from) * UNIT_BYTES);
    }
    return this.#files.read(from * UNIT_BYTES, (Math.min(to, this.#memoryStart) - from) * UNIT_BYTES);
  }

  /** Puts the waiting entries on disk (not durable before `sync`). One call at a time. */
  async write(): Promise<void> {
    if (this.#writtenOffset === 0 && this.#minOffset > 0) await this.#writeFillers();
    while (this.#writtenOffset < this.#maxOffset) {
      const from = this.#writtenOffset;
      const unitsPerFile = this.#files.fileBytes / UNIT_BYTES;
      const fileEnd = from - (from % unitsPerFile) + unitsPerFile;
      const to = Math.min(this.#maxOffset, fileEnd);
      const start = (from - this.#memoryStart) * UNIT_BYTES;
      // A copy: the memory moves while the write is under way.
      await this.#files.write(from * UNIT_BYTES, this.#memory.slice(start, start + (to - from) * UNIT_BYTES));
      this.#writtenOffset = to;
    }
  }

  sync(): Promise<void> {
    return this.#files.sync();
  }

  /** `load` for a queue whose files nobody has looked at yet. Throws StoreError 'config' when they do not belong together. */
  async open(logStart: number, logEnd: number): Promise<void> {
    await this.#files.load(0);
    await this.load(logStart, logEnd);
  }

  /**
   * Finds the queue's ends on disk: its first entry of a record at or above `logStart`, and the end behind the last entry of a record that
   * ends at or below `logEnd`. All such entries must be durable; what else lies behind is left over from before a crash.
   */
  async load(logStart: number, logEnd: number): Promise<void> {
    const start = (this.#files.start ?? 0) / UNIT_BYTES;
    const end = Math.max(start, this.#files.end / UNIT_BYTES);
    const count = await this.#search(
      start,
      end,
      (offset, size) => size > 0 && (size === FILLER_SIZE || offset + size <= logEnd),
    );
    const first = await this.#search(
      start,
      count,
      (offset, size) => size === FILLER_SIZE || offset < logStart,
    );
    const empty = first === count;
    this.#minOffset = empty ? 0 : first;
    this.#maxOffset = empty ? 0 : count;
    this.#writtenOffset = this.#maxOffset;
    this.#memoryStart = this.#maxOffset;
    this.nextOffset = this.#maxOffset;
  }

  async hasLeftovers(): Promise<boolean> {
    const bytes = await this.#files.read(this.#maxOffset * UNIT_BYTES, UNIT_BYTES);
    return bytes.some((byte) => byte !== 0);
  }

  /** Removes from disk what lies behind the end that `load` found. Durable. */
  cutLeftovers(): Promise<void> {
    return this.#maxOffset === 0 ? this.#files.clear() : this.#files.cut(this.#maxOffset * UNIT_BYTES);
  }

  /** Forgets and removes from disk the entries of records that end above `logEnd`. Durable. */
  async cut(logStart: number, logEnd: number): Promise<void> {
    await this.write();
    await this.load(logStart, logEnd);
    await this.cutLeftovers();
  }

  /** The end of the last entry's record in the log; 0 when the queue is empty. */
  async physicalEnd(): Promise<number> {
    if (this.#maxOffset === 0) return 0;
    const view = viewOf(await this.read(this.#maxOffset - 1, 1));
    return readInt64(view, 0) + view.getInt32(8);
  }

  #begin(queueOffset: number): void {
    this.#minOffset = queueOffset;
    this.#maxOffset = queueOffset;
    this.#memoryStart = queueOffset;
    // The offset from which `write` goes on; while it is 0 the fillers before the first entry are missing.
    this.#writtenOffset = 0;
  }

  async #writeFillers(): Promise<void> {
    const unitsPerFile = this.#files.fileBytes / UNIT_BYTES;
    const from = this.#minOffset - (this.#minOffset % unitsPerFile);
    const count = this.#minOffset - from;
    const filler = new Uint8Array(count * UNIT_BYTES);
    const view = viewOf(filler);
    for (let index = 0; index < count; index += 1) view.setInt32(index * UNIT_BYTES + 8, FILLER_SIZE);
    if (count > 0) await this.#files.write(from * UNIT_BYTES, filler);
    this.#writtenOffset = this.#minOffset;
  }

  #put(physicalOffset: number, size: number, tagsCode: number): void {
    const index = this.#maxOffset - this.#memoryStart;
    if ((index + 1) * UNIT_BYTES > this.#memory.length) {
      this.#makeRoom();
      this.#put(physicalOffset, size, tagsCode);
      return;
    }
    const at = index * UNIT_BYTES;
    writeInt64(this.#view, at, physicalOffset);
    this.#view.setInt32(at + 8, size);
    writeInt64(this.#view, at + 12, tagsCode);
    this.#maxOffset += 1;
  }

  /** Lets go of what is written and old; else doubles. */
  #makeRoom(): void {
    const held = this.#maxOffset - this.#memoryStart;
    const needed = Math.max(
      Math.min(held, KEPT_UNITS / 2),
      this.#maxOffset - Math.max(this.#writtenOffset, this.#memoryStart),
    );
    let capacity = 64;
    while (capacity < needed * 2) capacity *= 2;
    const memory = new Uint8Array(capacity * UNIT_BYTES);
    memory.set(this.#memory.subarray((held - needed) * UNIT_BYTES, held * UNIT_BYTES));
    this.#memory = memory;
    this.#view = viewOf(memory);
    this.#memoryStart = this.#maxOffset - needed;
  }

  /** The first index in [low, high) whose entry does not hold; it holds for all before it. */
  async #search(
    low: number,
    high: number,
    holds: (physicalOffset: number, size: number) => boolean,
  ): Promise<number> {
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const bytes = await this.#files.read(middle * UNIT_BYTES, UNIT_BYTES);
      const view = viewOf(bytes);
      if (bytes.length === UNIT_BYTES && holds(readInt64(view, 0), view.getInt32(8))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
