import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkObjectives } from './objectives.ts';

const ms = 1e6;
const recovery = (fault: string, firstOk: number | undefined) => ({
  ...{
    fault,
    variant: 'master',
    targets: ['n1'],
    detected: 10 * ms,
    elected: undefined,
    writable: 30 * ms,
    gap: 0,
  },
  firstOk: firstOk === undefined ? undefined : firstOk * ms,
});
const failovers = [
  { masterEpoch: 2, time: 100 * ms, nodes: ['n2'] },
  { masterEpoch: 3, time: 200 * ms, nodes: ['n3'] },
];

describe('recovery time and recovery point', () => {
  it('are told by kind of fault, the median of an even number as a mean', () => {
    const recoveries = [recovery('kill-1', 40), recovery('kill-2', 60), recovery('pause-1', undefined)];
    const { verdict, evidence, facts } = checkObjectives({ recoveries, failovers, lost: [] });
    assert.equal(verdict, 'valid');
    assert.match(evidence, /recovery time 50 ms \(median\), 60 ms \(worst\) over 3 faults; recovery point 0/);
    const { byNemesis } = facts as { byNemesis: Record<string, Record<string, unknown>> };
    assert.deepEqual(byNemesis['kill']?.['firstOk'], { faults: 2, median: 50, worst: 60 });
    assert.deepEqual(byNemesis['pause']?.['firstOk'], { faults: 1, median: undefined, worst: undefined });
  });

  it('count what is gone to the first failover after its acknowledgement', () => {
    const lost = [
      { message: 'b', index: 4, ret: 90 * ms },
      { message: 'a', index: 2, ret: 80 * ms },
      { message: 'c', index: 6, ret: 150 * ms },
      { message: 'd', index: 8, ret: 300 * ms },
    ];
    const { anomalies, facts } = checkObjectives({ recoveries: [], failovers, lost });
    assert.deepEqual((facts as { recoveryPoints: unknown }).recoveryPoints, [
      { masterEpoch: 2, lost: 2, ms: 20 },
      { masterEpoch: 3, lost: 1, ms: 50 },
      { masterEpoch: undefined, lost: 1, ms: 0 },
    ]);
    assert.equal(
      anomalies[0]?.detail,
      'the failover to epoch 2 (n2) at 0.100 s took 2 acknowledged messages, the oldest ("a") acknowledged 20 ms before',
    );
    assert.deepEqual(anomalies[0]?.operations, [2, 4]);
  });
});
