/** How long things took: counts by length, in steps of a few percent, so that a quantile of millions costs nothing. */

const leastMs = 0.02;
/** Steps for each doubling: 2.2 %, and a quantile is within half of that. */
const stepsPerDoubling = 32;
const steps = 24 * stepsPerDoubling;

export class Latencies {
  readonly #counts = new Uint32Array(steps);
  #count = 0;
  #longestMs = 0;

  get count(): number {
    return this.#count;
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  add(ms: number): void {
    const step = Math.log2(Math.max(ms, leastMs) / leastMs) * stepsPerDoubling;
    const at = Math.min(steps - 1, Math.floor(step));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#longestMs) this.#longestMs = ms;
  }

  merge(other: Latencies): void {
    for (let at = 0; at < steps; at += 1)
      this.#counts[at] = (this.#counts[at] ?? 0) + (other.#counts[at] ?? 0);
    this.#count += other.#count;
    this.#longestMs = Math.max(this.#longestMs, other.#longestMs);
  }

  /** The length that this share of them does not exceed; undefined of none. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let sum = 0;
    for (let at = 0; at < steps; at += 1) {
      sum += this.#counts[at] ?? 0;
      if (sum >= wanted) return Math.min(this.#longestMs, leastMs * 2 ** ((at + 0.5) / stepsPerDoubling));
    }
    return this.#longestMs;
  }
}
