/** Registers as a program: states are the numbers of values, and every operation is one instruction. */
import { show } from '../program/model-program.ts';
import { noSpace } from '../program/no-space.ts';
import { instructions, type Program, type ProgramOperation, readOnlyFlag } from '../program/program.ts';
import { ValueNumbers } from '../program/value-numbers.ts';
import type { RegisterInput } from './register.ts';

const anyState = 0x7fffffff;

export function registerProgram(
  initial: unknown,
  operations: readonly ProgramOperation<RegisterInput<unknown>, unknown>[],
): Program {
  const numbers = new ValueNumbers();
  /** Values that an answer, or a compare-and-set, asks for. */
  const wanted: boolean[] = [];
  let somethingExcluded = false;
  const start = numbers.numberOf(initial);
  const code = new Int32Array(operations.length * 3);
  for (let operation = 0, at = 0; operation < operations.length; operation += 1, at += 3) {
    const {
      input,
      output,
      return: back,
    } = operations[operation] as ProgramOperation<RegisterInput<unknown>, unknown>;
    const known = back === null ? undefined : output;
    if (input.f === 'write') {
      code[at] = instructions.set;
      code[at + 2] = numbers.numberOf(input.value);
    } else if (input.f === 'read') {
      code[at] = readOnlyFlag | instructions.keepWithin;
      code[at + 2] = anyState;
      if (known !== undefined) {
        const value = numbers.numberOf(known);
        code[at] = readOnlyFlag | instructions.setIfEqual;
        code[at + 1] = value;
        code[at + 2] = value;
        wanted[value] = true;
      }
    } else {
      const from = numbers.numberOf(input.from);
      wanted[from] = true;
      code[at + 1] = from;
      code[at + 2] = numbers.numberOf(input.to);
      if (known === undefined) code[at] = instructions.setOrKeep;
      else if (known === true) code[at] = instructions.setIfEqual;
      else if (known === false) {
        code[at] = readOnlyFlag | instructions.keepUnlessEqual;
        somethingExcluded = true;
      } else code[at] = instructions.refuse;
    }
  }
  return {
    initial: start,
    code,
    space: noSpace,
    classOf: (operation) => classOf(code, operation),
    // An unanswered write or compare-and-set to a value that nobody asks for helps nobody: whatever comes next is a write, which is possible without it too.
    // Not so where an answer says what the value was not.
    isUseless: (operation) => !somethingExcluded && wanted[code[operation * 3 + 2] as number] !== true,
    describeState: (state) => show(numbers.values[state]),
  };
}

/** Equal instructions are interchangeable. */
function classOf(code: Int32Array, operation: number): number | string {
  const [kind, a, b] = [
    code[operation * 3] as number,
    code[operation * 3 + 1] as number,
    code[operation * 3 + 2] as number,
  ];
  const range = 1 << 20;
  return a < range && b < range ? (kind * range + a) * range + b : `${kind} ${a} ${b}`;
}
