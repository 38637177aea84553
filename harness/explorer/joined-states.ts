/**
 * States by head and what was used up; what may be on its way is joined from all ways that lead there. So more is taken for possible than
 * is, and nothing less: what holds here holds of every way.
 */
import type { Vector } from './model.ts';
import { hashOf } from './visited-states.ts';

const firstCapacity = 1 << 16;

export class JoinedStates {
  readonly #keyLength: number;
  #high = new Uint32Array(firstCapacity);
  #low = new Uint32Array(firstCapacity);
  readonly #heads: Vector[] = [];
  readonly #onTheWay: Vector[] = [];
  readonly #isWaiting: boolean[] = [];
  /** Open addressing: number of the state + 1; 0 is free. */
  #table = new Uint32Array(2 * firstCapacity);

  constructor(headLength: number) {
    this.#keyLength = headLength + 1;
  }

  get count(): number {
    return this.#heads.length;
  }

  collisionOdds(): number {
    return this.count ** 2 / 2 ** 65;
  }

  /** The number of a state that has to be walked through (again); -1 when it has nothing new or waits already. */
  join(state: Vector): number {
    const { high, low } = hashOf(state, this.#keyLength);
    const place = this.#placeOf(high, low);
    const held = this.#table[place] ?? 0;
    if (held !== 0) return this.#widen(held - 1, state);
    if (this.count === this.#high.length) {
      this.#grow();
      return this.join(state);
    }
    const number = this.count;
    this.#high[number] = high;
    this.#low[number] = low;
    this.#table[place] = number + 1;
    this.#heads.push(state.slice(0, this.#keyLength));
    this.#onTheWay.push(state.slice(this.#keyLength));
    this.#isWaiting.push(true);
    return number;
  }

  /** It waits no longer. */
  take(number: number): Vector {
    this.#isWaiting[number] = false;
    return [...(this.#heads[number] ?? []), ...(this.#onTheWay[number] ?? [])];
  }

  #widen(number: number, state: Vector): number {
    const known = this.#onTheWay[number] ?? [];
    let isNew = false;
    for (let at = this.#keyLength, knownAt = 0; at < state.length && !isNew; at += 1) {
      const word = state[at] ?? 0;
      while (knownAt < known.length && (known[knownAt] ?? 0) < word) knownAt += 1;
      isNew = known[knownAt] !== word;
    }
    if (!isNew) return -1;
    const all = new Set([...known, ...state.slice(this.#keyLength)]);
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
