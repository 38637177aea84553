/** Seeded luck: sfc32 (Chris Doty-Humphrey's small fast counting generator), forked by hashing names into the seed. */
import assert from 'node:assert/strict';
import type { Random } from '../../../cluster/runtime/random.ts';

type SeedWords = readonly [number, number, number, number];

// Four FNV-1a lanes with different starts and odd multipliers, then murmur3's finaliser so that near names give far seeds.
function hashName(seed: SeedWords, name: string): SeedWords {
  let [a, b, c, d] = seed;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    c = Math.imul(c ^ unit, 0xc2b2ae35);
    d = Math.imul(d ^ unit, 0x27d4eb2f);
  }
  return [mix(a ^ name.length), mix(b ^ a), mix(c ^ b), mix(d ^ c)];
}

function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export class SimRandom implements Random {
  readonly #seed: SeedWords;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  private constructor(seed: SeedWords) {
    this.#seed = seed;
    [this.#a, this.#b, this.#c, this.#counter] = seed;
    for (let i = 0; i < 12; i++) this.uint32();
  }

  static fromSeed(seed: number): SimRandom {
    return new SimRandom(hashName([0x811c9dc5, 0x9e3779b9, 0x7f4a7c15, 0x6a09e667], `seed ${seed}`));
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  below(bound: number): number {
    assert(
      Number.isInteger(bound) && bound >= 1 && bound <= 2 ** 32,
      `a bound is 1..2^32, this one is ${bound}`,
    );
    // Draws in the last, incomplete run of `bound` values would favour small results: draw again.
    const fairEnd = 2 ** 32 - (2 ** 32 % bound);
    let drawn = this.uint32();
    while (drawn >= fairEnd) drawn = this.uint32();
    return drawn % bound;
  }

  fork(name: string): SimRandom {
    return new SimRandom(hashName(this.#seed, name));
  }

  /** A uniform integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  /** True once in `count` draws. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }
}
