import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HistoryError } from '../history/paired-operations.ts';
import { checkFifoQueue } from './fifo-queue.ts';

const put = (index: number, value: string, call: number, ret: number, failed = false) => ({
  index,
  value,
  call,
  ret,
  failed,
});
const take = (index: number, value: string | null | undefined, call: number, ret: number) => ({
  index,
  value,
  call,
  ret,
});

describe('the judge of first-in-first-out queues', () => {
  it('names the four operations of an overtaking, in order of their lines', () => {
    const enqueues = [put(0, 'a', 0, 1), put(1, 'b', 2, 3)];
    const dequeues = [take(2, 'b', 4, 5), take(3, 'a', 6, 7)];
    const result = checkFifoQueue({ queue: 'q', enqueues, dequeues });
    assert.deepEqual(result.anomalyCounts, { 'fifo-violation': 1 });
    assert.deepEqual(result.anomalies[0]?.operations, [0, 1, 2, 3]);
  });

  it('refuses a value whose enqueue surely failed, and one that came out before', () => {
    const failed = { queue: 'q', enqueues: [put(0, 'a', 0, 1, true)], dequeues: [take(1, 'a', 2, 3)] };
    assert.deepEqual(checkFifoQueue(failed).anomalyCounts, { 'aborted-read': 1 });
    const early = { queue: 'q', enqueues: [put(1, 'a', 4, 5)], dequeues: [take(0, 'a', 2, 3)] };
    assert.deepEqual(checkFifoQueue(early).anomalyCounts, { 'future-read': 1 });
  });

  it('lets one dequeue of unknown outcome explain one missing value, not two', () => {
    const enqueues = [put(0, 'a', 0, 1), put(1, 'b', 2, 3), put(2, 'c', 4, 5)];
    const dequeues = [take(3, undefined, 6, Infinity), take(4, 'c', 8, 9)];
    assert.deepEqual(checkFifoQueue({ queue: 'q', enqueues, dequeues }).anomalyCounts, { 'lost-message': 1 });
    const two = [...dequeues, take(5, undefined, 7, Infinity)];
    assert.equal(checkFifoQueue({ queue: 'q', enqueues, dequeues: two }).verdict, 'valid');
    // Too late to have taken it.
    const late = [...dequeues, take(5, undefined, 10, Infinity)];
    assert.equal(checkFifoQueue({ queue: 'q', enqueues, dequeues: late }).verdict, 'invalid');
  });

  it('allows "empty" at the seam of two values', () => {
    const enqueues = [put(0, 'a', 0, 1), put(1, 'b', 4, 5)];
    const dequeues = [take(2, 'a', 5, 6), take(3, 'b', 20, 21), take(4, null, 3, 7)];
    assert.equal(checkFifoQueue({ queue: 'q', enqueues, dequeues }).verdict, 'valid');
  });

  it('does not know where answers "empty" stand beside dequeues of unknown outcome', () => {
    const dequeues = [take(1, undefined, 2, Infinity), take(2, null, 3, 4)];
    assert.equal(checkFifoQueue({ queue: 'q', enqueues: [put(0, 'a', 0, 1)], dequeues }).verdict, 'unknown');
  });

  it('refuses to judge a history that enqueues one value twice', () => {
    const enqueues = [put(0, 'a', 0, 1), put(1, 'a', 2, 3)];
    assert.throws(() => checkFifoQueue({ queue: 'q', enqueues, dequeues: [] }), HistoryError);
  });
});
