/** Calls and returns as a list that operations are taken out of and put back into, and the slots that name what is out. */
import type { Problem } from './problem.ts';

export interface Timeline {
  /** The remaining calls and returns as a doubly linked list; 0 is its head, the last node its tail, event i is node i + 1. */
  readonly next: Int32Array;
  readonly previous: Int32Array;
  /** Per operation, the place of its call among the events. */
  readonly calls: Int32Array;
  /** Per operation, the place of its return; -1 without an answer. */
  readonly returns: Int32Array;
  /** Operations of one slot never overlap, so there are as many slots as operations were open at once. -1: none given. */
  readonly slotOf: Int32Array;
  readonly slots: number;
  readonly unanswered: readonly number[];
}

/** Operations without an answer keep a slot for ever; or they get none, and are left out of the list, when `answeredOnly`. */
export function timelineOf({ events, operations, arena }: Problem, answeredOnly: boolean): Timeline {
  const count = operations.length;
  const tail = events.length + 1;
  const next = arena.take(tail + 1);
  const previous = arena.take(tail + 1);
  const calls = arena.take(count);
  const returns = arena.take(count);
  const slotOf = arena.take(count);
  const free: number[] = [];
  const unanswered: number[] = [];
  let slots = 0;
  let last = 0;
  for (let node = 1; node < tail; node += 1) {
    const event = events[node - 1] as number;
    if (event < 0) {
      returns[~event] = node - 1;
      free.push(slotOf[~event] as number);
    } else {
      calls[event] = node - 1;
      const isUnanswered = operations[event]?.return === null;
      if (isUnanswered) {
        returns[event] = -1;
        unanswered.push(event);
        if (answeredOnly) {
          slotOf[event] = -1;
          continue;
        }
      }
      const slot = free.pop();
      slotOf[event] = slot ?? slots;
      if (slot === undefined) slots += 1;
    }
    next[last] = node;
    previous[node] = last;
    last = node;
  }
  next[last] = tail;
  previous[tail] = last;
  return { next, previous, calls, returns, slotOf, slots, unanswered };
}
