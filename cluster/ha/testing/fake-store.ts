/** A small store for the tests of this folder: a log in memory that outlives the lives of its node, with a slow disk. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { Runtime } from '../../runtime/runtime.ts';
import type { HaStore } from '../ha-store.ts';

/** What survives a node. Records are an int32 length (all of it) and a payload. */
export class FakeLog {
  bytes = Buffer.alloc(0);
  startOffset = 0;
  /** Synced. */
  durableOffset = 0;
  recordedConfirmOffset = 0;

  endOffset(): number {
    return this.startOffset + this.bytes.length;
  }

  /** A crash: of what was not synced, whole records up to a random place are left. */
  crash(below: (bound: number) => number): void {
    const wanted = this.durableOffset + below(this.endOffset() - this.durableOffset + 1);
    let end = this.startOffset;
    while (end < wanted) {
      const next = end + this.bytes.readInt32BE(end - this.startOffset);
      if (next > wanted) break;
      end = next;
    }
    this.bytes = this.bytes.subarray(0, end - this.startOffset);
    this.durableOffset = this.endOffset();
  }
}

export interface FakeStoreOptions {
  /** Between a write and its durability; 0: durable at once. */
  readonly syncMsMax?: number;
  /** Told before the offset moves. */
  readonly onConfirm?: (store: FakeStore, offset: number) => void;
}

export class FakeStore implements HaStore {
  readonly log: FakeLog;
  readonly recovered: { readonly recordedConfirmOffset: number; readonly maxOffset: number };
  /** A test may say 'disk-full' or 'failed'. */
  stateKind = 'ok';
  truncations: { readonly from: number; readonly to: number; readonly force: boolean }[] = [];
  readonly #runtime: Runtime;
  readonly #syncMsMax: number;
  readonly #options: FakeStoreOptions;
  readonly #durableListeners: ((offset: number) => void)[] = [];
  readonly #confirmListeners: ((offset: number) => void)[] = [];
  #confirmOffset: number;
  #isSyncing = false;
  #generation = 0;

  constructor(runtime: Runtime, log: FakeLog, options: FakeStoreOptions = {}) {
    this.#runtime = runtime;
    this.log = log;
    this.#options = options;
    this.#syncMsMax = options.syncMsMax ?? 0;
    this.recovered = { recordedConfirmOffset: log.recordedConfirmOffset, maxOffset: log.endOffset() };
    this.#confirmOffset = Math.min(log.recordedConfirmOffset, log.endOffset());
  }

  minOffset(): number {
    return this.log.startOffset;
  }

  maxOffset(): number {
    return this.log.endOffset();
  }

  durableOffset(): number {
    return this.log.durableOffset;
  }

  onDurable(listener: (offset: number) => void): void {
    this.#durableListeners.push(listener);
  }

  confirmOffset(): number {
    return this.#confirmOffset;
  }

  setConfirmOffset(offset: number): void {
    assert(offset >= this.#confirmOffset, `confirmOffset goes back from ${this.#confirmOffset} to ${offset}`);
    assert(
      offset <= this.log.durableOffset,
      `confirmOffset ${offset} beyond what is durable: ${this.log.durableOffset}`,
    );
    this.#options.onConfirm?.(this, offset);
    this.#confirmOffset = offset;
    // The checkpoint is written now and then.
    if (this.#runtime.random.below(4) === 0) this.log.recordedConfirmOffset = offset;
    for (const listener of this.#confirmListeners) listener(offset);
  }

  onConfirm(listener: (offset: number) => void): void {
    this.#confirmListeners.push(listener);
  }

  append(payload: Uint8Array): { readonly offset: number; readonly endOffset: number } {
    const record = Buffer.alloc(4 + payload.length);
    record.writeInt32BE(record.length);
    record.set(payload, 4);
    const offset = this.log.endOffset();
    this.#grow(record);
    return { offset, endOffset: offset + record.length };
  }

  appendRaw(physicalOffset: number, bytes: Uint8Array): void {
    if (this.log.endOffset() === 0) {
      this.log.startOffset = physicalOffset;
      this.log.durableOffset = physicalOffset;
    }
    assert.equal(physicalOffset, this.log.endOffset(), 'raw bytes go to the end of the log');
    let at = 0;
    while (at < bytes.length) at += Buffer.from(bytes.subarray(at, at + 4)).readInt32BE();
    assert.equal(at, bytes.length, 'raw bytes are whole records');
    this.#grow(bytes);
  }

  readRaw(physicalOffset: number, bytesMax: number, endOffset: number): Uint8Array | Promise<Uint8Array> {
    const { bytes, startOffset } = this.log;
    let end = physicalOffset;
    while (end < endOffset) {
      const next = end + bytes.readInt32BE(end - startOffset);
      if (next > endOffset || (end > physicalOffset && next - physicalOffset > bytesMax)) break;
      end = next;
    }
    const found = Buffer.from(bytes.subarray(physicalOffset - startOffset, end - startOffset));
    if (this.#runtime.random.below(5) > 0) return found;
    return new Promise((resolve) =>
      this.#runtime.clock.after(this.#runtime.random.below(3), () => resolve(found)),
    );
  }

  async truncateTo(offset: number, options: { readonly force?: boolean } = {}): Promise<void> {
    const force = options.force === true;
    assert(
      force || offset >= this.#confirmOffset,
      `cut to ${offset}, below confirmOffset ${this.#confirmOffset}`,
    );
    assert(offset >= this.log.startOffset && offset <= this.log.endOffset());
    this.truncations.push({ from: this.log.endOffset(), to: offset, force });
    await new Promise<void>((resolve) => this.#runtime.clock.after(this.#runtime.random.below(5), resolve));
    this.#generation += 1;
    this.#isSyncing = false;
    this.log.bytes = Buffer.from(this.log.bytes.subarray(0, offset - this.log.startOffset));
    this.log.durableOffset = this.log.endOffset();
    this.#confirmOffset = Math.min(this.#confirmOffset, offset);
    this.log.recordedConfirmOffset = Math.min(this.log.recordedConfirmOffset, offset);
  }

  state(): { readonly kind: string } {
    return { kind: this.stateKind };
  }

  payloadAt(offset: number): string | undefined {
    const at = offset - this.log.startOffset;
    if (at < 0 || at + 4 > this.log.bytes.length) return undefined;
    return this.log.bytes.subarray(at + 4, at + this.log.bytes.readInt32BE(at)).toString();
  }

  #grow(bytes: Uint8Array): void {
    this.log.bytes = Buffer.concat([this.log.bytes, bytes]);
    this.#sync();
  }

  #sync(): void {
    if (this.#isSyncing || this.log.durableOffset === this.log.endOffset()) return;
    this.#isSyncing = true;
    const generation = this.#generation;
    const target = this.log.endOffset();
    this.#runtime.clock.after(this.#runtime.random.below(this.#syncMsMax * 1000 + 1) / 1000, () => {
      if (generation !== this.#generation) return;
      this.#isSyncing = false;
      this.log.durableOffset = target;
      this.#sync();
      for (const listener of this.#durableListeners) listener(target);
    });
  }
}
