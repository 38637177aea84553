/** Small whole numbers for values: the parts of a state recur in millions of states and are kept once. */
import assert from 'node:assert/strict';

export class Interned<T> {
  readonly #keyOf: (value: T) => string;
  readonly #ids = new Map<string, number>();
  readonly #values: T[] = [];
  /** The very values that are kept: what a step did not touch needs no key. */
  readonly #kept = new Map<T, number>();

  /** Values with equal keys are taken for equal, so the key must tell all that matters. */
  constructor(keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#values.length;
  }

  /** Undefined: not one of the very values that are kept. */
  keptIdOf(value: T): number | undefined {
    return this.#kept.get(value);
  }

  idOf(value: T): number {
    const kept = this.#kept.get(value);
    if (kept !== undefined) return kept;
    const key = this.#keyOf(value);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#values.length;
    this.#ids.set(key, id);
    this.#values.push(value);
    this.#kept.set(value, id);
    return id;
  }

  valueOf(id: number): T {
    assert(id >= 0 && id < this.#values.length, `no value has the number ${id}`);
    return this.#values[id] as T;
  }
}
