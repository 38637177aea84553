/** A log that only grows: append says at which offset, pull reads from an offset on, maxOffset says how long it is. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';
import type { ProgramOperation } from '../program/program.ts';
import { structuralEqual } from '../program/structure.ts';
import { offsetLogProgram } from './offset-log-program.ts';

/** Offsets count from 0. */
export type OffsetLogInput<Message> =
  | { readonly f: 'append'; readonly message: Message }
  | { readonly f: 'pull'; readonly from: number }
  | { readonly f: 'maxOffset' };

/**
 * Of an append its offset; of a pull a piece of the log that begins at `from`, or nothing, which says that the log ends at `from` or before; of maxOffset the
 * length. `undefined`: answered, but nobody knows what.
 */
export type OffsetLogOutput<Message> = number | readonly Message[] | undefined;

/** A log, empty at the beginning. */
export function offsetLog<Message = unknown>(): Model<
  readonly Message[],
  OffsetLogInput<Message>,
  OffsetLogOutput<Message>
> {
  return {
    name: 'offset-log',
    source: { name: 'offset-log' },
    init: () => [],
    step(state, input, output) {
      switch (input.f) {
        case 'append':
          return output === undefined || output === state.length ? [...state, input.message] : undefined;
        case 'maxOffset':
          return output === undefined || output === state.length ? state : undefined;
        case 'pull': {
          if (output === undefined) return state;
          if (!Array.isArray(output)) return undefined;
          if (output.length === 0) return state.length <= input.from ? state : undefined;
          return structuralEqual(state.slice(input.from, input.from + output.length), output)
            ? state
            : undefined;
        }
      }
    },
    stepUnanswered: (state, input) => (input.f === 'append' ? [...state, input.message] : state),
    isReadOnly: (input) => input.f !== 'append',
    describeOperation(input, output) {
      const answer = output === undefined ? '' : ` -> ${show(output)}`;
      if (input.f === 'append') return `append(${show(input.message)})${answer}`;
      return input.f === 'pull' ? `pull(${input.from})${answer}` : `maxOffset${answer}`;
    },
    describeState: (state) => show(state),
    compile: (operations: readonly ProgramOperation<OffsetLogInput<Message>, OffsetLogOutput<Message>>[]) =>
      offsetLogProgram(operations),
  };
}
