/** States that wait to be expanded, first in first out, packed into blocks of plain numbers. */
import type { Vector } from './model.ts';

const blockWords = 1 << 20;

export class VectorQueue {
  readonly #blocks: Uint32Array[] = [];
  #writeAt = blockWords;
  #readAt = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(state: Vector, number: number): void {
    const words = state.length + 2;
    let block = this.#blocks.at(-1);
    if (block === undefined || this.#writeAt + words > blockWords) {
      block = new Uint32Array(blockWords);
      this.#blocks.push(block);
      this.#writeAt = 0;
    }
    block[this.#writeAt] = state.length;
    block[this.#writeAt + 1] = number;
    block.set(state, this.#writeAt + 2);
    this.#writeAt += words;
    this.#count += 1;
  }

  shift(): { readonly state: Vector; readonly number: number } | undefined {
    if (this.#count === 0) return undefined;
    let block = this.#blocks[0];
    // A length of 0 is where the writer found too little room.
    if (block !== undefined && (this.#readAt >= blockWords || block[this.#readAt] === 0)) {
      this.#blocks.shift();
      this.#readAt = 0;
      block = this.#blocks[0];
    }
    if (block === undefined) return undefined;
    const length = block[this.#readAt] ?? 0;
    const number = block[this.#readAt + 1] ?? 0;
    const from = this.#readAt + 2;
    this.#readAt = from + length;
    this.#count -= 1;
    return { state: Array.from(block.subarray(from, from + length)), number };
  }
}
