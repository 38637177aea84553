/**
 * An offset log as a program whose state is the length alone. What stands at an offset is said by the answers (an acknowledged append, a pull); two answers
 * that disagree are refused here and now. An append that does not say its offset may be placed wherever nobody saw another message.
 */
import { show } from '../program/model-program.ts';
import {
  instructions,
  type Program,
  type ProgramOperation,
  readOnlyFlag,
  type StateSpace,
} from '../program/program.ts';
import { ValueNumbers } from '../program/value-numbers.ts';
import type { OffsetLogInput, OffsetLogOutput } from './offset-log.ts';

type LogOperation = ProgramOperation<OffsetLogInput<unknown>, OffsetLogOutput<unknown>>;

const longest = 0x3fffffff;

export function offsetLogProgram(operations: readonly LogOperation[]): Program {
  const contents = new Contents();
  const code = new Int32Array(operations.length * 3);
  const messages = new Int32Array(operations.length);
  for (let operation = 0; operation < operations.length; operation += 1) {
    const { input, output, return: back } = operations[operation] as LogOperation;
    const known = back === null ? undefined : output;
    const at = operation * 3;
    if (input.f === 'append') {
      const message = contents.numbers.numberOf(input.message);
      messages[operation] = message;
      code[at] = instructions.space;
      if (known === undefined) continue;
      if (!isOffset(known) || !contents.claim(known, message)) code[at] = instructions.refuse;
      else appendAt(code, at, known);
    } else if (known === undefined) {
      keepWithin(code, at, 0, longest);
    } else if (input.f === 'maxOffset') {
      if (isOffset(known)) keepWithin(code, at, known, known);
      else code[at] = instructions.refuse | readOnlyFlag;
    } else {
      pull(code, at, input.from, known, contents);
    }
  }
  const space: StateSpace = {
    // Only appends that do not say their offset ask.
    step: (length, operation) => (contents.allows(length, messages[operation] as number) ? length + 1 : -1),
    bytes: () => contents.size * 16,
  };
  return {
    initial: 0,
    code,
    space,
    classOf: (operation) => messages[operation] as number,
    describeState: (length) => contents.describe(length),
  };
}

function pull(code: Int32Array, at: number, from: number, seen: unknown, contents: Contents): void {
  code[at] = instructions.refuse | readOnlyFlag;
  if (!Array.isArray(seen) || !isOffset(from)) return;
  if (seen.length === 0) {
    keepWithin(code, at, 0, from);
    return;
  }
  for (const [index, message] of seen.entries()) {
    if (!isOffset(from + index) || !contents.claim(from + index, contents.numbers.numberOf(message))) return;
  }
  keepWithin(code, at, from + seen.length, longest);
}

function appendAt(code: Int32Array, at: number, offset: number): void {
  code[at] = instructions.setIfEqual;
  code[at + 1] = offset;
  code[at + 2] = offset + 1;
}

function keepWithin(code: Int32Array, at: number, least: number, most: number): void {
  code[at] = instructions.keepWithin | readOnlyFlag;
  code[at + 1] = least;
  code[at + 2] = most;
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < longest;
}

/** What the answers say about each offset. */
class Contents {
  readonly numbers = new ValueNumbers();
  readonly #messageAt: number[] = [];
  readonly #far = new Map<number, number>();

  get size(): number {
    return this.#messageAt.length + this.#far.size;
  }

  /** False when another message was seen there. */
  claim(offset: number, message: number): boolean {
    const known = this.#at(offset);
    if (known !== undefined) return known === message;
    // A hole in the array would make all of it slow.
    if (offset < this.#messageAt.length) this.#messageAt[offset] = message;
    else if (offset < this.#messageAt.length + 4096) {
      while (this.#messageAt.length < offset) this.#messageAt.push(-1);
      this.#messageAt.push(message);
    } else this.#far.set(offset, message);
    return true;
  }

  allows(offset: number, message: number): boolean {
    const known = this.#at(offset);
    return known === undefined || known === message;
  }

  describe(length: number): string {
    const last = length === 0 ? undefined : this.#at(length - 1);
    return `${length} messages${last === undefined ? '' : `, the last ${show(this.numbers.values[last])}`}`;
  }

  #at(offset: number): number | undefined {
    const near = this.#messageAt[offset];
    return near !== undefined && near >= 0 ? near : this.#far.get(offset);
  }
}
