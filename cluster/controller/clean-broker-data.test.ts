import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Liveness } from './controller-command.ts';
import {
  alive,
  brokerName,
  clusterName,
  group,
  invokeTime,
  ReplicasScript,
} from './testing/replicas-script.ts';

describe('cleaning broker data', () => {
  function clean(
    script: ReplicasScript,
    brokerIdsToClean: readonly number[] | null,
    isCleanLivingBroker = false,
    liveness: Partial<Liveness> = {},
  ): number {
    return script.apply({
      kind: 'clean-broker-data',
      ...{ clusterName, brokerName, brokerIdsToClean, isCleanLivingBroker, invokeTime },
      liveness: script.liveness(liveness),
    }).code;
  }
  const refused = ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA;

  it('is refused for living brokers and for what is not there', () => {
    const script = group().hears(alive(3));
    assert.equal(clean(script, [3]), refused);
    assert.equal(clean(script, [1]), refused);
    assert.equal(clean(script, [7]), refused);
    assert.equal(clean(script, null), refused);
    assert.equal(clean(new ReplicasScript(), null, true), refused);
  });

  it('removes dead replicas, from the set as well, and gives their ids to nobody new', () => {
    const script = group().hears(alive(1), alive(3));
    assert.equal(clean(script, [2]), ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [1, 1, [1, 3], 4]);
    assert.equal(script.set.nextBrokerId, 4);
  });

  it('removes living ones on request, and only those that are named', () => {
    const script = group();
    assert.equal(clean(script, [2], true), ResponseCode.SUCCESS);
    assert.deepEqual([...script.set.replicas.keys()], [1, 3]);
  });

  it('leaves the group to its other members when the dead master goes', () => {
    const script = group().hears(alive(2), alive(3));
    assert.equal(clean(script, [1], false, { masterDownEpoch: 1 }), ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [undefined, 1, [2, 3], 4]);
    script.masterDies();
    assert.deepEqual(script.roles, [2, 2, [2], 5]);
  });

  it('does not remove the last member of the set while other replicas stay', () => {
    const script = group();
    script.alter([1]);
    script.hears();
    assert.equal(clean(script, [1], true), refused);
    assert.equal(clean(script, [1, 2, 3], true), ResponseCode.SUCCESS);
    assert.equal(script.info.brokerSet(brokerName), undefined);
  });

  it('lets epochs go on where they were when the broker set comes back: replicas remember them', () => {
    const script = group();
    assert.equal(clean(script, null, true), ResponseCode.SUCCESS);
    script.applyId(1);
    script.register(alive(1, { incarnation: '1b' }));
    script.elect(1);
    assert.deepEqual(script.roles, [1, 2, [1], 4]);
  });
});
