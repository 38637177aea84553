/** One queue of a history, as the log checkers want it: appends and reads with closed intervals [call, ret]. */
import type { Operation } from '../history/operation.ts';

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

export type Read = {
  readonly call: number;
  readonly ret: number;
  /** Index of the invocation. */
  readonly index: number;
} & (
  | {
      readonly kind: 'pull';
      readonly from: number;
      readonly messages: readonly (readonly [number, string])[];
    }
  | { readonly kind: 'max-offset'; readonly offset: number }
);

export interface LogHistory {
  readonly queue: string;
  readonly appends: readonly Append[];
  readonly reads: readonly Read[];
}

interface Growing {
  readonly queue: string;
  readonly appends: Append[];
  readonly reads: Read[];
}

/**
 * Splits a history by queue (queues are independent objects). Reads without an answer say nothing and are left out; reads of single
 * replicas are judged elsewhere.
 */
export function logHistories(operations: Iterable<Operation>): LogHistory[] {
  const queues = new Map<string, Growing>();
  const open = new Map<number, Operation>();
  for (const operation of operations) {
    if (operation.type === 'invoke') {
      open.set(operation.process, operation);
      continue;
    }
    const invoked = open.get(operation.process);
    open.delete(operation.process);
    if (invoked !== undefined) complete(growing(queues, operation.value.queue), invoked, operation);
  }
  // What was still open when the history ended may or may not have happened.
  for (const invoked of open.values()) {
    if (invoked.f !== 'send') continue;
    const { message } = invoked.value;
    growing(queues, invoked.value.queue).appends.push(unknownAppend(message, invoked));
  }
  return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
}

function growing(queues: Map<string, Growing>, queue: string): Growing {
  const known = queues.get(queue);
  if (known !== undefined) return known;
  const made: Growing = { queue, appends: [], reads: [] };
  queues.set(queue, made);
  return made;
}

function complete(queue: Growing, invoked: Operation, done: Operation): void {
  const interval = { call: invoked.time, ret: done.time, index: invoked.index };
  if (done.f === 'send') {
    const { message, offset } = done.value;
    if (done.type === 'ok') queue.appends.push({ ...interval, message, offset, failed: false });
    else if (done.type === 'fail')
      queue.appends.push({ ...interval, message, offset: undefined, failed: true });
    else queue.appends.push(unknownAppend(message, invoked));
    return;
  }
  if (done.type !== 'ok') return;
  if (done.f === 'pull' && done.value.messages !== undefined) {
    queue.reads.push({ ...interval, kind: 'pull', from: done.value.from, messages: done.value.messages });
  } else if (done.f === 'max-offset' && done.value.offset !== undefined) {
    queue.reads.push({ ...interval, kind: 'max-offset', offset: done.value.offset });
  }
}

function unknownAppend(message: string, invoked: Operation): Append {
  return {
    message,
    offset: undefined,
    call: invoked.time,
    ret: Infinity,
    failed: false,
    index: invoked.index,
  };
}
