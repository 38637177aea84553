/** Keys with string values: get, put, append. Checked key by key unless `partition` is false. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';
import type { ProgramOperation } from '../program/program.ts';
import { kvProgram } from './kv-program.ts';

/** Keys compare as those of a Map; `append` puts its value behind what the key holds. */
export type KvInput =
  | { readonly f: 'get'; readonly key: unknown }
  | { readonly f: 'put'; readonly key: unknown; readonly value: string }
  | { readonly f: 'append'; readonly key: unknown; readonly value: string };

/** How keys are judged. */
export interface KvOptions {
  /** False: all keys are one state, as if they could influence each other. Slower; only to compare. */
  readonly partition?: boolean;
}

/** A key that was never written holds ''. Of a get the output is the value, or `undefined` when nobody knows. */
export function kv(
  options: KvOptions = {},
): Model<ReadonlyMap<unknown, string>, KvInput, string | undefined> {
  return {
    name: 'kv',
    source: { name: 'kv', options },
    init: () => new Map(),
    step(state, input, output) {
      if (input.f === 'get')
        return output === undefined || output === (state.get(input.key) ?? '') ? state : undefined;
      return changed(state, input);
    },
    stepUnanswered: (state, input) => (input.f === 'get' ? state : changed(state, input)),
    ...(options.partition === false ? {} : { partition: ({ key }: KvInput) => key }),
    isReadOnly: (input) => input.f === 'get',
    describeOperation(input, output) {
      const key = show(input.key);
      if (input.f === 'get') return output === undefined ? `get(${key})` : `get(${key}) -> ${show(output)}`;
      return `${input.f}(${key}, ${show(input.value)})`;
    },
    describeState: (state) => show(state),
    compile: (operations: readonly ProgramOperation<KvInput, string | undefined>[], engine) =>
      kvProgram(operations, engine),
  };
}

function changed(
  state: ReadonlyMap<unknown, string>,
  input: Exclude<KvInput, { f: 'get' }>,
): ReadonlyMap<unknown, string> {
  const before = state.get(input.key) ?? '';
  return new Map(state).set(input.key, input.f === 'put' ? input.value : before + input.value);
}
