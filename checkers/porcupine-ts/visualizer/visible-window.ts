/** Which operations are drawn when there are too many: those around what matters. */
import type { DrawnHistory } from './drawn-history.ts';
import type { DrawnOrder } from './drawn-orders.ts';

export interface VisibleWindow {
  /** Places in the history, in the order of calls. */
  readonly drawn: readonly number[];
  /** By place in the history: where among `drawn`, or -1. */
  readonly index: Int32Array;
  /** Called before the window, and after it. */
  readonly before: number;
  readonly after: number;
}

/** Of those before the window that never returned, so many are drawn. */
const unansweredMax = 1000;

/** About `most` operations around the one called as number `focus`; all of `needed`; and whatever is open or placed between them. */
export function visibleWindow(
  history: DrawnHistory,
  most: number,
  focus: number,
  needed: readonly number[],
  orders: readonly DrawnOrder[],
): VisibleWindow {
  const { byCall, call, rank, ret } = history;
  const count = byCall.length;
  const index = new Int32Array(count).fill(-1);
  const first = Math.max(0, Math.min(focus - Math.floor(most / 2), count - most));
  const last = Math.min(count, first + most);
  const isDrawn = new Uint8Array(count);
  isDrawn.fill(1, first, last);
  for (const at of needed) isDrawn[rank[at] as number] = 1;
  const start = call[byCall[first] ?? 0] ?? 0;
  let unanswered = 0;
  // The latest of those that never returned.
  for (let order = first - 1; order >= 0; order -= 1) {
    const at = byCall[order] as number;
    const back = ret[at] as number;
    if (back < 0 && unanswered < unansweredMax) unanswered += 1;
    else if (back < start) continue;
    isDrawn[order] = 1;
  }
  for (const { operations } of orders) {
    const [from, to] = stretch(
      operations,
      (at) => (rank[at] as number) >= first && (rank[at] as number) < last,
    );
    for (let step = from; step < to; step += 1) isDrawn[rank[operations[step] as number] as number] = 1;
  }
  const drawn: number[] = [];
  for (let order = 0; order < count; order += 1) {
    if (isDrawn[order] === 1) index[byCall[order] as number] = drawn.push(byCall[order] as number) - 1;
  }
  return { drawn, index, before: first, after: count - last };
}

/** The steps of an order that are drawn: the longest run of operations that all are, at its end where several are as long. */
export function drawnSteps(order: readonly number[], index: Int32Array): readonly [number, number] {
  let best: readonly [number, number] = [order.length, order.length];
  for (let to = order.length; to > 0; ) {
    let from = to;
    while (from > 0 && (index[order[from - 1] as number] as number) >= 0) from -= 1;
    if (to - from > best[1] - best[0]) best = [from, to];
    to = from - 1;
  }
  return best;
}

function stretch(order: readonly number[], isWithin: (at: number) => boolean): readonly [number, number] {
  let from = 0;
  while (from < order.length && !isWithin(order[from] as number)) from += 1;
  let to = order.length;
  while (to > from && !isWithin(order[to - 1] as number)) to -= 1;
  return [from, to];
}
