/** Several keys as one state: a tuple of string numbers. A step changes one part of it, and the hash of the rest is carried along. */
import { show } from '../program/model-program.ts';
import { instructions, type Program, readOnlyFlag, type StateSpace } from '../program/program.ts';
import { StepMemo } from '../program/step-memo.ts';
import { mix } from '../program/structure.ts';
import { GrowingStrings } from './growing-strings.ts';
import { answersOf, type KvOperation, nameOf } from './kv-operation.ts';
import { type NumberedStrings, ObservedStrings } from './observed-strings.ts';

export function manyKeysProgram(operations: readonly KvOperation[], engine: 'compat' | 'fast'): Program {
  const space = new KvSpace(operations, engine);
  const code = new Int32Array(operations.length * 3);
  for (const [index, { input }] of operations.entries())
    code[index * 3] = instructions.space | (input.f === 'get' ? readOnlyFlag : 0);
  return {
    initial: space.initial,
    code,
    space,
    classOf: (operation) => {
      const one = operations[operation] as KvOperation;
      return `${space.keyOf(operation)} ${nameOf(one)}`;
    },
    describeState: (state) => space.describe(state),
  };
}

class KvSpace implements StateSpace {
  readonly initial: number;
  readonly #operations: readonly KvOperation[];
  readonly #keys = new Map<unknown, number>();
  readonly #keyOf: Int32Array;
  /** Of a put the string it sets, of a get the one it saw (-1: unknown), of an append -2. */
  readonly #target: Int32Array;
  /** Per key; the compat engine has one for all. */
  readonly #strings: NumberedStrings[] = [];
  readonly #appended = new StepMemo();
  #tuples: Int32Array;
  #hashes: Int32Array;
  #buckets = new Int32Array(64);
  #count = 0;

  constructor(operations: readonly KvOperation[], engine: 'compat' | 'fast') {
    this.#operations = operations;
    this.#keyOf = new Int32Array(operations.length);
    this.#target = new Int32Array(operations.length);
    for (const [index, { input }] of operations.entries()) {
      const key = this.#keys.get(input.key) ?? this.#keys.size;
      this.#keys.set(input.key, key);
      this.#keyOf[index] = key;
    }
    for (const at of this.#keys.values()) {
      const ofKey = operations.filter((_, index) => this.#keyOf[index] === at);
      this.#strings.push(engine === 'fast' ? new ObservedStrings(answersOf(ofKey)) : new GrowingStrings());
    }
    for (const [index, { input, output, return: back }] of operations.entries()) {
      const strings = this.#strings[this.#keyOf[index] as number] as NumberedStrings;
      if (input.f === 'append') this.#target[index] = -2;
      else if (input.f === 'put') this.#target[index] = strings.numberOf(input.value);
      else this.#target[index] = back === null || output === undefined ? -1 : strings.numberOf(output);
    }
    this.#tuples = new Int32Array(64 * this.#keys.size);
    this.#hashes = new Int32Array(64);
    this.#count = 1;
    for (const [key, strings] of this.#strings.entries()) this.#tuples[key] = strings.numberOf('');
    this.#buckets[0] = 1;
    this.initial = 0;
  }

  bytes(): number {
    return (
      this.#tuples.byteLength +
      this.#hashes.byteLength * 2 +
      this.#appended.bytes() +
      this.#strings.reduce((sum, strings) => sum + strings.bytes(), 0)
    );
  }

  keyOf(operation: number): number {
    return this.#keyOf[operation] as number;
  }

  describe(state: number): string {
    const width = this.#keys.size;
    const parts = [...this.#keys].map(
      ([key, at]) =>
        `${show(key)}: ${show(this.#strings[at]?.textOf(this.#tuples[state * width + at] as number))}`,
    );
    return `{${parts.join(', ')}}`;
  }

  step(state: number, operation: number): number {
    const key = this.#keyOf[operation] as number;
    const current = this.#tuples[state * this.#keys.size + key] as number;
    const { input } = this.#operations[operation] as KvOperation;
    let target = this.#target[operation] as number;
    if (input.f === 'get') return target === -1 || target === current ? state : -1;
    if (target === -2)
      target = this.#append(key, current, operation, input.f === 'append' ? input.value : '');
    return target === current ? state : this.#changed(state, key, current, target);
  }

  #append(key: number, current: number, operation: number, suffix: string): number {
    const known = this.#appended.get(current, operation);
    if (known !== -2) return known;
    const after = (this.#strings[key] as NumberedStrings).append(current, suffix);
    this.#appended.set(current, operation, after);
    return after;
  }

  #changed(state: number, key: number, from: number, to: number): number {
    const width = this.#keys.size;
    const hash = (this.#hashes[state] as number) ^ mix(key, from) ^ mix(key, to);
    let slot = hash & (this.#buckets.length - 1);
    for (; this.#buckets[slot] !== 0; slot = (slot + 1) & (this.#buckets.length - 1)) {
      const other = (this.#buckets[slot] as number) - 1;
      if (this.#hashes[other] === hash && this.#isChanged(state, key, to, other)) return other;
    }
    const number = this.#count;
    if (number === this.#hashes.length) {
      this.#tuples = doubled(this.#tuples);
      this.#hashes = doubled(this.#hashes);
    }
    this.#tuples.copyWithin(number * width, state * width, (state + 1) * width);
    this.#tuples[number * width + key] = to;
    this.#hashes[number] = hash;
    this.#buckets[slot] = number + 1;
    this.#count += 1;
    if (this.#count * 2 > this.#buckets.length) this.#rehash();
    return number;
  }

  #isChanged(state: number, key: number, to: number, other: number): boolean {
    const width = this.#keys.size;
    for (let at = 0; at < width; at += 1) {
      const wanted = at === key ? to : this.#tuples[state * width + at];
      if (this.#tuples[other * width + at] !== wanted) return false;
    }
    return true;
  }

  #rehash(): void {
    const buckets = new Int32Array(this.#buckets.length * 2);
    for (let number = 0; number < this.#count; number += 1) {
      let slot = (this.#hashes[number] as number) & (buckets.length - 1);
      while (buckets[slot] !== 0) slot = (slot + 1) & (buckets.length - 1);
      buckets[slot] = number + 1;
    }
    this.#buckets = buckets;
  }
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
