/** Zeroed int32 arrays cut from one buffer: a check of a short history needs dozens of them, and a buffer of its own costs more than what is done in it. */
export class Arena {
  #block: Int32Array;
  #used = 0;

  constructor(words: number) {
    this.#block = new Int32Array(words);
  }

  take(length: number): Int32Array {
    const end = this.#used + length;
    if (end > this.#block.length) {
      if (length * 4 > this.#block.length) return new Int32Array(length);
      this.#block = new Int32Array(this.#block.length);
      this.#used = 0;
      return this.take(length);
    }
    const taken = this.#block.subarray(this.#used, end);
    this.#used = end;
    return taken;
  }
}
