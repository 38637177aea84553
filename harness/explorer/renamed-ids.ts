/** The number of a value after its nodes changed names, looked up after the first time. */
import type { Interned } from './interned.ts';

export class RenamedIds<T> {
  readonly #values: Interned<T>;
  readonly #rename: (value: T, permutation: readonly number[]) => T;
  readonly #permutations: readonly (readonly number[])[];
  readonly #known: number[][];

  /** The first permutation changes nothing. */
  constructor(
    values: Interned<T>,
    rename: (value: T, permutation: readonly number[]) => T,
    permutations: readonly (readonly number[])[],
  ) {
    this.#values = values;
    this.#rename = rename;
    this.#permutations = permutations;
    this.#known = permutations.map(() => []);
  }

  /** `index`: of the permutation. */
  renamed(index: number, id: number): number {
    const known = this.#known[index];
    if (index === 0 || known === undefined) return id;
    let renamed = known[id];
    if (renamed === undefined) {
      renamed = this.#values.idOf(this.#rename(this.#values.valueOf(id), this.#permutations[index] ?? []));
      known[id] = renamed;
    }
    return renamed;
  }
}
