import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { anomalyNames } from '../anomaly.ts';
import { HistoryError } from '../history/paired-operations.ts';
import { checkLinearizableLog } from './linearizable-log.ts';
import { type Append, batchOf, type LogHistory, type Read } from './log-history.ts';

const interval = (call: number, ret: number, index: number) => ({ call, ret, index });
const acked = (message: string, offset: number, call: number, ret: number, index: number): Append => ({
  ...interval(call, ret, index),
  message,
  offset,
  failed: false,
});
const pulled = (
  from: number,
  pairs: readonly (readonly [number, string])[],
  call: number,
  index: number,
): Read => ({
  ...interval(call, call + 1, index),
  kind: 'pull',
  batch: batchOf(from, pairs),
});
const ended = (offset: number, call: number, index: number): Read => ({
  ...interval(call, call + 1, index),
  kind: 'max-offset',
  offset,
});
const [a, b] = [acked('a', 0, 0, 1, 0), acked('b', 1, 2, 3, 1)];

/** By anomaly: the fewest operations that show it, and which of them it names. */
const smallest: Readonly<Record<string, readonly [Partial<LogHistory>, readonly number[]]>> = {
  'phantom-message': [{ reads: [pulled(0, [[0, 'x']], 5, 2)] }, [2]],
  'aborted-read': [
    {
      appends: [{ ...a, offset: undefined, failed: true }],
      reads: [pulled(0, [[0, 'a']], 5, 2)],
    },
    [0, 2],
  ],
  'duplicate-message': [
    {
      appends: [a],
      reads: [
        pulled(
          0,
          [
            [0, 'a'],
            [1, 'a'],
          ],
          5,
          2,
        ),
      ],
    },
    [0, 2],
  ],
  'offset-divergence': [{ appends: [a, acked('b', 0, 2, 3, 1)] }, [0, 1]],
  'pull-skip': [{ appends: [a, b], reads: [pulled(0, [[1, 'b']], 5, 2)] }, [2]],
  'pull-reorder': [
    {
      appends: [a, b],
      reads: [
        pulled(
          0,
          [
            [0, 'a'],
            [1, 'b'],
            [0, 'a'],
          ],
          5,
          2,
        ),
      ],
    },
    [2],
  ],
  'offset-inversion': [{ appends: [acked('a', 1, 0, 1, 0), acked('b', 0, 2, 3, 1)] }, [0, 1]],
  'future-read': [{ appends: [acked('a', 0, 10, 11, 1)], reads: [ended(1, 5, 0)] }, [0, 1]],
  'lost-ack-write': [{ appends: [a], reads: [pulled(0, [], 5, 2)] }, [0, 2]],
  'stale-read': [{ appends: [a], reads: [pulled(0, [], 5, 2), pulled(0, [[0, 'a']], 8, 3)] }, [0, 2]],
  'non-monotonic-read': [
    {
      appends: [{ ...a, offset: undefined, ret: Number.POSITIVE_INFINITY }],
      reads: [pulled(0, [[0, 'a']], 5, 2), pulled(0, [], 8, 3)],
    },
    [2, 3],
  ],
  gap: [{ appends: [acked('b', 1, 2, 3, 1)] }, [1]],
};

describe('the smallest histories of the linearizable-log checker', () => {
  it('knows the anomalies of one queue, each by a history here', () => {
    const known = anomalyNames.slice(0, anomalyNames.indexOf('dual-master'));
    assert.deepEqual(Object.keys(smallest).sort(), [...known].sort());
  });

  for (const [name, [history, operations]] of Object.entries(smallest)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = checkLinearizableLog([{ queue: 't/0', appends: [], reads: [], ...history }]);
      assert.deepEqual(Object.keys(result.anomalyCounts), [name]);
      assert.deepEqual(result.anomalies[0]?.operations, operations);
      assert.match(result.anomalies[0]?.detail ?? '', /^t\/0: /);
    });
  }

  it('accepts all that the smallest anomalies have in common', () => {
    const reads = [
      pulled(
        0,
        [
          [0, 'a'],
          [1, 'b'],
        ],
        5,
        2,
      ),
      ended(2, 6, 3),
      pulled(2, [], 7, 4),
    ];
    assert.equal(checkLinearizableLog([{ queue: 't/0', appends: [a, b], reads }]).verdict, 'valid');
  });

  it('counts a lost message once, however many reads miss it, and every stale read', () => {
    const misses = Array.from({ length: 100 }, (_, at) => pulled(0, [], 5 + at, 2 + at));
    const lost = checkLinearizableLog([{ queue: 't/0', appends: [a], reads: misses }]);
    assert.deepEqual(lost.anomalyCounts, { 'lost-ack-write': 1 });
    const seen = [...misses, pulled(0, [[0, 'a']], 900, 900)];
    const stale = checkLinearizableLog([{ queue: 't/0', appends: [a], reads: seen }]);
    assert.deepEqual(stale.anomalyCounts, { 'stale-read': 100 });
  });

  it('counts a wrong message once, however many pulls return it', () => {
    const reads = [pulled(0, [[0, 'x']], 5, 2), pulled(0, [[0, 'x']], 8, 3)];
    const result = checkLinearizableLog([{ queue: 't/0', appends: [], reads }]);
    assert.deepEqual(result.anomalyCounts, { 'phantom-message': 1 });
  });

  it('holds the earliest of several reads against the future, whichever stands last', () => {
    const reads = [ended(1, 5, 0), ended(1, 20, 2)];
    const result = checkLinearizableLog([{ queue: 't/0', appends: [acked('a', 0, 10, 11, 1)], reads }]);
    assert.deepEqual(result.anomalies[0]?.operations, [0, 1]);
    assert.deepEqual(result.anomalyCounts, { 'future-read': 1 });
  });

  it('tells a stretch of offsets that nobody can have written as one gap', () => {
    const result = checkLinearizableLog([{ queue: 't/0', appends: [acked('x', 5, 0, 1, 0)], reads: [] }]);
    assert.deepEqual(result.anomalyCounts, { gap: 1 });
    assert.match(result.anomalies[0]?.detail ?? '', /nobody can have written offsets 0 to 4/);
  });

  it('takes an absurd offset as a gap, and neither memory nor time for it', () => {
    const appends = [a, acked('far', Number.MAX_SAFE_INTEGER, 2, 3, 1)];
    const reads = [
      ended(1e15, 5, 2),
      pulled(
        0,
        [
          [0, 'a'],
          [1e12, 'a'],
        ],
        8,
        3,
      ),
    ];
    const result = checkLinearizableLog([{ queue: 't/0', appends, reads }]);
    assert.ok((result.anomalyCounts.gap ?? 0) > 0);
  });

  it('refuses to judge a history that sends one message twice', () => {
    const appends = [a, { ...b, message: 'a' }];
    assert.throws(() => checkLinearizableLog([{ queue: 't/0', appends, reads: [] }]), HistoryError);
  });

  it('does not know anything of an empty history', () => {
    assert.equal(checkLinearizableLog([]).verdict, 'unknown');
  });
});
