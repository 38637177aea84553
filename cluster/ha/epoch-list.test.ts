import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { endOffsetOf, indexAt, isEpochList, lastEpochOf, startEpoch, withinLog } from './epoch-list.ts';

const entry = (epoch: number, startOffset: number) => ({ epoch, startOffset });

describe('an epoch list', () => {
  it('B17, S1: a new epoch with the start of the last one takes its place', () => {
    assert.deepEqual(startEpoch([entry(1, 0), entry(2, 10)], entry(3, 10), new Set()), [
      entry(1, 0),
      entry(3, 10),
    ]);
  });

  it('drops every entry that starts beyond the new epoch', () => {
    assert.deepEqual(startEpoch([entry(1, 0), entry(2, 10), entry(3, 20)], entry(4, 10), new Set()), [
      entry(1, 0),
      entry(4, 10),
    ]);
  });

  it('never takes an epoch that is not newer', () => {
    assert.throws(() => startEpoch([entry(2, 10)], entry(2, 20), new Set()), /cannot begin after/);
  });

  it('S7: keeps no entry that starts beyond the end of the log, but one that starts at it', () => {
    assert.deepEqual(withinLog([entry(1, 0), entry(2, 10)], 8), [entry(1, 0)]);
    assert.deepEqual(withinLog([entry(1, 0), entry(2, 10)], 10), [entry(1, 0), entry(2, 10)]);
  });

  it('B24, S4: the entry that becomes the last one again has no end', () => {
    const cut = withinLog([entry(1, 0), entry(2, 10)], 8);
    assert.equal(indexAt(cut, 10), 0);
    assert.equal(endOffsetOf(cut, 0, 30), 30);
  });

  it('finds the owner of an offset by binary search', () => {
    const list = [entry(1, 5), entry(2, 10), entry(7, 30)];
    assert.deepEqual(
      [4, 5, 9, 10, 29, 30, 1000].map((offset) => indexAt(list, offset)),
      [-1, 0, 0, 1, 1, 2, 2],
    );
    assert.equal(lastEpochOf(list), 7);
    assert.equal(lastEpochOf([]), -1);
  });

  it('is one only when both columns grow', () => {
    assert.equal(isEpochList([entry(1, 0), entry(2, 0)]), false);
    assert.equal(isEpochList([entry(2, 0), entry(2, 1)]), false);
    assert.equal(isEpochList([]), true);
  });
});
