/** Keys with string values as a program. One key: gets and puts are single instructions, appends are remembered. Several: see `KvSpace`. */
import { show } from '../program/model-program.ts';
import { instructions, type Program, readOnlyFlag } from '../program/program.ts';
import { StepMemo } from '../program/step-memo.ts';
import { GrowingStrings } from './growing-strings.ts';
import { answersOf, type KvOperation, nameOf } from './kv-operation.ts';
import { manyKeysProgram } from './many-keys-program.ts';
import { type NumberedStrings, ObservedStrings } from './observed-strings.ts';

export function kvProgram(operations: readonly KvOperation[], engine: 'compat' | 'fast'): Program {
  const key = operations[0]?.input.key;
  return operations.every(({ input }) => Object.is(input.key, key))
    ? oneKeyProgram(operations, engine)
    : manyKeysProgram(operations, engine);
}

function oneKeyProgram(operations: readonly KvOperation[], engine: 'compat' | 'fast'): Program {
  const observed = engine === 'fast' ? new ObservedStrings(answersOf(operations)) : undefined;
  const strings: NumberedStrings = observed ?? new GrowingStrings();
  const initial = strings.numberOf('');
  const code = new Int32Array(operations.length * 3);
  for (const [index, { input, output, return: back }] of operations.entries()) {
    const at = index * 3;
    if (input.f === 'append') {
      code[at] = instructions.space;
    } else if (input.f === 'put') {
      code[at] = instructions.set;
      code[at + 2] = strings.numberOf(input.value);
    } else if (back === null || output === undefined) {
      code[at] = instructions.keepWithin | readOnlyFlag;
      code[at + 2] = 0x7fffffff;
    } else {
      const value = strings.numberOf(output);
      code[at] = instructions.setIfEqual | readOnlyFlag;
      code[at + 1] = value;
      code[at + 2] = value;
    }
  }
  const memo = new StepMemo();
  return {
    initial,
    code,
    space: {
      step(state, operation) {
        const known = memo.get(state, operation);
        if (known !== -2) return known;
        const { input } = operations[operation] as KvOperation;
        const after = input.f === 'append' ? strings.append(state, input.value) : -1;
        memo.set(state, operation, after);
        return after;
      },
      bytes: () => memo.bytes() + strings.bytes(),
    },
    ...(observed === undefined
      ? {}
      : {
          canReach: (state: number, operation: number) => {
            const { input, output } = operations[operation] as KvOperation;
            return input.f !== 'get' || output === undefined || observed.begins(state, output);
          },
        }),
    classOf: (operation) => nameOf(operations[operation] as KvOperation),
    describeState: (state) => show(strings.textOf(state)),
  };
}
