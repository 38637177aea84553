import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResponseCode } from '../remoting/response-code.ts';
import { alive, group, ReplicasScript } from './testing/replicas-script.ts';

describe('a change of the SyncStateSet', () => {
  it('is refused by the first rule it breaks', () => {
    const refused = (expected: number, set: readonly number[], change = {}): void => {
      const script = group();
      const before = script.set;
      assert.equal(script.alter(set, change).code, expected);
      assert.equal(script.set, before);
    };
    refused(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, [1, 2], { brokerName: 'other' });
    refused(ResponseCode.CONTROLLER_INVALID_MASTER, [1, 2], { masterBrokerId: 2 });
    refused(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, [1, 2], { masterEpoch: 0 });
    refused(ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH, [1, 2], { masterEpoch: 2 });
    refused(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, [3, 2, 1]);
    refused(ResponseCode.CONTROLLER_FENCED_SYNC_STATE_SET_EPOCH, [1, 2], { syncStateSetEpoch: 2 });
    refused(ResponseCode.CONTROLLER_INVALID_REPLICAS, [1, 2, 4]);
    refused(ResponseCode.CONTROLLER_INVALID_REPLICAS, [1, 2], {
      incarnations: [
        [1, '1a'],
        [2, '2b'],
      ],
    });
    refused(ResponseCode.CONTROLLER_INVALID_REPLICAS, [1, 2], { incarnations: [[1, '1a']] });
    refused(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, [2, 3]);
    refused(ResponseCode.CONTROLLER_ALTER_SYNC_STATE_SET_FAILED, []);
  });

  it('is refused before there is a master (B13)', () => {
    const script = new ReplicasScript();
    script.applyId(1);
    assert.equal(script.alter([1]).code, ResponseCode.CONTROLLER_INVALID_MASTER);
  });

  it('takes in only who is alive in the life the master speaks of', () => {
    const script = group();
    script.alter([1, 2]);
    for (const lives of [[], [alive(3, { incarnation: '3 before' })]]) {
      script.hears(...lives);
      assert.equal(script.alter([1, 2, 3]).code, ResponseCode.CONTROLLER_BROKER_NOT_ALIVE);
    }
    script.hears(alive(3));
    assert.equal(script.alter([1, 2, 3]).code, ResponseCode.SUCCESS);
  });

  it('shrinks though another member is not heard either (B11)', () => {
    const script = group().hears(alive(1));
    assert.equal(script.alter([1, 2]).code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [1, 1, [1, 2], 4]);
  });

  it('answers a repeat of the adopted proposal with success, and changes nothing', () => {
    const script = group();
    const proposal = { syncStateSetEpoch: script.set.syncStateSetEpoch };
    assert.equal(script.alter([1, 2], proposal).code, ResponseCode.SUCCESS);
    const repeat = script.alter([2, 1], proposal);
    assert.equal(repeat.code, ResponseCode.SUCCESS);
    assert.deepEqual(repeat.events, []);
    assert.deepEqual(script.roles, [1, 1, [1, 2], 4]);
  });
});
