import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ReplicaObservation, TraceEvent } from '../../checkers/history/replica-observation.ts';
import { replicaLogs } from './replica-logs.ts';

const ms = 1e6;
const trace: TraceEvent[] = [
  { time: 1 * ms, node: 'n1', event: 'store-recovered', maxOffset: 0 },
  { time: 2 * ms, node: 'n1', event: 'epoch-started', masterEpoch: 1, startOffset: 0 },
  { time: 3 * ms, node: 'n1', event: 'confirm', offset: 100, set: [1, 2], holders: [1, 2] },
  { time: 4 * ms, node: 'n2', event: 'epoch-started', masterEpoch: 2, startOffset: 100 },
  { time: 5 * ms, node: 'n1', event: 'truncated', from: 180, to: 100 },
  { time: 6 * ms, node: 'n2', event: 'confirm', offset: 90, set: [2, 3], holders: [2] },
];
const replicas: ReplicaObservation[] = [
  {
    brokerName: 'broker-a',
    node: 'n1',
    epochs: [{ epoch: 1, startOffset: 0 }],
    minOffset: 0,
    maxOffset: 240,
    confirmOffset: 200,
    records: [],
  },
];
const logs = replicaLogs({ trace, replicas, brokerIds: { '1': 'n1', '2': 'n2' }, endNs: 9 * ms });

describe('the logs of replicas over time', () => {
  it('end where starts, epochs, confirmations, cuts and the stopped files say', () => {
    assert.deepEqual(logs.replicas[0]?.ends, [
      { at: 1, end: 0, why: 'started' },
      { at: 3, end: 100, why: 'confirm' },
      { at: 5, end: 100, why: 'cut', from: 180 },
      { at: 9, end: 240, why: 'stopped' },
    ]);
    assert.deepEqual(logs.replicas[0]?.final, {
      epochs: [{ epoch: 1, startOffset: 0 }],
      maxOffset: 240,
      confirmOffset: 200,
    });
  });

  it('are not told again what is known already, nor what nobody looked at', () => {
    assert.deepEqual(logs.replicas[1]?.ends, [{ at: 3, end: 100, why: 'confirm' }]);
    assert.deepEqual(logs.replicas[1]?.epochs, [{ at: 4, epoch: 2, startOffset: 100 }]);
    assert.equal(logs.replicas[1]?.final, null);
  });

  it('are confirmed by the members that the master names', () => {
    assert.deepEqual(logs.confirms, [
      { at: 3, node: 'n1', offset: 100, set: ['n1', 'n2'], holders: ['n1', 'n2'] },
      { at: 6, node: 'n2', offset: 90, set: ['n2', 'broker 3'], holders: ['n2'] },
    ]);
  });
});
