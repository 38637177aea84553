/**
 * The end of the log in memory: what is not on disk yet, and behind it as much as the limit allows, for slaves and consumers who are close.
 * Chunks hold whole records of one file. Their memory is used again once it was let go of, so bytes that are handed out hold good until the end
 * of the turn, and those that are not on disk yet until they are; they do not change meanwhile, not even after a truncation.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { viewOf } from '../../bytes/int64.ts';

export interface Chunk {
  /** Physical offset of the first byte. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly view: DataView;
  used: number;
}

/** New memory for every chunk would make the collector go over the whole heap several times a second. */
const SPARE_COUNT_MAX = 4;

export class MemoryTail {
  readonly #fileBytes: number;
  readonly #chunkBytes: number;
  /** Ascending, without gaps. */
  #chunks: Chunk[] = [];
  /** Let go of, each of the usual size. */
  #spare: Buffer[] = [];
  #end: number;

  constructor(fileBytes: number, end: number, chunkBytes = 1024 * 1024) {
    this.#fileBytes = fileBytes;
    this.#chunkBytes = Math.min(chunkBytes, fileBytes);
    this.#end = end;
  }

  /** The log's end. */
  get end(): number {
    return this.#end;
  }

  /** A record begins here; everything from it to `end` is in memory. */
  get start(): number {
    return this.#chunks[0]?.start ?? this.#end;
  }

  /** Where the next record goes: the chunk has room for `size` bytes at `used`. To be followed by `grow`. */
  room(size: number): Chunk {
    const last = this.#chunks.at(-1);
    // No chunk reaches beyond its file.
    if (last !== undefined && last.used + size <= last.bytes.length) return last;
    const fileEnd = this.#end - (this.#end % this.#fileBytes) + this.#fileBytes;
    assert(this.#end + size <= fileEnd, `${size} bytes at ${this.#end} cross a file end`);
    const capacity = Math.max(size, Math.min(this.#chunkBytes, fileEnd - this.#end));
    const spare = capacity === this.#chunkBytes ? this.#spare.pop() : undefined;
    // Not allocUnsafe: the pool's old bytes must never reach the disk.
    const bytes = spare ?? Buffer.alloc(capacity);
    const chunk = { start: this.#end, bytes, view: viewOf(bytes), used: 0 };
    this.#chunks.push(chunk);
    return chunk;
  }

  /** The record that was written into `chunk` belongs to the log from now on. */
  grow(chunk: Chunk, size: number): void {
    chunk.used += size;
    this.#end += size;
  }

  /** The contiguous bytes from `from` to at most `to`; undefined when `from` is not in memory. */
  slice(from: number, to: number): Uint8Array | undefined {
    const chunk = this.#chunkOf(from);
    return chunk?.bytes.subarray(from - chunk.start, Math.min(to - chunk.start, chunk.used));
  }

  /** Lets go of the oldest chunks that end at or below `below`, until `bytesMax` or less are held. */
  trim(below: number, bytesMax: number): void {
    let surplus = this.#end - this.start - bytesMax;
    let count = 0;
    for (const chunk of this.#chunks) {
      if (surplus <= 0 || chunk.start + chunk.used > below) break;
      surplus -= chunk.used;
      count += 1;
      // The first part of a chunk that was cut has another length.
      const isSpare = chunk.bytes.length === this.#chunkBytes && this.#spare.length < SPARE_COUNT_MAX;
      if (isSpare) this.#spare.push(chunk.bytes);
    }
    if (count > 0) this.#chunks.splice(0, count);
  }

  /** Forgets everything from `end` on. What comes next goes into a new chunk. */
  cut(end: number): void {
    if (end <= this.start) this.#chunks = [];
    while ((this.#chunks.at(-1)?.start ?? -1) >= end) this.#chunks.pop();
    const last = this.#chunks.pop();
    if (last !== undefined) {
      const bytes = last.bytes.subarray(0, Math.min(last.used, end - last.start));
      this.#chunks.push({ start: last.start, bytes, view: viewOf(bytes), used: bytes.length });
    }
    this.#end = end;
  }

  #chunkOf(offset: number): Chunk | undefined {
    if (offset >= this.#end) return undefined;
    // Readers are close to the end: from there it is mostly the first or second look.
    for (let index = this.#chunks.length - 1; index >= 0; index -= 1) {
      const chunk = this.#chunks[index];
      if (chunk !== undefined && chunk.start <= offset) return chunk;
    }
    return undefined;
  }
}
