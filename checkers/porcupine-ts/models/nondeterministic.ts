/** A model whose step may end in several states, as one whose state is the set of states it may be in. */
import type { Model, NondeterministicModel, StepContext } from '../model.ts';
import { show } from '../program/model-program.ts';
import { structuralEqual, structuralHash } from '../program/structure.ts';

/** The model to check with. Its states are lists of the states that the given one may be in. */
export function nondeterministic<State, Input, Output>(
  model: NondeterministicModel<State, Input, Output>,
): Model<readonly State[], Input, Output> {
  const equal = model.equal?.bind(model) ?? structuralEqual;
  // Without a hash of the user's own, only states compared by structure can be hashed; others all land in one place and are compared.
  const hash = model.hash?.bind(model) ?? (model.equal === undefined ? structuralHash : () => 0);
  const distinct = (states: readonly State[]): readonly State[] =>
    states.filter((state, at) => !states.slice(0, at).some((earlier) => equal(earlier, state)));
  /** After each state of the set; `undefined` when none can go on, or when the time is over. */
  const union = (
    states: readonly State[],
    context: StepContext,
    after: (state: State) => readonly State[],
  ): readonly State[] | undefined => {
    const all: State[] = [];
    for (const state of states) {
      all.push(...after(state));
      if (context.expired()) return undefined;
    }
    return all.length === 0 ? undefined : distinct(all);
  };
  const { stepUnanswered, partition, describeOperation, describeState } = model;
  return {
    ...(model.name === undefined ? {} : { name: model.name }),
    ...(model.source === undefined ? {} : { source: model.source }),
    init: () => distinct(model.init()),
    step: (states, input, output, context) =>
      union(states, context, (state) => model.step(state, input, output, context)),
    ...(stepUnanswered === undefined
      ? {}
      : {
          stepUnanswered: (states: readonly State[], input: Input, context: StepContext) =>
            union(states, context, (state) => stepUnanswered.call(model, state, input, context)),
        }),
    // Both hold each of their states once, so one inclusion is enough.
    equal: (one, other) =>
      one.length === other.length && one.every((state) => other.some((same) => equal(state, same))),
    hash: (states) => states.reduce((all, state) => all ^ hash(state), states.length),
    ...(partition === undefined ? {} : { partition: partition.bind(model) }),
    // No `isReadOnly`: a read leaves each state alone, but not the set, which it narrows.
    ...(describeOperation === undefined ? {} : { describeOperation: describeOperation.bind(model) }),
    describeState: (states) => describeState?.call(model, states) ?? `one of ${states.map(show).join(' | ')}`,
  };
}
