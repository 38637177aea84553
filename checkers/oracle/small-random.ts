/** Repeatable luck for small histories. */

export class SmallRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to below - 1. */
  int(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** Once in so many times. */
  oneIn(times: number): boolean {
    return this.int(times) === 0;
  }

  pick<const T>(values: readonly [T, ...T[]]): T {
    return values[this.int(values.length)] ?? values[0];
  }

  /** [call, ret] of some length that begins before `by`. */
  interval(by: number, lengthMax: number): { call: number; ret: number } {
    const call = this.int(by);
    return { call, ret: call + this.int(lengthMax + 1) };
  }
}
