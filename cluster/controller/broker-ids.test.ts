import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResponseCode } from '../remoting/response-code.ts';
import { alive, group, ReplicasScript } from './testing/replicas-script.ts';

describe('broker ids', () => {
  it('start at 1 for a broker set nobody knows', () => {
    const script = new ReplicasScript();
    assert.equal(script.applyId(2).code, ResponseCode.CONTROLLER_BROKER_ID_INVALID);
    assert.equal(script.applyId(1).code, ResponseCode.SUCCESS);
    assert.equal(script.set.nextBrokerId, 2);
  });

  it('are given again to the same applicant and to no other', () => {
    const script = new ReplicasScript();
    script.applyId(1, 'n1:10911;x');
    assert.deepEqual(script.applyId(1, 'n1:10911;x').events, []);
    assert.equal(script.applyId(1, 'n1:10911;x').code, ResponseCode.SUCCESS);
    assert.equal(script.applyId(1, 'n2:10911;y').code, ResponseCode.CONTROLLER_BROKER_ID_INVALID);
    assert.equal(script.set.replicas.get(1)?.brokerAddress, 'n1:10911');
  });

  it('name a replica whatever its address (B45)', () => {
    const script = group();
    script.register(alive(2), {}, 'n9');
    assert.equal(script.set.replicas.get(2)?.brokerAddress, 'n9:10911');
    assert.equal(script.set.replicas.get(2)?.haAddress, 'n9:10912');
    assert.deepEqual(script.roles, [1, 1, [1, 2, 3], 3]);
  });

  it('must be applied for before the registration', () => {
    const script = new ReplicasScript();
    assert.equal(script.register(alive(1)).code, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED);
    script.applyId(1);
    assert.equal(script.register(alive(2)).code, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED);
  });
});
