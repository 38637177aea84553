import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pairOperations } from '../history/paired-operations.ts';
import { pull, replicaPull, type SpelledOperation, spell } from '../history/spelled-history.ts';
import { checkReplicaReads, ReplicaReads } from './replica-reads.ts';

function judge(...operations: readonly SpelledOperation[]) {
  const reads = new ReplicaReads();
  for (const pair of pairOperations(spell(...operations))) reads.add(pair);
  return checkReplicaReads(reads, ['n1', 'n2', 'n3']);
}

const n1 = replicaPull('n1', 1, 0, [0, 1], ['a', 'b', 'c']);
const n2 = replicaPull('n2', 2, 0, [0, 1], ['a', 'b', 'c']);
const n3 = replicaPull('n3', 3, 0, [0, 1], ['a', 'b', 'c']);

describe('the checker of replica reads', () => {
  it('accepts replicas that give the same', () => {
    const result = judge(n1, n2, n3);
    assert.equal(result.verdict, 'valid');
    assert.equal(result.evidence, 'each of 3 replicas gives the same 3 messages');
  });

  it('refuses another message at the same offset, and shows both reads', () => {
    const result = judge(n1, n2, replicaPull('n3', 3, 0, [0, 1], ['a', 'X', 'c']));
    assert.deepEqual(result.anomalyCounts, { 'prefix-divergence': 1 });
    assert.equal(result.anomalies[0]?.detail, 'q/0: offset 1 is "b" on n1 and "X" on n3');
    assert.deepEqual(result.anomalies[0]?.operations, [0, 2]);
  });

  it('refuses a replica with a hole', () => {
    const result = judge(
      n1,
      n2,
      replicaPull('n3', 3, 0, [0, 1], ['a']),
      replicaPull('n3', 3, 2, [2, 3], ['c']),
    );
    assert.deepEqual(result.anomalyCounts, { 'prefix-divergence': 1 });
    assert.match(
      result.anomalies[0]?.detail ?? '',
      /n3 gives nothing at offset 1, though its queue goes on to 2/,
    );
  });

  it('refuses a replica that changes its mind', () => {
    const result = judge(n1, n2, n3, replicaPull('n3', 3, 2, [2, 3], ['Z']));
    assert.equal(result.anomalyCounts['offset-divergence'], 1);
  });

  it('looks at reads of single replicas alone, and at their answers', () => {
    const unanswered = { ...replicaPull('n3', 3, 0, [2, 3], ['X']), end: { at: 3, type: 'info' } } as const;
    assert.equal(judge(n1, n2, n3, pull(4, 0, [2, 3], ['X']), unanswered).verdict, 'valid');
  });

  it('does not know a replica that was not read, nor one that was read less far', () => {
    const result = judge(n1, replicaPull('n2', 2, 0, [0, 1], ['a']));
    assert.equal(result.verdict, 'unknown');
    assert.equal(result.evidence, 'not read at the end: q/0 on n2 from offset 1 on, q/0 on n3');
  });

  it('still finds a difference in what was read', () => {
    assert.equal(judge(n1, replicaPull('n2', 2, 0, [0, 1], ['Y'])).verdict, 'invalid');
  });

  it('does not know anything where no replica was read', () => {
    assert.equal(judge().verdict, 'unknown');
  });
});
