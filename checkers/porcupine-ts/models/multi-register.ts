/** Several registers read and written in one step: `[{f: 'read', key}, {f: 'write', key, value}]`. They cannot be judged one by one. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';
import { structuralEqual } from '../program/structure.ts';

/** What happens in one step, in this order. */
export type MultiRegisterInput<Value> = readonly (
  | { readonly f: 'read'; readonly key: unknown }
  | { readonly f: 'write'; readonly key: unknown; readonly value: Value }
)[];

/** What its reads saw, in their order (null: nothing yet); `undefined`: nobody knows. */
export type MultiRegisterOutput<Value> = readonly (Value | null)[] | undefined;

/** What the registers begin with. */
export interface MultiRegisterOptions<Value> {
  /** By key; those that are absent hold null. */
  readonly initial?: ReadonlyMap<unknown, Value>;
}

/** Registers by key; an operation reads and writes several of them at one moment. */
export function multiRegister<Value = unknown>(
  options: MultiRegisterOptions<Value> = {},
): Model<ReadonlyMap<unknown, Value>, MultiRegisterInput<Value>, MultiRegisterOutput<Value>> {
  return {
    name: 'multi-register',
    source: { name: 'multi-register', options },
    init: () => options.initial ?? new Map(),
    step(state, input, output) {
      let after = state;
      let reads = 0;
      for (const part of input) {
        if (part.f === 'write') {
          after = new Map(after).set(part.key, part.value);
          continue;
        }
        if (output !== undefined && !structuralEqual(output[reads], after.get(part.key) ?? null))
          return undefined;
        reads += 1;
      }
      return output !== undefined && output.length !== reads ? undefined : after;
    },
    stepUnanswered(state, input) {
      const after = new Map(state);
      for (const part of input) if (part.f === 'write') after.set(part.key, part.value);
      return after;
    },
    isReadOnly: (input) => input.every(({ f }) => f === 'read'),
    describeOperation(input, output) {
      let reads = 0;
      return input
        .map((part) => {
          if (part.f === 'write') return `${show(part.key)} := ${show(part.value)}`;
          const seen = output === undefined ? '' : ` -> ${show(output[reads])}`;
          reads += 1;
          return `${show(part.key)}${seen}`;
        })
        .join(', ');
    },
    describeState: (state) => show(state),
  };
}
