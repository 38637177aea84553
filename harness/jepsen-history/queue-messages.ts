/** The operations of Jepsen's queue workloads as messages: :enqueue v, :dequeue, and :drain, which takes all that is left. */
import type { Delivery, Sending } from '../../checkers/history/messaging.ts';
import type { Dequeue, FifoHistory } from '../../checkers/queue/fifo-queue.ts';
import type { TotalQueueHistory } from '../../checkers/queue/total-queue.ts';
import type { JepsenPair } from './jepsen-operations.ts';

export const queueFs: readonly string[] = ['enqueue', 'dequeue', 'drain'];

const queue = 'queue';
const group = 'clients';

export function totalQueueOf(pairs: readonly JepsenPair[]): TotalQueueHistory {
  const sends: Sending[] = [];
  const deliveries: Delivery[] = [];
  let drained = false;
  for (const { invoked, done } of pairs) {
    const { f, index, time: call, process } = invoked;
    if (f === 'enqueue') {
      const outcome = done?.type === 'ok' || done?.type === 'fail' ? done.type : 'info';
      const ret = outcome === 'info' ? Infinity : (done?.time ?? Infinity);
      sends.push({ message: String(invoked.value), queue, outcome, call, ret, index });
    }
    if (done?.type !== 'ok' || (f !== 'dequeue' && f !== 'drain')) continue;
    if (f === 'drain') drained = true;
    const taken: unknown[] = Array.isArray(done.value) ? done.value : [done.value];
    for (const value of taken) {
      if (value === null || value === 'exhausted') continue;
      const ended = { call: done.time, ret: done.time, how: 'done' as const };
      const base = { message: String(value), group, consumer: `process ${process}`, queue, call, index };
      deliveries.push({ ...base, ret: done.time, ended });
    }
  }
  return { sends, deliveries, groups: [group], drained };
}

/** Drains take several values at once, which no dequeue of a queue does: they are left out. */
export function fifoOf(pairs: readonly JepsenPair[]): FifoHistory {
  const { sends } = totalQueueOf(pairs);
  const dequeues = pairs.flatMap(({ invoked, done }): Dequeue[] => {
    if (invoked.f !== 'dequeue') return [];
    const base = { call: invoked.time, index: invoked.index };
    if (done === undefined || done.type === 'info') return [{ ...base, ret: Infinity, value: undefined }];
    const isEmpty = done.error === 'empty' || done.error === 'exhausted';
    if (done.type === 'fail' && !isEmpty) return [];
    return [{ ...base, ret: done.time, value: isEmpty || done.value === null ? null : String(done.value) }];
  });
  const enqueues = sends.map(({ message, outcome, call, ret, index }) => ({
    value: message,
    failed: outcome === 'fail',
    call,
    ret,
    index,
  }));
  return { queue, enqueues, dequeues };
}
