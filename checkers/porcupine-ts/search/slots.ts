/** Slots: operations of one slot never overlap, so there are as many slots as operations were open at once. */
import type { Problem } from './problem.ts';

export interface Slots {
  /** Per operation; -1 for one that was given none. */
  readonly slotOf: Int32Array;
  readonly count: number;
}

/** Operations without an answer keep a slot for ever, or get none when `answeredOnly`. */
export function assignSlots(problem: Problem, answeredOnly: boolean): Slots {
  const { events, returns, operations } = problem;
  const slotOf = new Int32Array(operations).fill(-1);
  const free: number[] = [];
  let count = 0;
  for (let at = 0; at < events.length; at += 1) {
    const code = events[at] as number;
    if (code < 0) {
      free.push(slotOf[~code] as number);
    } else if (!answeredOnly || (returns[code] as number) >= 0) {
      const slot = free.pop();
      if (slot === undefined) {
        slotOf[code] = count;
        count += 1;
      } else {
        slotOf[code] = slot;
      }
    }
  }
  return { slotOf, count };
}
