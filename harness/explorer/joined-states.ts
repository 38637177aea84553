/**
 * States by head and what was used up; what may be on its way is joined from all ways that lead there. So more is taken for possible than
 * is, and nothing less: what holds here holds of every way.
 */
import type { Vector } from './model.ts';
import { isNoMore } from './used-up.ts';
import { hashOf } from './visited-states.ts';

const firstCapacity = 1 << 16;

export class JoinedStates {
  readonly #headLength: number;
  #high = new Uint32Array(firstCapacity);
  #low = new Uint32Array(firstCapacity);
  readonly #heads: Vector[] = [];
  readonly #onTheWay: Vector[] = [];
  readonly #isWaiting: boolean[] = [];
  /** The state before with the same head, + 1; 0: none. */
  readonly #previous: number[] = [];
  /** Open addressing: by head: number of the latest state + 1; 0 is free. */
  #table = new Uint32Array(2 * firstCapacity);

  constructor(headLength: number) {
    this.#headLength = headLength;
  }

  get count(): number {
    return this.#heads.length;
  }

  collisionOdds(): number {
    return this.count ** 2 / 2 ** 65;
  }

  /** The number of a state that has to be walked through (again); -1 when it has nothing new or waits already. */
  join(state: Vector): number {
    if (this.count === this.#high.length) this.#grow();
    const { high, low } = hashOf(state, this.#headLength);
    const place = this.#placeOf(high, low);
    const latest = this.#table[place] ?? 0;
    const used = state[this.#headLength] ?? 0;
    let same = 0;
    for (let held = latest; held !== 0; held = this.#previous[held - 1] ?? 0) {
      const heldUsed = this.#heads[held - 1]?.[this.#headLength] ?? 0;
      if (isNoMore(heldUsed, used) && this.#hasAll(held - 1, state)) return -1;
      if (heldUsed === used) same = held;
    }
    if (same !== 0) return this.#widen(same - 1, state);
    const number = this.count;
    this.#high[number] = high;
    this.#low[number] = low;
    this.#table[place] = number + 1;
    this.#previous.push(latest);
    this.#heads.push(state.slice(0, this.#headLength + 1));
    this.#onTheWay.push(state.slice(this.#headLength + 1));
    this.#isWaiting.push(true);
    return number;
  }

  /** It waits no longer. */
  take(number: number): Vector {
    this.#isWaiting[number] = false;
    return [...(this.#heads[number] ?? []), ...(this.#onTheWay[number] ?? [])];
  }

  #hasAll(number: number, state: Vector): boolean {
    const known = this.#onTheWay[number] ?? [];
    let knownAt = 0;
    for (let at = this.#headLength + 1; at < state.length; at += 1) {
      const word = state[at] ?? 0;
      while (knownAt < known.length && (known[knownAt] ?? 0) < word) knownAt += 1;
      if (known[knownAt] !== word) return false;
    }
    return true;
  }

  #widen(number: number, state: Vector): number {
    const all = new Set([...(this.#onTheWay[number] ?? []), ...state.slice(this.#headLength + 1)]);
    this.#onTheWay[number] = [...all].sort((a, b) => a - b);
    if (this.#isWaiting[number]) return -1;
    this.#isWaiting[number] = true;
    return number;
  }

  #placeOf(high: number, low: number): number {
    const mask = this.#table.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const held = this.#table[place] ?? 0;
      if (held === 0 || (this.#low[held - 1] === low && this.#high[held - 1] === high)) return place;
    }
  }

  #grow(): void {
    const capacity = 2 * this.#high.length;
    const high = new Uint32Array(capacity);
    const low = new Uint32Array(capacity);
    high.set(this.#high);
    low.set(this.#low);
    this.#high = high;
    this.#low = low;
    this.#table = new Uint32Array(2 * capacity);
    for (let number = 0; number < this.count; number += 1)
      this.#table[this.#placeOf(high[number] ?? 0, low[number] ?? 0)] = number + 1;
  }
}
