import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pairOperations } from '../history/paired-operations.ts';
import { pull, replicaPull, send, spell } from '../history/spelled-history.ts';
import { batchOf, logHistories } from './log-history.ts';

describe('the histories of queues', () => {
  it('hold a send as acknowledged, refused or unknown', () => {
    const [history] = logHistories(
      pairOperations(
        spell(
          send(1, 'ok', [0, 1], 7),
          send(2, 'fail', [0, 2], 'fail'),
          send(3, 'info', [0, 3], 'info'),
          send(4, 'open', [0, 4], 'open'),
        ),
      ),
    );
    const appends = (history?.appends ?? []).map(({ message, offset, ret, failed }) => [
      message,
      offset,
      ret,
      failed,
    ]);
    assert.deepEqual(appends, [
      ['ok', 7, 1, false],
      ['fail', undefined, 2, true],
      ['info', undefined, Number.POSITIVE_INFINITY, false],
      ['open', undefined, Number.POSITIVE_INFINITY, false],
    ]);
  });

  it('hold reads that were answered, but not those of single replicas', () => {
    const failed = { process: 3, f: 'pull', asked: { queue: 'q/0', from: 0 }, call: 2 } as const;
    const asked = { queue: 'q/0' };
    const [history] = logHistories(
      pairOperations(
        spell(
          pull(1, 4, [0, 1], ['a', 'b']),
          replicaPull('n2', 2, 0, [0, 1], ['x']),
          { ...failed, end: { at: 3, type: 'fail' } },
          { process: 4, f: 'max-offset', asked, call: 4, end: { at: 5, type: 'ok', answer: { offset: 9 } } },
        ),
      ),
    );
    assert.deepEqual(
      history?.reads.map(({ call, ret, index, ...read }) => read),
      [
        { kind: 'pull', batch: { from: 4, messages: ['a', 'b'], offsets: undefined } },
        { kind: 'max-offset', offset: 9 },
      ],
    );
  });

  it('come one for each queue', () => {
    const other = { process: 2, f: 'send', asked: { queue: 'q/1', message: 'b' }, call: 0 } as const;
    const histories = logHistories(pairOperations(spell(other, send(1, 'a', [0, 1], 0))));
    assert.deepEqual(
      histories.map(({ queue }) => queue),
      ['q/0', 'q/1'],
    );
  });
});

describe('a batch', () => {
  it('needs no offsets where they follow each other', () => {
    assert.deepEqual(
      batchOf(3, [
        [3, 'a'],
        [4, 'b'],
      ]).offsets,
      undefined,
    );
    assert.deepEqual(batchOf(3, []), { from: 3, messages: [], offsets: undefined });
  });

  it('keeps them where they do not', () => {
    assert.deepEqual(
      batchOf(3, [
        [3, 'a'],
        [5, 'b'],
      ]).offsets,
      [3, 5],
    );
    assert.deepEqual(batchOf(3, [[4, 'a']]).offsets, [4]);
  });
});
