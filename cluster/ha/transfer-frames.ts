/** Cuts the log into transfer frames: whole records of one epoch each, under that epoch's label. */
import assert from 'node:assert/strict';
import { type EpochList, endOffsetOf, indexAt } from './epoch-list.ts';
import { encodeTransfer } from './ha-packet.ts';
import type { HaStore } from './ha-store.ts';

export interface TransferFrame {
  readonly bytes: Uint8Array;
  readonly endOffset: number;
}

export class TransferFrames {
  readonly #store: HaStore;
  readonly #epochs: EpochList;
  readonly #bodyBytesMax: number;
  /** Slaves that keep up ask for the same frame, one after the other. */
  #last: { offset: number; maxOffset: number; confirmOffset: number; frame: TransferFrame } | undefined;

  constructor(store: HaStore, epochs: EpochList, bodyBytesMax: number) {
    this.#store = store;
    this.#epochs = epochs;
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** True when no epoch owns the byte at `offset`: it cannot be labelled. */
  isBeforeFirstEpoch(offset: number): boolean {
    return indexAt(this.#epochs, offset) < 0;
  }

  /** The frame that begins at `offset`; undefined at the end of the log. A promise when the bytes must come from the disk. */
  at(offset: number): TransferFrame | undefined | Promise<TransferFrame | undefined> {
    const maxOffset = this.#store.maxOffset();
    if (offset >= maxOffset) return undefined;
    const confirmOffset = this.#store.confirmOffset();
    const last = this.#last;
    if (last?.offset === offset && last.maxOffset === maxOffset && last.confirmOffset === confirmOffset)
      return last.frame;
    const index = indexAt(this.#epochs, offset);
    const endOffset = endOffsetOf(this.#epochs, index, maxOffset);
    const body = this.#store.readRaw(offset, this.#bodyBytesMax, endOffset);
    if (body instanceof Promise) return body.then((bytes) => this.#frame(offset, index, endOffset, bytes));
    const frame = this.#frame(offset, index, endOffset, body);
    if (frame !== undefined) this.#last = { offset, maxOffset, confirmOffset, frame };
    return frame;
  }

  /** An empty frame: position, epoch and confirmOffset, as a sign of life. */
  heartbeat(offset: number): Uint8Array {
    return this.#encode(offset, indexAt(this.#epochs, offset), new Uint8Array(0));
  }

  #frame(offset: number, index: number, endOffset: number, body: Uint8Array): TransferFrame | undefined {
    if (body.length === 0) return undefined;
    assert(offset + body.length <= endOffset, `a frame of epoch index ${index} crosses the end ${endOffset}`);
    return { bytes: this.#encode(offset, index, body), endOffset: offset + body.length };
  }

  #encode(offset: number, index: number, body: Uint8Array): Uint8Array {
    const entry = this.#epochs[index];
    assert(entry !== undefined, `no epoch owns offset ${offset}`);
    const header = {
      offset,
      epoch: entry.epoch,
      epochStartOffset: entry.startOffset,
      confirmOffset: this.#store.confirmOffset(),
    };
    return encodeTransfer(header, body);
  }
}
