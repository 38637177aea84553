/** Luck from the operating system: two processes never draw the same. */
import { randomFillSync } from 'node:crypto';
import type { Random } from '../random.ts';

const poolWords = 1024;

export class OsRandom implements Random {
  readonly #pool = new Uint32Array(poolWords);
  #next = poolWords;

  uint32(): number {
    if (this.#next === poolWords) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const word = this.#pool[this.#next] ?? 0;
    this.#next += 1;
    return word;
  }

  below(bound: number): number {
    return Math.floor((this.uint32() / 2 ** 32) * bound);
  }

  fork(_name: string): Random {
    return new OsRandom();
  }
}
