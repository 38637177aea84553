import type { Arena } from './arena.ts';

/**
 * The configurations that a search has entered. A configuration is named by how many operations are placed, the state, and one parity bit per slot.
 * Slots are handed out at calls and come back at returns, so operations of one slot follow each other in time. Two sets that the search can reach, equally
 * large and with equal parities, are the same set: within a slot a set holds a prefix, and a slot that differs differs by two or more operations, the
 * first of which had returned before the second was called and so would be in both. So a key has a handful of bytes however long the history is.
 *
 * Operations without an answer keep a word part of their own. There a set is also covered by any smaller one that reached the same place: whatever can be
 * done from the larger one can be done from the smaller one.
 */

/** int32 next entry | int32 placed | int32 state | parity words | words of operations without an answer. */
const headWords = 3;

export class ConfigurationCache {
  count = 0;
  readonly #exactWords: number;
  readonly #coverWords: number;
  readonly #coverCounts: boolean;
  readonly #stride: number;
  #entries: Int32Array;
  #buckets: Int32Array;

  /** `cover`: how the last words are compared, as sets of bits or as counts. Room for about `expected` entries is made at once. */
  constructor(
    exactWords: number,
    coverWords: number,
    cover: 'bits' | 'counts',
    expected: number,
    arena: Arena,
  ) {
    this.#exactWords = exactWords;
    this.#coverWords = coverWords;
    this.#coverCounts = cover === 'counts';
    this.#stride = headWords + exactWords + coverWords;
    let buckets = 64;
    while (buckets < expected) buckets *= 2;
    this.#buckets = arena.take(buckets);
    this.#entries = arena.take(buckets * this.#stride);
  }

  bytes(): number {
    return this.#entries.byteLength + this.#buckets.byteLength;
  }

  /** True when nothing seen so far is this configuration or covers it; it is then remembered. `words`: the parities, then the cover. */
  add(placed: number, state: number, words: Int32Array): boolean {
    const exact = this.#exactWords;
    let entries = this.#entries;
    let hash = Math.imul(placed, 0x9e3779b1) ^ Math.imul(state, 0x85ebca6b);
    for (let i = 0; i < exact; i += 1)
      hash = Math.imul(hash ^ (words[i] as number), 0xc2b2ae35) ^ (hash >>> 15);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0x27d4eb2f);
    hash ^= hash >>> 16;
    let bucket = hash & (this.#buckets.length - 1);
    const first = this.#buckets[bucket] as number;
    for (let at = first; at !== 0; at = entries[at - 1] as number) {
      if (entries[at] !== placed || entries[at + 1] !== state) continue;
      let same = true;
      for (let i = 0; i < exact; i += 1) {
        if (entries[at + 2 + i] !== words[i]) {
          same = false;
          break;
        }
      }
      if (same && (this.#coverWords === 0 || this.#covers(at + 2 + exact, words))) return false;
    }
    const index = this.count * this.#stride;
    if (index + this.#stride > entries.length) {
      this.#grow();
      entries = this.#entries;
      bucket = hash & (this.#buckets.length - 1);
    }
    // Entries are named by their place plus one, so that zero means none.
    entries[index] = this.#buckets[bucket] as number;
    entries[index + 1] = placed;
    entries[index + 2] = state;
    const length = exact + this.#coverWords;
    for (let i = 0; i < length; i += 1) entries[index + headWords + i] = words[i] as number;
    this.#buckets[bucket] = index + 1;
    this.count += 1;
    return true;
  }

  #covers(at: number, words: Int32Array): boolean {
    const entries = this.#entries;
    const from = this.#exactWords;
    for (let i = 0; i < this.#coverWords; i += 1) {
      const known = entries[at + i] as number;
      const asked = words[from + i] as number;
      if (this.#coverCounts ? known > asked : (known & ~asked) !== 0) return false;
    }
    return true;
  }

  #grow(): void {
    const entries = new Int32Array(this.#entries.length * 2);
    entries.set(this.#entries);
    const buckets = new Int32Array(this.#buckets.length * 2);
    const mask = buckets.length - 1;
    for (let n = 0; n < this.count; n += 1) {
      const index = n * this.#stride;
      let hash =
        Math.imul(entries[index + 1] as number, 0x9e3779b1) ^
        Math.imul(entries[index + 2] as number, 0x85ebca6b);
      for (let i = 0; i < this.#exactWords; i += 1)
        hash = Math.imul(hash ^ (entries[index + headWords + i] as number), 0xc2b2ae35) ^ (hash >>> 15);
      hash ^= hash >>> 13;
      hash = Math.imul(hash, 0x27d4eb2f);
      hash ^= hash >>> 16;
      entries[index] = buckets[hash & mask] as number;
      buckets[hash & mask] = index + 1;
    }
    this.#entries = entries;
    this.#buckets = buckets;
  }
}
