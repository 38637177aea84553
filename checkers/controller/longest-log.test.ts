import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkLongestLog } from './longest-log.ts';

const log = (brokerId: number, epoch: number, maxOffset: number) => ({ brokerId, epoch, maxOffset });
const elected = (masterBrokerId: number, ...candidates: readonly object[]) => ({
  ...{ time: 1, node: 'c1', event: 'elected', masterBrokerId, masterEpoch: 9, candidates },
});

describe('the checker of elections', () => {
  it('accepts the winner with the greatest (epoch, end), and any of equals', () => {
    const result = checkLongestLog([
      elected(1, log(1, 3, 100), log(2, 3, 90)),
      elected(2, log(1, 2, 900), log(2, 3, 100)),
      elected(3, log(2, 3, 100), log(3, 3, 100)),
    ]);
    assert.deepEqual([result.verdict, result.facts], ['valid', { elections: 3 }]);
  });

  it('refuses a shorter log, and one of an older epoch', () => {
    const shorter = checkLongestLog([elected(2, log(1, 3, 100), log(2, 3, 90))]);
    assert.deepEqual(shorter.anomalyCounts, { 'shorter-log-elected': 1 });
    assert.equal(
      shorter.anomalies[0]?.detail,
      'broker 2 was elected for epoch 9 with a log to 90 of epoch 3, while broker 1 had one to 100 of epoch 3',
    );
    assert.equal(checkLongestLog([elected(1, log(1, 2, 900), log(2, 3, 100))]).verdict, 'invalid');
  });

  it('takes no other line for an election', () => {
    const one = elected(2, log(1, 3, 100), log(2, 3, 90));
    const lines = [
      { ...one, event: 'sync-state-set' },
      { ...one, candidates: undefined },
      { ...one, candidates: [1] },
    ];
    assert.deepEqual(checkLongestLog(lines).facts, { elections: 0 });
  });

  it('says nothing of an election that was an operator’s or the first', () => {
    assert.deepEqual(checkLongestLog([elected(1)]).facts, { elections: 0 });
  });
});
