/** One value: write, read, compare and set. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';
import type { ProgramOperation } from '../program/program.ts';
import { structuralEqual } from '../program/structure.ts';
import { registerProgram } from './register-program.ts';

/** `cas` sets the register to `to` if it holds `from`. */
export type RegisterInput<Value> =
  | { readonly f: 'read' }
  | { readonly f: 'write'; readonly value: Value }
  | { readonly f: 'cas'; readonly from: Value; readonly to: Value };

/** What a read saw, or whether a compare-and-set set. `undefined`: answered, but nobody knows what. */
export type RegisterOutput<Value> = Value | boolean | undefined;

/** What a register begins with. */
export interface RegisterOptions<Value> {
  /** Default null. */
  readonly initial?: Value;
}

/** A register that is read and written. */
export function register<Value = unknown>(
  options: RegisterOptions<Value> = {},
): Model<Value | null, RegisterInput<Value>, RegisterOutput<Value>> {
  return { ...casRegister(options), name: 'register', source: { name: 'register', options } };
}

/** The same with compare-and-set, whose output says whether it set. */
export function casRegister<Value = unknown>(
  options: RegisterOptions<Value> = {},
): Model<Value | null, RegisterInput<Value>, RegisterOutput<Value>> {
  const initial = options.initial ?? null;
  return {
    name: 'cas-register',
    source: { name: 'cas-register', options },
    init: () => initial,
    step(state, input, output) {
      switch (input.f) {
        case 'read':
          return output === undefined || structuralEqual(output, state) ? state : undefined;
        case 'write':
          return input.value;
        case 'cas': {
          const matches = structuralEqual(state, input.from);
          if (output !== undefined && output !== matches) return undefined;
          return matches ? input.to : state;
        }
      }
    },
    stepUnanswered(state, input) {
      if (input.f === 'read') return state;
      if (input.f === 'write') return input.value;
      return structuralEqual(state, input.from) ? input.to : state;
    },
    isReadOnly: (input, output) => input.f === 'read' || (input.f === 'cas' && output === false),
    describeOperation(input, output) {
      if (input.f === 'read') return output === undefined ? 'read' : `read -> ${show(output)}`;
      if (input.f === 'write') return `write(${show(input.value)})`;
      const answer = output === undefined ? '' : output === true ? ' -> set' : ' -> not set';
      return `cas(${show(input.from)}, ${show(input.to)})${answer}`;
    },
    describeState: (state) => show(state),
    compile: (operations: readonly ProgramOperation<RegisterInput<Value>, RegisterOutput<Value>>[]) =>
      registerProgram(initial, operations),
  };
}
