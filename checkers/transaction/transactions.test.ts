import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../anomaly.ts';
import { given, sent } from '../history/spelled-messages.ts';
import {
  checkTransactions,
  type Decision,
  type Transaction,
  type TransactionHistory,
} from './transactions.ts';

const half = (
  message: string,
  decisions: readonly Decision[],
  checkBacks: readonly number[] = [],
): Transaction => ({
  ...sent(0, message, 0, 0),
  decisions,
  checkBacks,
});
const commit: Decision = { how: 'commit', call: 10, ret: 11, index: 1 };
const rollback: Decision = { ...commit, how: 'rollback' };
const sound: TransactionHistory = {
  transactions: [half('a', [commit])],
  deliveries: [given(2, 'a', 12, 13)],
  drained: true,
  endNs: 100,
  checkBackWithinNs: 30,
  checkBacksMax: 2,
};

const refused: Partial<Record<AnomalyName, readonly [Partial<TransactionHistory>, readonly number[]]>> = {
  'visible-before-commit': [{ deliveries: [given(2, 'a', 8, 9)] }, [0, 1, 2]],
  'visible-after-rollback': [{ transactions: [half('a', [rollback])] }, [0, 1, 2]],
  'lost-message': [{ deliveries: [] }, [0, 1]],
  'check-back-missing': [{ transactions: [half('a', [])], deliveries: [] }, [0]],
  'too-many-check-backs': [{ transactions: [half('a', [commit], [20, 40, 60])] }, [0]],
};

describe('the judge of transactions', () => {
  it('accepts what is delivered after its commit', () => {
    const result = checkTransactions(sound);
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { committed: 1, rolledBack: 0, undecided: 0 });
  });

  for (const [name, [change, operations]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = checkTransactions({ ...sound, ...change });
      assert.deepEqual(Object.keys(result.anomalyCounts), [name]);
      assert.deepEqual(result.anomalies[0]?.operations, operations);
    });
  }

  it('refuses what nobody ever decided for', () => {
    const result = checkTransactions({ ...sound, transactions: [half('a', [], [20])] });
    assert.match(result.anomalies[0]?.detail ?? '', /but its producer never decided for it/);
    assert.deepEqual(result.anomalyCounts, { 'visible-before-commit': 1 });
  });

  it('refuses what was rolled back for certain before it was committed', () => {
    const transactions = [half('a', [{ ...rollback, call: 5, ret: 6, index: 3 }, commit])];
    assert.deepEqual(checkTransactions({ ...sound, transactions }).anomalyCounts, {
      'visible-after-rollback': 1,
    });
  });

  it('lets the first of two decisions count, and either where nobody knows which was first', () => {
    const transactions = [half('a', [commit, { ...rollback, call: 11, ret: 12, index: 3 }])];
    assert.equal(checkTransactions({ ...sound, transactions }).verdict, 'valid');
    assert.equal(checkTransactions({ ...sound, transactions, deliveries: [] }).verdict, 'valid');
  });

  it('counts what was rolled back, and what nobody decided', () => {
    const transactions = [half('a', [rollback]), { ...half('b', [], [20]), index: 5 }];
    const { facts } = checkTransactions({ ...sound, transactions, deliveries: [] });
    assert.deepEqual(facts, { committed: 0, rolledBack: 1, undecided: 1 });
  });

  it('asks for no delivery of what may never have been committed, and of nothing before the drain', () => {
    const perhaps = [half('a', [{ ...commit, ret: Infinity }], [20])];
    assert.equal(checkTransactions({ ...sound, transactions: perhaps, deliveries: [] }).verdict, 'valid');
    assert.equal(checkTransactions({ ...sound, deliveries: [], drained: false }).verdict, 'valid');
  });

  it('counts a check-back in time, and none of what was decided in time', () => {
    const asked = (at: number) => ({
      ...sound,
      transactions: [half('a', [{ ...rollback, call: 50, ret: 51 }], [at])],
      deliveries: [],
    });
    assert.equal(checkTransactions(asked(31)).verdict, 'valid');
    assert.deepEqual(checkTransactions(asked(32)).anomalyCounts, { 'check-back-missing': 1 });
  });

  it('knows nothing where there were no transactions', () => {
    assert.equal(checkTransactions({ ...sound, transactions: [], deliveries: [] }).verdict, 'unknown');
  });
});
