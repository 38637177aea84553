/** Operations with times, in any order. */
import type { Operation } from '../operation.ts';
import type { EncodedHistory } from './encoded-history.ts';
import { rankedTimes } from './ranked-times.ts';
import { sortedOrder } from './sorted-order.ts';

/** Stands for "never"; later than every real time. */
const never = Number.POSITIVE_INFINITY;

export function encodeOperations(history: readonly Operation[]): EncodedHistory {
  const count = history.length;
  let calls: Float64Array = new Float64Array(count);
  let returns: Float64Array = new Float64Array(count);
  let numbersOnly = true;
  let answered = 0;
  for (let at = 0; at < count; at += 1) {
    const operation = history[at] as Operation;
    const { call, return: back } = operation;
    if (typeof call !== 'number' || (typeof back !== 'number' && back !== null)) numbersOnly = false;
    else {
      calls[at] = call;
      returns[at] = back ?? never;
      // False for NaN as well.
      if (!(call <= (back ?? never)) || call === never || back === never || call === -never)
        numbersOnly = false;
    }
    if (back !== null) answered += 1;
  }
  if (!numbersOnly) [calls, returns] = rankedTimes(history);
  const order = sortedOrder(calls);
  if (order !== undefined) {
    calls = calls.map((_, rank) => calls[order[rank] as number] as number);
    returns = returns.map((_, rank) => returns[order[rank] as number] as number);
  }
  return {
    operations:
      order === undefined ? history : Array.from(order, (position) => history[position] as Operation),
    positions: order,
    events: merged(calls, returns, answered),
  };
}

/** Closed intervals: at equal times calls come before returns. */
function merged(calls: Float64Array, returns: Float64Array, answered: number): Int32Array {
  const byReturn = sortedOrder(returns);
  const events = new Int32Array(calls.length + answered);
  let called = 0;
  for (let at = 0, returned = 0; at < events.length; at += 1) {
    const operation = byReturn === undefined ? returned : (byReturn[returned] as number);
    if (
      called < calls.length &&
      (returned >= answered || (calls[called] as number) <= (returns[operation] as number))
    ) {
      events[at] = called;
      called += 1;
    } else {
      events[at] = ~operation;
      returned += 1;
    }
  }
  return events;
}
