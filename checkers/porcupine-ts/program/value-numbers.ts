/** Gives equal values equal small integers. */
import { structuralEqual, structuralHash } from './structure.ts';

export class ValueNumbers {
  readonly values: unknown[] = [];
  readonly #primitives = new Map<unknown, number>();
  #structures: Map<number, number[]> | undefined;

  numberOf(value: unknown): number {
    if (typeof value === 'object' && value !== null) return this.#numberOfStructure(value);
    const known = this.#primitives.get(value);
    if (known !== undefined) return known;
    const number = this.values.push(value) - 1;
    this.#primitives.set(value, number);
    return number;
  }

  #numberOfStructure(value: object): number {
    this.#structures ??= new Map();
    const hash = structuralHash(value);
    const bucket = this.#structures.get(hash);
    const known = bucket?.find((number) => structuralEqual(this.values[number], value));
    if (known !== undefined) return known;
    const number = this.values.push(value) - 1;
    if (bucket === undefined) this.#structures.set(hash, [number]);
    else bucket.push(number);
    return number;
  }
}
