/** One queue of a history, as the log checkers want it: appends and reads with closed intervals [call, ret]. */
import type { Operation } from '../history/operation.ts';
import type { PairedOperation } from '../history/paired-operations.ts';

export interface Append {
  readonly message: string;
  /** The queue offset the acknowledgement named. */
  readonly offset: number | undefined;
  readonly call: number;
  /** Infinity when the outcome is not known. */
  readonly ret: number;
  /** Surely without effect. */
  readonly failed: boolean;
  /** Index of the invocation. */
  readonly index: number;
}

/** Messages as a pull gave them. A history has a million of them, so the usual case, one offset after the other, costs no pairs. */
export interface Batch {
  readonly from: number;
  readonly messages: readonly string[];
  /** Of each message; undefined where they are from, from + 1, and so on. */
  readonly offsets: readonly number[] | undefined;
}

export type Read = {
  readonly call: number;
  readonly ret: number;
  /** Index of the invocation. */
  readonly index: number;
} & (
  | { readonly kind: 'pull'; readonly batch: Batch }
  | { readonly kind: 'max-offset'; readonly offset: number }
);

export interface LogHistory {
  readonly queue: string;
  readonly appends: readonly Append[];
  readonly reads: readonly Read[];
}

export function batchOf(from: number, pairs: readonly (readonly [number, string])[]): Batch {
  const messages = pairs.map(([, message]) => message);
  const isRow = pairs.every(([offset], at) => offset === from + at);
  return { from, messages, offsets: isRow ? undefined : pairs.map(([offset]) => offset) };
}

/**
 * Splits a history by queue (queues are independent objects). Reads without an answer say nothing and are left out; reads of single
 * replicas are judged elsewhere. What was still open when the history ended may or may not have happened.
 */
export class LogHistories {
  readonly #queues = new Map<string, { queue: string; appends: Append[]; reads: Read[] }>();

  add({ invoked, done }: PairedOperation): void {
    const { queue } = invoked.value;
    let history = this.#queues.get(queue);
    if (history === undefined) {
      history = { queue, appends: [], reads: [] };
      this.#queues.set(queue, history);
    }
    if (invoked.f === 'send') {
      history.appends.push(appendOf(invoked.value.message, invoked, done));
      return;
    }
    const read = done?.type === 'ok' ? readOf(invoked, done) : undefined;
    if (read !== undefined) history.reads.push(read);
  }

  all(): LogHistory[] {
    return [...this.#queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }
}

export function logHistories(pairs: Iterable<PairedOperation>): LogHistory[] {
  const histories = new LogHistories();
  for (const pair of pairs) histories.add(pair);
  return histories.all();
}

function appendOf(message: string, invoked: Operation, done: Operation | undefined): Append {
  const { time: call, index } = invoked;
  if (done?.f === 'send' && done.type === 'ok')
    return { message, offset: done.value.offset, call, ret: done.time, failed: false, index };
  if (done?.type === 'fail') return { message, offset: undefined, call, ret: done.time, failed: true, index };
  return { message, offset: undefined, call, ret: Infinity, failed: false, index };
}

function readOf(invoked: Operation, done: Operation): Read | undefined {
  const { time: call, index } = invoked;
  const ret = done.time;
  if (done.f === 'pull' && done.value.messages !== undefined)
    return { call, ret, index, kind: 'pull', batch: batchOf(done.value.from, done.value.messages) };
  if (done.f === 'max-offset' && done.value.offset !== undefined)
    return { call, ret, index, kind: 'max-offset', offset: done.value.offset };
  return undefined;
}
