import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../anomaly.ts';
import { checkCommittedOffsets, type OffsetOperation } from './committed-offsets.ts';

const commit = (index: number, offset: number, call: number, ret = call + 1): OffsetOperation => ({
  index,
  offset,
  call,
  ret,
  kind: 'commit',
});
const fetch = (index: number, offset: number, call: number, ret = call + 1): OffsetOperation => ({
  ...commit(index, offset, call, ret),
  kind: 'fetch',
});
const judge = (...operations: readonly OffsetOperation[]) =>
  checkCommittedOffsets([{ group: 'g', queue: 'q/0', initial: 0, operations }]);

const refused: Partial<Record<AnomalyName, readonly [readonly OffsetOperation[], readonly number[]]>> = {
  'lost-commit': [
    [commit(0, 5, 0), fetch(1, 0, 2)],
    [0, 1],
  ],
  'phantom-offset': [[fetch(0, 5, 0)], [0]],
  'committed-offset-regress': [
    [commit(0, 5, 0, Infinity), fetch(1, 5, 2), fetch(2, 0, 4)],
    [1, 2],
  ],
};

describe('the judge of committed offsets', () => {
  it('accepts a register that rises, also by smaller commits that change nothing', () => {
    const operations = [
      fetch(0, 0, 0),
      commit(1, 5, 2),
      commit(2, 3, 4),
      fetch(3, 5, 6),
      commit(4, 9, 8, Infinity),
      fetch(5, 5, 10),
      fetch(6, 9, 12),
    ];
    assert.equal(judge(...operations).verdict, 'valid');
  });

  for (const [name, [operations, shown]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = judge(...operations);
      assert.deepEqual(result.anomalyCounts, { [name]: 1 });
      assert.deepEqual(result.anomalies[0]?.operations, shown);
      assert.match(result.anomalies[0]?.detail ?? '', /^q\/0, group g: /);
    });
  }

  it('refuses a fetch before its commit began, and one below where the register began', () => {
    assert.deepEqual(judge(fetch(0, 5, 0), commit(1, 5, 2)).anomalyCounts, { 'phantom-offset': 1 });
    const below = checkCommittedOffsets([
      { group: 'g', queue: 'q/0', initial: 7, operations: [fetch(0, 5, 0)] },
    ]);
    assert.deepEqual(below.anomalyCounts, { 'committed-offset-regress': 1 });
  });

  it('follows a chain: what a fetch proves bounds a commit it never saw', () => {
    // The fetch of 3 needs the commit that began at 10, so 5 cannot have been committed by 9.
    const operations = [commit(0, 5, 0, 9), commit(1, 3, 10, 20), fetch(2, 3, 8, 21)];
    assert.deepEqual(judge(...operations).anomalyCounts, { 'lost-commit': 1 });
  });

  it('takes refused commits as none, and knows nothing where nothing was fetched', () => {
    assert.equal(judge({ ...commit(0, 5, 0), failed: true }, fetch(1, 0, 2)).verdict, 'valid');
    assert.equal(judge(commit(0, 5, 0)).verdict, 'unknown');
  });
});
