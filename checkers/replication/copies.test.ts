import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkCopies } from './copies.ts';

const confirm = (set: readonly number[], holders: readonly number[], wanted = 2, allMembers = true) => ({
  ...{ time: 1e9, node: 'n1', event: 'confirm', offset: 700 },
  ...{ set, holders, wanted, allMembers },
});

describe('the checker of copies', () => {
  it('accepts what every member of the SyncStateSet has, however many they are', () => {
    const result = checkCopies([confirm([1, 2, 3], [1, 2, 3]), confirm([1, 3], [1, 3])]);
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { told: 2, fewest: 2 });
  });

  it('refuses what a member lacks, and says which', () => {
    const result = checkCopies([confirm([1, 2, 3], [1, 2])]);
    assert.deepEqual(result.anomalyCounts, { 'under-replicated': 1 });
    assert.equal(
      result.anomalies[0]?.detail,
      'n1 confirmed up to 700 before broker 3 of its SyncStateSet {1,2,3} had it; it was on brokers 1, 2',
    );
  });

  it('refuses fewer copies than the settings want, though every member has it', () => {
    assert.match(checkCopies([confirm([1], [1])]).evidence, /with 1 copies, wanted 2 or more/);
    assert.equal(checkCopies([confirm([1], [1], 1)]).verdict, 'valid');
  });

  it('counts copies alone where not all members are asked', () => {
    assert.equal(checkCopies([confirm([1, 2, 3], [1], 1, false)]).verdict, 'valid');
  });

  it('does not know where nobody told', () => {
    assert.equal(checkCopies([{ time: 0, node: 'n1', event: 'confirm', offset: 1 }]).verdict, 'unknown');
  });
});
