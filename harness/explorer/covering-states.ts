/**
 * The states seen so far, where one may cover another: it has the same head, has used up no more, and has all that the other one has on its
 * way. Whatever may follow from the covered one may follow from the other as well, in as few steps, so the covered one need not be walked
 * through. Heads are kept as 64-bit hashes, the rest as it is.
 */
import type { Vector } from './model.ts';
import { isNoMore } from './used-up.ts';
import { hashOf } from './visited-states.ts';

const firstCapacity = 1 << 16;
const blockWords = 1 << 20;

export class CoveringStates {
  readonly #headLength: number;
  #count = 0;
  #headCount = 0;
  #high = new Uint32Array(firstCapacity);
  #low = new Uint32Array(firstCapacity);
  #parent = new Uint32Array(firstCapacity);
  /** The state before with the same head, + 1; 0: none. */
  #previous = new Uint32Array(firstCapacity);
  /** A bit for some of each that is on its way: what lacks here is not there. */
  #signature = new Uint32Array(firstCapacity);
  #restAt = new Uint32Array(firstCapacity);
  #restLength = new Uint16Array(firstCapacity);
  /** Open addressing by head: number of the latest state + 1; 0 is free. */
  #table = new Uint32Array(2 * firstCapacity);
  readonly #blocks: Uint32Array[] = [];
  #writeAt = 0;

  constructor(headLength: number) {
    this.#headLength = headLength;
  }

  get count(): number {
    return this.#count;
  }

  collisionOdds(): number {
    return this.#headCount ** 2 / 2 ** 65;
  }

  /** The number of a state that is new; -1 when one that covers it was seen before. */
  add(state: Vector, parent: number): number {
    if (this.#count === this.#high.length) this.#grow();
    const { high, low } = hashOf(state, this.#headLength);
    const place = this.#placeOf(high, low);
    const signature = this.#signatureOf(state);
    const latest = this.#table[place] ?? 0;
    for (let held = latest; held !== 0; held = this.#previous[held - 1] ?? 0)
      if ((signature & ~(this.#signature[held - 1] ?? 0)) === 0 && this.#covers(held - 1, state)) return -1;
    const number = this.#count;
    this.#count += 1;
    if (latest === 0) this.#headCount += 1;
    this.#high[number] = high;
    this.#low[number] = low;
    this.#parent[number] = parent;
    this.#previous[number] = latest;
    this.#signature[number] = signature;
    this.#keepRest(number, state);
    this.#table[place] = number + 1;
    return number;
  }

  parentOf(number: number): number {
    return this.#parent[number] ?? 0;
  }

  isState(number: number, state: Vector): boolean {
    const { high, low } = hashOf(state, this.#headLength);
    if (this.#high[number] !== high || this.#low[number] !== low) return false;
    if (this.#restLength[number] !== state.length - this.#headLength) return false;
    return state.slice(this.#headLength).every((word, at) => this.#restWord(number, at) === word);
  }

  #placeOf(high: number, low: number): number {
    const mask = this.#table.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const held = this.#table[place] ?? 0;
      if (held === 0 || (this.#low[held - 1] === low && this.#high[held - 1] === high)) return place;
    }
  }

  #restWord(number: number, at: number): number | undefined {
    const from = (this.#restAt[number] ?? 0) + at;
    return this.#blocks[Math.floor(from / blockWords)]?.[from % blockWords];
  }

  /** Both in growing order behind the number of what is used up. */
  #covers(number: number, state: Vector): boolean {
    const from = this.#restAt[number] ?? 0;
    const length = this.#restLength[number] ?? 0;
    const wanted = state.length - this.#headLength;
    if (length < wanted) return false;
    const block = this.#blocks[Math.floor(from / blockWords)];
    if (block === undefined) return false;
    const start = from % blockWords;
    if (!isNoMore(block[start] ?? 0, state[this.#headLength] ?? 0)) return false;
    let at = 1;
    for (let wantedAt = 1; wantedAt < wanted; wantedAt += 1, at += 1) {
      const word = state[this.#headLength + wantedAt] ?? 0;
      while (at < length && (block[start + at] ?? 0) < word) at += 1;
      if (at === length || block[start + at] !== word) return false;
    }
    return true;
  }

  #signatureOf(state: Vector): number {
    let signature = 0;
    for (let at = this.#headLength + 1; at < state.length; at += 1)
      signature |= 1 << (Math.imul(state[at] ?? 0, 0x9e3779b1) >>> 27);
    return signature;
  }

  #keepRest(number: number, state: Vector): void {
    const length = state.length - this.#headLength;
    if ((this.#writeAt % blockWords) + length > blockWords) this.#writeAt = this.#blocks.length * blockWords;
    if (this.#writeAt + length > this.#blocks.length * blockWords)
      this.#blocks.push(new Uint32Array(blockWords));
    const block = this.#blocks.at(-1);
    const start = this.#writeAt % blockWords;
    for (let at = 0; at < length; at += 1)
      if (block !== undefined) block[start + at] = state[this.#headLength + at] ?? 0;
    this.#restAt[number] = this.#writeAt;
    this.#restLength[number] = length;
    this.#writeAt += length;
  }

  #grow(): void {
    const capacity = 2 * this.#high.length;
    this.#high = grown(this.#high, capacity);
    this.#low = grown(this.#low, capacity);
    this.#parent = grown(this.#parent, capacity);
    this.#previous = grown(this.#previous, capacity);
    this.#signature = grown(this.#signature, capacity);
    this.#restAt = grown(this.#restAt, capacity);
    const lengths = new Uint16Array(capacity);
    lengths.set(this.#restLength);
    this.#restLength = lengths;
    this.#table = new Uint32Array(2 * capacity);
    for (let number = 0; number < this.#count; number += 1)
      this.#table[this.#placeOf(this.#high[number] ?? 0, this.#low[number] ?? 0)] = number + 1;
  }
}

function grown(array: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(capacity);
  wider.set(array);
  return wider;
}
