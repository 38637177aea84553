/**
 * The states seen so far, as 64-bit hashes in flat arrays: about 24 bytes a state. Two states with one hash are taken for one; with n states
 * the odds that this happened anywhere are about n * n / 2^65: 3 in a million for 10^7 states.
 */
import type { Vector } from './model.ts';

const firstCapacity = 1 << 16;

export class VisitedStates {
  #count = 0;
  #high = new Uint32Array(firstCapacity);
  #low = new Uint32Array(firstCapacity);
  #parent = new Uint32Array(firstCapacity);
  /** Open addressing: number of the state + 1; 0 is free. */
  #table = new Uint32Array(2 * firstCapacity);

  get count(): number {
    return this.#count;
  }

  collisionOdds(): number {
    return this.#count ** 2 / 2 ** 65;
  }

  /** The number of a state that is new; -1 when it was seen before. */
  add(state: Vector, parent: number): number {
    const { high, low } = hashOf(state);
    const mask = this.#table.length - 1;
    let place = low & mask;
    for (;;) {
      const held = this.#table[place] ?? 0;
      if (held === 0) break;
      if (this.#low[held - 1] === low && this.#high[held - 1] === high) return -1;
      place = (place + 1) & mask;
    }
    if (this.#count === this.#high.length) {
      this.#grow();
      return this.add(state, parent);
    }
    const number = this.#count;
    this.#count += 1;
    this.#high[number] = high;
    this.#low[number] = low;
    this.#parent[number] = parent;
    this.#table[place] = number + 1;
    return number;
  }

  parentOf(number: number): number {
    return this.#parent[number] ?? 0;
  }

  isState(number: number, state: Vector): boolean {
    const { high, low } = hashOf(state);
    return this.#high[number] === high && this.#low[number] === low;
  }

  #grow(): void {
    const capacity = 2 * this.#high.length;
    this.#high = grown(this.#high, capacity);
    this.#low = grown(this.#low, capacity);
    this.#parent = grown(this.#parent, capacity);
    this.#table = new Uint32Array(2 * capacity);
    const mask = this.#table.length - 1;
    for (let number = 0; number < this.#count; number += 1) {
      let place = (this.#low[number] ?? 0) & mask;
      while (this.#table[place] !== 0) place = (place + 1) & mask;
      this.#table[place] = number + 1;
    }
  }
}

function grown(array: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(capacity);
  wider.set(array);
  return wider;
}

/** Two 32-bit hashes of different make (the rounds of murmur3 and its finish), over length and the first numbers. */
export function hashOf(
  state: Vector,
  length: number = state.length,
): { readonly high: number; readonly low: number } {
  let high = 0x9e3779b9 ^ length;
  let low = 0x85ebca6b ^ length;
  for (let at = 0; at < length; at += 1) {
    const word = state[at] ?? 0;
    let a = Math.imul(word, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    low ^= Math.imul(a, 0x1b873593);
    low = (low << 13) | (low >>> 19);
    low = Math.imul(low, 5) + 0xe6546b64;
    let b = Math.imul(word ^ 0x5bd1e995, 0x239b961b);
    b = (b << 16) | (b >>> 16);
    high ^= Math.imul(b, 0xab0e9789);
    high = (high << 17) | (high >>> 15);
    high = Math.imul(high, 9) + 0x561ccd1b;
  }
  return { high: finish(high, 0x7feb352d, 0x846ca68b), low: finish(low, 0x85ebca6b, 0xc2b2ae35) };
}

function finish(hash: number, first: number, second: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, first);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, second);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
