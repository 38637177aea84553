import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ReplicaObservation } from '../history/replica-observation.ts';
import { checkLogAgreement, comparableEnd } from './log-agreement.ts';

/** Records of 10 bytes, one for each letter: equal letters are equal bytes. */
function replica(
  node: string,
  letters: string,
  epochs: readonly (readonly [number, number])[],
  confirmOffset = 0,
): ReplicaObservation {
  return {
    brokerName: 'broker-a',
    node,
    epochs: epochs.map(([epoch, startOffset]) => ({ epoch, startOffset })),
    minOffset: 0,
    maxOffset: letters.length * 10,
    confirmOffset,
    records: [...letters].map((digest, at) => ({ from: at * 10, to: at * 10 + 10, digest })),
  };
}

const names = ['n1', 'n2'];

describe('the checker of log agreement', () => {
  it('accepts equal logs, and a shorter one that is the beginning of the longer', () => {
    const result = checkLogAgreement([replica('n1', 'abc', [[1, 0]]), replica('n2', 'ab', [[1, 0]])], names);
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { pairs: 1, compared: 20, longest: 30 });
  });

  it('accepts different tails of different epochs', () => {
    const one = replica('n1', 'abX', [
      [1, 0],
      [2, 20],
    ]);
    const other = replica('n2', 'abY', [
      [1, 0],
      [3, 20],
    ]);
    assert.equal(comparableEnd(one, other), 20);
    assert.equal(checkLogAgreement([one, other], names).verdict, 'valid');
  });

  it('refuses different bytes within the last common epoch', () => {
    const result = checkLogAgreement([replica('n1', 'abc', [[1, 0]]), replica('n2', 'aXc', [[1, 0]])], names);
    assert.deepEqual(result.anomalyCounts, { 'prefix-divergence': 1 });
    assert.match(
      result.anomalies[0]?.detail ?? '',
      /n1 and n2 differ from 10 on, though they must agree up to 30/,
    );
  });

  it('refuses different bytes that both confirmed, whatever the epochs say', () => {
    const one = replica(
      'n1',
      'abX',
      [
        [1, 0],
        [2, 20],
      ],
      30,
    );
    const other = replica(
      'n2',
      'abY',
      [
        [1, 0],
        [3, 20],
      ],
      30,
    );
    assert.equal(checkLogAgreement([one, other], names).verdict, 'invalid');
  });

  it('refuses a replica that has confirmed more than it holds', () => {
    const one = replica('n1', 'abc', [[1, 0]], 30);
    const other = replica('n2', 'ab', [[1, 0]], 30);
    assert.equal(checkLogAgreement([one, other], names).verdict, 'invalid');
  });

  it('compares an epoch that started elsewhere as no common one', () => {
    const one = replica('n1', 'abc', [
      [1, 0],
      [2, 10],
    ]);
    const other = replica('n2', 'aYc', [
      [1, 0],
      [2, 20],
    ]);
    assert.equal(comparableEnd(one, other), 10);
  });

  it('keeps replica groups apart', () => {
    const other = { ...replica('n2', 'xyz', [[1, 0]]), brokerName: 'broker-b' };
    assert.equal(checkLogAgreement([replica('n1', 'abc', [[1, 0]]), other], names).verdict, 'valid');
  });

  it('does not know a log that could not be read', () => {
    const result = checkLogAgreement([replica('n1', 'abc', [[1, 0]])], names);
    assert.equal(result.verdict, 'unknown');
    assert.equal(result.evidence, 'the log of n2 could not be read');
  });

  it('does not call equal what could not be compared: an empty log, no common epoch', () => {
    const result = checkLogAgreement([replica('n1', 'abc', [[1, 0]]), replica('n2', '', [])], names);
    assert.equal(result.verdict, 'unknown');
    assert.match(result.evidence, /n1 and n2 share no epoch/);
  });
});
