/** A sum: add any whole number, read. */
import type { Model } from '../model.ts';
import { noSpace } from '../program/no-space.ts';
import { instructions, type Program, type ProgramOperation, readOnlyFlag } from '../program/program.ts';

/** `value` is any whole number, less than 0 as well. */
export type CounterInput = { readonly f: 'add'; readonly value: number } | { readonly f: 'read' };

/** What the sum begins with, default 0. */
export interface CounterOptions {
  readonly initial?: number;
}

/** A read's output is the sum, or `undefined` when nobody knows. */
export function counter(options: CounterOptions = {}): Model<number, CounterInput, number | undefined> {
  const initial = options.initial ?? 0;
  return {
    name: 'counter',
    source: { name: 'counter', options },
    init: () => initial,
    step(state, input, output) {
      if (input.f === 'add') return state + input.value;
      return output === undefined || output === state ? state : undefined;
    },
    stepUnanswered: (state, input) => (input.f === 'add' ? state + input.value : state),
    isReadOnly: (input) => input.f === 'read' || input.value === 0,
    describeOperation(input, output) {
      if (input.f === 'add') return `add(${input.value})`;
      return output === undefined ? 'read' : `read -> ${output}`;
    },
    describeState: (state) => String(state),
    compile: (operations: readonly ProgramOperation<CounterInput, number | undefined>[]) =>
      counterProgram(initial, operations),
  };
}

/** States are sums above the least one that can be reached. Sums beyond 30 bits, or fractions, are left to the model. */
function counterProgram(
  initial: number,
  operations: readonly ProgramOperation<CounterInput, number | undefined>[],
): Program | undefined {
  let [least, most] = [initial, initial];
  for (const { input } of operations) {
    if (input.f !== 'add') continue;
    if (!Number.isInteger(input.value)) return undefined;
    if (input.value < 0) least += input.value;
    else most += input.value;
  }
  if (!Number.isInteger(initial) || most - least >= 2 ** 30) return undefined;
  const code = new Int32Array(operations.length * 3);
  for (const [index, { input, output, return: back }] of operations.entries()) {
    const at = index * 3;
    if (input.f === 'add') {
      code[at] = instructions.add | (input.value === 0 ? readOnlyFlag : 0);
      code[at + 1] = input.value;
    } else if (back === null || output === undefined) {
      code[at] = instructions.keepWithin | readOnlyFlag;
      code[at + 2] = 2 ** 30;
    } else {
      const sum = output - least;
      const possible = Number.isInteger(sum) && sum >= 0 && sum <= most - least;
      code[at] = (possible ? instructions.setIfEqual : instructions.refuse) | readOnlyFlag;
      code[at + 1] = possible ? sum : 0;
      code[at + 2] = possible ? sum : 0;
    }
  }
  return {
    initial: initial - least,
    code,
    space: noSpace,
    classOf: (operation) => code[operation * 3 + 1] as number,
    describeState: (state) => String(state + least),
  };
}
