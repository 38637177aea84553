/** A set that grows and shrinks: add, remove, read. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';

/** What is done to the set. */
export type SetInput<Value> =
  | { readonly f: 'add'; readonly value: Value }
  | { readonly f: 'remove'; readonly value: Value }
  | { readonly f: 'read' };

/** The members, in any order and each once; `undefined`: nobody knows. Members are primitives. */
export type SetOutput<Value> = readonly Value[] | undefined;

/** A set of primitives, empty at the beginning. */
export function set<Value = unknown>(): Model<ReadonlySet<Value>, SetInput<Value>, SetOutput<Value>> {
  return {
    name: 'set',
    source: { name: 'set' },
    init: () => new Set(),
    step(state, input, output) {
      if (input.f !== 'read') return changed(state, input);
      if (output === undefined) return state;
      return output.length === state.size &&
        new Set(output).size === state.size &&
        output.every((one) => state.has(one))
        ? state
        : undefined;
    },
    stepUnanswered: (state, input) => (input.f === 'read' ? state : changed(state, input)),
    isReadOnly: (input) => input.f === 'read',
    describeOperation(input, output) {
      if (input.f !== 'read') return `${input.f}(${show(input.value)})`;
      return output === undefined ? 'read' : `read -> ${show(output)}`;
    },
    describeState: (state) => show(state),
  };
}

function changed<Value>(
  state: ReadonlySet<Value>,
  input: { readonly f: 'add' | 'remove'; readonly value: Value },
): ReadonlySet<Value> {
  if (state.has(input.value) === (input.f === 'add')) return state;
  const after = new Set(state);
  if (input.f === 'add') after.add(input.value);
  else after.delete(input.value);
  return after;
}
