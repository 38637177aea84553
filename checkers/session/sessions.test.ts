import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pairOperations } from '../history/paired-operations.ts';
import { pull, type SpelledOperation, send, spell } from '../history/spelled-history.ts';
import { Sessions } from './sessions.ts';

function judge(...operations: readonly SpelledOperation[]) {
  const sessions = new Sessions();
  for (const pair of pairOperations(spell(...operations))) sessions.add(pair);
  return sessions.result();
}

const refused: Readonly<Record<string, readonly SpelledOperation[]>> = {
  'read-your-writes': [send(0, 'a', [0, 1], 0), pull(0, 0, [2, 3], [])],
  'monotonic-reads': [pull(0, 0, [0, 1], ['a']), pull(0, 0, [2, 3], [])],
  'monotonic-writes': [send(0, 'a', [0, 1], 1), send(0, 'b', [2, 3], 0)],
  'writes-follow-reads': [pull(0, 0, [0, 1], ['a']), send(0, 'b', [2, 3], 0)],
};

describe('the judge of sessions', () => {
  it('accepts a process that knows its own, whatever others did before', () => {
    const result = judge(
      send(1, 'other', [0, 1], 0),
      pull(0, 0, [2, 3], []),
      send(0, 'a', [4, 5], 1),
      pull(0, 1, [6, 7], ['a']),
      pull(0, 2, [8, 9], []),
      send(0, 'b', [10, 11], 'info'),
      send(2, 'c', [10, 11], 'open'),
    );
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { operations: 5, sessions: 2 });
  });

  for (const [name, operations] of Object.entries(refused)) {
    it(`refuses the smallest breach of ${name}, and names its operations`, () => {
      const result = judge(...operations);
      assert.deepEqual(result.anomalyCounts, { [name]: 1 });
      assert.deepEqual(result.anomalies[0]?.operations, [0, 2]);
    });
  }

  it('judges answers about the end of the queue', () => {
    const asked = { queue: 'q/0' };
    const end = {
      process: 0,
      f: 'max-offset',
      asked,
      call: 2,
      end: { at: 3, type: 'ok', answer: { offset: 0 } },
    } as const;
    assert.deepEqual(judge(send(0, 'a', [0, 1], 0), end).anomalyCounts, { 'read-your-writes': 1 });
  });

  it('knows nothing where nothing was answered', () => {
    assert.equal(judge(send(0, 'a', [0, 1], 'info')).verdict, 'unknown');
  });
});
