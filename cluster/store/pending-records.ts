/**
 * What is known of the records above the dispatched part of the log, in order, so that dispatch need not read them again: a ring of numbers
 * per field. It covers every record from the dispatched end to the log's end, so the next queue offsets always cover the whole log (B06).
 */
import assert from 'node:assert/strict';
import type { ConsumeQueue } from './consume-queue/consume-queue.ts';

export class PendingRecords {
  #capacity: number;
  #first = 0;
  #count = 0;
  #offsets: Float64Array;
  #sizes: Int32Array;
  #queueOffsets: Float64Array;
  #tagsCodes: Float64Array;
  #storeTimestamps: Float64Array;
  /** Undefined for a record without a place in a queue (a half message). */
  #queues: (ConsumeQueue | undefined)[];

  constructor(capacity = 1024) {
    this.#capacity = capacity;
    this.#offsets = new Float64Array(capacity);
    this.#sizes = new Int32Array(capacity);
    this.#queueOffsets = new Float64Array(capacity);
    this.#tagsCodes = new Float64Array(capacity);
    this.#storeTimestamps = new Float64Array(capacity);
    this.#queues = new Array<ConsumeQueue | undefined>(capacity).fill(undefined);
  }

  get count(): number {
    return this.#count;
  }

  get firstOffset(): number | undefined {
    return this.#count === 0 ? undefined : this.#offsetAt(0);
  }

  push(
    offset: number,
    size: number,
    queue: ConsumeQueue | undefined,
    queueOffset: number,
    tagsCode: number,
    storeTimestamp: number,
  ): void {
    if (this.#count === this.#capacity) this.#resize(this.#capacity * 2);
    const at = (this.#first + this.#count) & (this.#capacity - 1);
    this.#offsets[at] = offset;
    this.#sizes[at] = size;
    this.#queueOffsets[at] = queueOffset;
    this.#tagsCodes[at] = tagsCode;
    this.#storeTimestamps[at] = storeTimestamp;
    this.#queues[at] = queue;
    this.#count += 1;
    if (queue !== undefined && queue.nextOffset <= queueOffset) queue.nextOffset = queueOffset + 1;
  }

  /** Hands over the records that end at or below `confirmOffset`, oldest first, and forgets them. */
  take(
    confirmOffset: number,
    each: (
      queue: ConsumeQueue | undefined,
      offset: number,
      size: number,
      queueOffset: number,
      tagsCode: number,
      storeTimestamp: number,
    ) => void,
  ): void {
    const mask = this.#capacity - 1;
    while (this.#count > 0) {
      const at = this.#first;
      const offset = this.#offsets[at] ?? 0;
      const size = this.#sizes[at] ?? 0;
      if (offset + size > confirmOffset) break;
      const queue = this.#queues[at];
      this.#queues[at] = undefined;
      this.#first = (at + 1) & mask;
      this.#count -= 1;
      each(
        queue,
        offset,
        size,
        this.#queueOffsets[at] ?? 0,
        this.#tagsCodes[at] ?? 0,
        this.#storeTimestamps[at] ?? 0,
      );
    }
    if (this.#count === 0 && this.#capacity > 65536) this.#resize(1024);
  }

  /** A record begins or ends at `offset`, as far as it is known here. Behind the last record of a file comes the blank, not a record. */
  isBoundary(offset: number): boolean {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsetAt(middle) < offset) low = middle + 1;
      else high = middle;
    }
    if (low < this.#count && this.#offsetAt(low) === offset) return true;
    return low > 0 && this.#offsetAt(low - 1) + this.#sizeAt(low - 1) === offset;
  }

  /** Forgets the records from `offset` on; their queues' next offsets go back. */
  cut(offset: number): void {
    while (this.#count > 0 && this.#offsetAt(this.#count - 1) >= offset) {
      const at = (this.#first + this.#count - 1) & (this.#capacity - 1);
      const queue = this.#queues[at];
      this.#queues[at] = undefined;
      if (queue !== undefined) queue.nextOffset = Math.min(queue.nextOffset, this.#queueOffsets[at] ?? 0);
      this.#count -= 1;
    }
  }

  #offsetAt(index: number): number {
    return this.#offsets[(this.#first + index) & (this.#capacity - 1)] ?? 0;
  }

  #sizeAt(index: number): number {
    return this.#sizes[(this.#first + index) & (this.#capacity - 1)] ?? 0;
  }

  #resize(capacity: number): void {
    assert(capacity >= this.#count);
    const old = { ...this.#fields(), first: this.#first, mask: this.#capacity - 1, count: this.#count };
    const fresh = new PendingRecords(capacity);
    for (let index = 0; index < old.count; index += 1) {
      const at = (old.first + index) & old.mask;
      fresh.push(
        old.offsets[at] ?? 0,
        old.sizes[at] ?? 0,
        old.queues[at],
        old.queueOffsets[at] ?? 0,
        old.tagsCodes[at] ?? 0,
        old.storeTimestamps[at] ?? 0,
      );
    }
    const fields = fresh.#fields();
    this.#capacity = capacity;
    this.#first = 0;
    this.#offsets = fields.offsets;
    this.#sizes = fields.sizes;
    this.#queueOffsets = fields.queueOffsets;
    this.#tagsCodes = fields.tagsCodes;
    this.#storeTimestamps = fields.storeTimestamps;
    this.#queues = fields.queues;
  }

  #fields() {
    return {
      offsets: this.#offsets,
      sizes: this.#sizes,
      queueOffsets: this.#queueOffsets,
      tagsCodes: this.#tagsCodes,
      storeTimestamps: this.#storeTimestamps,
      queues: this.#queues,
    };
  }
}
