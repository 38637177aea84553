/** First in, first out: enqueue, and dequeue, which says null when the queue is empty. */
import type { Model } from '../model.ts';
import { show } from '../program/model-program.ts';
import { structuralEqual } from '../program/structure.ts';

/** What is done to the queue. */
export type QueueInput<Value> = { readonly f: 'enqueue'; readonly value: Value } | { readonly f: 'dequeue' };

/** Of a dequeue: the value, null when there was none, `undefined` when nobody knows. */
export type QueueOutput<Value> = Value | null | undefined;

/** A queue, empty at the beginning. */
export function queue<Value = unknown>(): Model<readonly Value[], QueueInput<Value>, QueueOutput<Value>> {
  return {
    name: 'queue',
    source: { name: 'queue' },
    init: () => [],
    step(state, input, output) {
      if (input.f === 'enqueue') return [...state, input.value];
      if (output === undefined) return state.slice(1);
      if (output === null) return state.length === 0 ? state : undefined;
      return state.length > 0 && structuralEqual(state[0], output) ? state.slice(1) : undefined;
    },
    stepUnanswered: (state, input) => (input.f === 'enqueue' ? [...state, input.value] : state.slice(1)),
    isReadOnly: (input, output) => input.f === 'dequeue' && output === null,
    describeOperation(input, output) {
      if (input.f === 'enqueue') return `enqueue(${show(input.value)})`;
      return output === undefined ? 'dequeue' : `dequeue -> ${output === null ? 'empty' : show(output)}`;
    },
    describeState: (state) => show(state),
  };
}
