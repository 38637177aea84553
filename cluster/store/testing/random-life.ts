/**
 * A store that lives, crashes and comes back, against a model of what it must hold: the records of its log in order, how many of them were
 * told to be durable, and how far they are confirmed.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { viewOf } from '../../bytes/int64.ts';
import { decodeMessage } from '../../message/decode-message.ts';
import { RecordReader } from '../../message/record-reader.ts';
import { DiskError } from '../../runtime/disk.ts';
import type { Random } from '../../runtime/random.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { MessageDraft } from '../message-draft.ts';
import { MessageStore } from '../message-store.ts';
import { draft, readLog, readQueue, smallConfig } from './store-life.ts';

export interface RandomLifeOptions {
  readonly flushDiskType: 'SYNC_FLUSH' | 'ASYNC_FLUSH';
  /** The machine's death, not the process's: only what was synced need be left. */
  readonly powerCut: boolean;
}

export class RandomLife {
  readonly #random: Random;
  readonly #options: RandomLifeOptions;
  readonly #reader = new RecordReader();
  #store: MessageStore | undefined;
  /** The log as appended in this lineage. */
  #log: Uint8Array = new Uint8Array(0);
  /** Told to be durable, as far as the next crash leaves it. */
  #durable = 0;
  #confirmed = 0;
  /** Where a truncation goes that may not have ended. */
  #truncating: number | undefined;
  #bodies = 0;
  crashes = 0;

  constructor(random: Random, options: RandomLifeOptions) {
    this.#random = random;
    this.#options = options;
  }

  /** The disk failed: nothing more can be done in this life. */
  get failed(): boolean {
    return this.#store?.state().kind === 'failed';
  }

  open(runtime: Runtime): Promise<MessageStore> {
    return MessageStore.open(runtime, { ...smallConfig, flushDiskType: this.#options.flushDiskType });
  }

  /** Opens the store and compares all that it holds with the model; the model then forgets what the crash took. */
  async begin(runtime: Runtime): Promise<void> {
    const { flushDiskType } = this.#options;
    const store = await this.open(runtime);
    const end = store.maxOffset();
    const surviving = Math.min(this.#durable, this.#truncating ?? Number.POSITIVE_INFINITY);
    const mustHold = flushDiskType === 'ASYNC_FLUSH' && this.#options.powerCut ? 0 : surviving;
    assert.ok(end >= mustHold, `the log ends at ${end}, but ${mustHold} was durable`);
    assert.ok(
      end <= this.#log.length,
      `the log ends at ${end}, beyond all that was appended (${this.#log.length})`,
    );
    assert.deepEqual(Buffer.from(await readLog(store)), Buffer.from(this.#log.subarray(0, end)));
    assert.ok(store.confirmOffset() <= Math.min(this.#confirmed, end));
    assert.equal(store.durableOffset(), end);
    if (mustHold > 0) assert.ok(store.recovered.recordedConfirmOffset <= end, 'no false suspicion');
    this.#log = this.#log.slice(0, end);
    this.#durable = end;
    this.#truncating = undefined;
    this.#confirmed = store.confirmOffset();
    this.#store = store;
    store.setRole('master', 1);
    store.onDurable((offset) => {
      this.#durable = Math.max(this.#durable, offset);
    });
    await this.#checkQueues(store);
  }

  /** One random thing. */
  async step(runtime: Runtime): Promise<void> {
    const store = this.#store;
    assert.ok(store !== undefined);
    const luck = this.#random.below(20);
    if (luck < 9) this.#append(store);
    else if (luck < 13) this.#confirm(store);
    else if (luck < 14) await this.#truncate(store);
    else if (luck < 15) await this.#checkQueues(store);
    else if (luck < 16) assert.deepEqual(Buffer.from(await readLog(store)), Buffer.from(this.#log));
    else
      await new Promise<void>((resolve) => void runtime.clock.after(this.#random.below(400) / 10, resolve));
  }

  async close(): Promise<void> {
    const isWhole = this.#store?.state().kind === 'ok';
    await this.#store?.close();
    if (isWhole && this.#store?.state().kind === 'ok') this.#durable = this.#log.length;
  }

  #append(store: MessageStore): void {
    const count = this.#random.below(3) === 0 ? 1 + this.#random.below(4) : 1;
    const topic = `T${this.#random.below(2)}`;
    const queueId = this.#random.below(2);
    const drafts: MessageDraft[] = [];
    for (let index = 0; index < count; index += 1) {
      const body = `${this.#bodies} `.padEnd(4 + this.#random.below(600), 'x');
      const properties = this.#random.below(2) === 0 ? '' : `TAGS\u0001${body.slice(0, 60)}\u0002`;
      drafts.push(draft(body, { topic, queueId, properties, sysFlag: this.#random.below(12) === 0 ? 4 : 0 }));
      this.#bodies += 1;
    }
    const result = store.append(drafts);
    if (result.kind === 'refused') {
      assert.ok(['disk-full', 'failed'].includes(result.reason), result.detail);
      return;
    }
    const before = this.#log.length;
    const bytes = new Uint8Array(result.endOffset);
    bytes.set(this.#log);
    for (let offset = before; offset < result.endOffset; ) {
      const part = store.readRaw(offset, 1, result.endOffset);
      assert.ok(part instanceof Uint8Array, 'what was just appended is in memory');
      bytes.set(part, offset);
      offset += part.length;
    }
    this.#log = bytes;
    assert.deepEqual(
      result.messageIds.map((id) => Number.parseInt(id.slice(16), 16)),
      this.#records(before, result.endOffset),
    );
  }

  /** Any record's end that is durable, as replicas would confirm it. */
  #confirm(store: MessageStore): void {
    const ends = [...this.#records(0, this.#durable), this.#durable].filter((end) => end >= this.#confirmed);
    const offset = ends[this.#random.below(ends.length)] ?? this.#confirmed;
    store.setConfirmOffset(Math.min(offset, this.#durable));
    this.#confirmed = store.confirmOffset();
  }

  async #truncate(store: MessageStore): Promise<void> {
    const starts = this.#records(0, this.#log.length).filter((start) => start >= this.#confirmed);
    const offset = starts[this.#random.below(Math.max(1, starts.length))];
    if (offset === undefined) return;
    this.#truncating = offset;
    try {
      await store.truncateTo(offset);
    } catch (error) {
      if (store.state().kind === 'failed') return;
      if (!(error instanceof DiskError) || error.code !== 'ENOSPC') throw error;
      // Before the cut, or after it: the log's end says which.
      if (store.maxOffset() !== offset) {
        this.#truncating = undefined;
        return;
      }
    }
    this.#log = this.#log.slice(0, offset);
    this.#durable = Math.min(this.#durable, offset);
    this.#truncating = undefined;
    assert.equal(store.maxOffset(), offset);
  }

  async #checkQueues(store: MessageStore): Promise<void> {
    const confirmed = store.confirmOffset();
    const log = this.#log;
    const queues = new Map<string, { next: number; readable: number[] }>();
    for (const offset of this.#records(0, log.length)) {
      const message = decodeMessage(log, offset);
      if (message.sysFlag !== 0) continue;
      const key = `${message.topic}/${message.queueId}`;
      const queue = queues.get(key) ?? { next: 0, readable: [] };
      queues.set(key, queue);
      assert.equal(message.queueOffset, queue.next, 'queue offsets follow each other');
      queue.next += 1;
      if (offset + message.size <= confirmed) queue.readable.push(offset);
    }
    for (const [key, queue] of queues) {
      const [topic = '', queueId] = key.split('/');
      assert.equal(store.nextQueueOffset(topic, Number(queueId)), queue.next);
      const found = await readQueue(store, topic, Number(queueId));
      assert.deepEqual(
        found.map((message) => message.physicalOffset),
        queue.readable,
      );
    }
  }

  /** Where records begin in [from, to) of the model. */
  #records(from: number, to: number): number[] {
    const view = viewOf(this.#log);
    this.#reader.over(this.#log);
    const starts: number[] = [];
    for (let at = from; at < to; at += view.getInt32(at)) {
      if (this.#reader.read(at, at) === 'record') starts.push(at);
    }
    return starts;
  }
}
