/** A lock: acquired only when free, released only when held. */
import type { Model } from '../model.ts';
import { noSpace } from '../program/no-space.ts';
import { instructions, type ProgramOperation } from '../program/program.ts';

/** What is done to the lock. */
export interface MutexInput {
  readonly f: 'acquire' | 'release';
}

const [free, held] = [0, 1];

/** A lock that is free at the beginning. Who holds it is not looked at. */
export function mutex(): Model<'free' | 'held', MutexInput, unknown> {
  const step = (state: 'free' | 'held', { f }: MutexInput): 'free' | 'held' | undefined =>
    f === 'acquire' ? (state === 'free' ? 'held' : undefined) : state === 'held' ? 'free' : undefined;
  return {
    name: 'mutex',
    source: { name: 'mutex' },
    init: () => 'free',
    step,
    stepUnanswered: step,
    describeOperation: ({ f }) => f,
    describeState: (state) => state,
    compile(operations: readonly ProgramOperation<MutexInput>[]) {
      const code = new Int32Array(operations.length * 3);
      for (const [index, { input }] of operations.entries()) {
        code[index * 3] = instructions.setIfEqual;
        code[index * 3 + 1] = input.f === 'acquire' ? free : held;
        code[index * 3 + 2] = input.f === 'acquire' ? held : free;
      }
      return {
        initial: free,
        code,
        space: noSpace,
        classOf: (operation) => code[operation * 3 + 1] as number,
        describeState: (state) => (state === free ? 'free' : 'held'),
      };
    },
  };
}
