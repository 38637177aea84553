/**
 * Requests that wait for their answer, by opaque. A ring, not a Map: opaques come in order, and the tables that a busy
 * Map leaves behind keep answered requests alive until the next full collection (measured: a quarter of the CPU time).
 */
import type { PendingRequest } from './pending-request.ts';

const slotCountMin = 1024;
const slotCountMax = 65_536;

export class SentRequests {
  #slots: (PendingRequest | undefined)[] = emptySlots(slotCountMin);
  #count = 0;
  /** Whose slot a later request took: those that wait long, such as held pulls. */
  readonly #displaced = new Map<number, PendingRequest>();

  get size(): number {
    return this.#count;
  }

  /** No other request with its opaque waits. */
  add(pending: PendingRequest): void {
    if (this.#count >= this.#slots.length / 2 && this.#slots.length < slotCountMax) this.#grow();
    this.#count++;
    const slot = pending.opaque & (this.#slots.length - 1);
    const occupant = this.#slots[slot];
    if (occupant !== undefined) this.#displaced.set(occupant.opaque, occupant);
    this.#slots[slot] = pending;
  }

  get(opaque: number): PendingRequest | undefined {
    const occupant = this.#slots[opaque & (this.#slots.length - 1)];
    if (occupant !== undefined && occupant.opaque === opaque) return occupant;
    return this.#displaced.size === 0 ? undefined : this.#displaced.get(opaque);
  }

  /** Returns the request, if it waited. */
  remove(opaque: number): PendingRequest | undefined {
    const slot = opaque & (this.#slots.length - 1);
    const occupant = this.#slots[slot];
    if (occupant !== undefined && occupant.opaque === opaque) {
      this.#slots[slot] = undefined;
      this.#count--;
      return occupant;
    }
    const displaced = this.#displaced.get(opaque);
    if (displaced !== undefined) {
      this.#displaced.delete(opaque);
      this.#count--;
    }
    return displaced;
  }

  /** All of them, in the order they were sent; none is left. */
  takeAll(): PendingRequest[] {
    if (this.#count === 0) return [];
    const all = [...this.#slots.filter((pending) => pending !== undefined), ...this.#displaced.values()];
    this.#slots = emptySlots(slotCountMin);
    this.#displaced.clear();
    this.#count = 0;
    return all.sort((left, right) => left.opaque - right.opaque);
  }

  #grow(): void {
    const all = this.#slots.filter((pending) => pending !== undefined);
    this.#slots = emptySlots(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    // Slots that were different stay so.
    for (const pending of all) this.#slots[pending.opaque & mask] = pending;
  }
}

function emptySlots(count: number): (PendingRequest | undefined)[] {
  return new Array<PendingRequest | undefined>(count).fill(undefined);
}
