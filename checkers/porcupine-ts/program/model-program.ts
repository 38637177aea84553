/** Any model as a program: its states and operations are numbered, and each distinct step is asked for once. */
import type { Model } from '../model.ts';
import {
  instructions,
  type Program,
  type ProgramOperation,
  readOnlyFlag,
  type StateSpace,
} from './program.ts';
import { StepMemo } from './step-memo.ts';
import { structuralEqual, structuralHash } from './structure.ts';
import { ValueNumbers } from './value-numbers.ts';

/** Who watches the time while the model works. */
export interface StepWatch {
  expired(): boolean;
  /** Called after every call of the model. */
  stepped(): void;
}

export function modelProgram(
  model: Model,
  operations: readonly ProgramOperation[],
  engine: 'compat' | 'fast',
  watch: StepWatch,
): Program {
  const names = new ValueNumbers();
  const classes = new Int32Array(operations.length);
  const code = new Int32Array(operations.length * 3);
  for (const [index, { input, output, return: back }] of operations.entries()) {
    const answered = back !== null;
    classes[index] = names.numberOf(answered ? [input, output] : [input]);
    const readOnly = model.isReadOnly?.(input, answered ? output : undefined) === true;
    code[index * 3] = instructions.space | (readOnly ? readOnlyFlag : 0);
  }
  const space = new ModelSpace(model, operations, classes, engine, watch);
  return {
    initial: space.number(model.init()),
    code,
    space,
    classOf: (operation) => classes[operation] as number,
    describeState: (state) => describeState(model, space.states[state]),
  };
}

export function describeState(model: Model, state: unknown): string {
  return model.describeState === undefined ? show(state) : model.describeState(state);
}

export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}`;
  if (value instanceof Map)
    return `{${[...value].map(([key, item]) => `${show(key)}: ${show(item)}`).join(', ')}}`;
  if (value instanceof Set) return `{${[...value].map(show).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${show(item)}`)
      .join(', ')}}`;
  return JSON.stringify(value) ?? String(value);
}

class ModelSpace implements StateSpace {
  readonly states: unknown[] = [];
  readonly #model: Model;
  readonly #operations: readonly ProgramOperation[];
  readonly #classes: Int32Array;
  readonly #watch: StepWatch;
  readonly #memo = new StepMemo();
  readonly #buckets = new Map<number, number[]>();
  readonly #hash: (state: unknown) => number;
  readonly #equal: (one: unknown, other: unknown) => boolean;

  constructor(
    model: Model,
    operations: readonly ProgramOperation[],
    classes: Int32Array,
    engine: 'compat' | 'fast',
    watch: StepWatch,
  ) {
    this.#model = model;
    this.#operations = operations;
    this.#classes = classes;
    this.#watch = watch;
    this.#equal = model.equal?.bind(model) ?? structuralEqual;
    if (model.hash !== undefined) this.#hash = model.hash.bind(model);
    // States that only `equal` takes for one may look different. To be searched twice harms nobody, but it is not what Porcupine would do.
    else this.#hash = model.equal !== undefined && engine === 'compat' ? () => 0 : structuralHash;
  }

  /** Roughly: what the user's states themselves take is not known. */
  bytes(): number {
    return this.#memo.bytes() + this.states.length * 200;
  }

  step(state: number, operation: number): number {
    const name = this.#classes[operation] as number;
    const known = this.#memo.get(state, name);
    if (known !== -2) return known;
    const { input, output, return: back } = this.#operations[operation] as ProgramOperation;
    const before = this.states[state];
    const next =
      back === null
        ? this.#model.stepUnanswered?.(before, input, this.#watch)
        : this.#model.step(before, input, output, this.#watch);
    const after = next === undefined ? -1 : this.number(next);
    this.#memo.set(state, name, after);
    this.#watch.stepped();
    return after;
  }

  number(state: unknown): number {
    const hash = this.#hash(state) | 0;
    const bucket = this.#buckets.get(hash);
    if (bucket === undefined) {
      this.#buckets.set(hash, [this.states.length]);
    } else {
      const known = bucket.find((number) => this.#equal(this.states[number], state));
      if (known !== undefined) return known;
      bucket.push(this.states.length);
    }
    return this.states.push(state) - 1;
  }
}
