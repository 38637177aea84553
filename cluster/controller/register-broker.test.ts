import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResponseCode } from '../remoting/response-code.ts';
import { epochOwner } from './broker-set.ts';
import { alive, group, ReplicasScript } from './testing/replicas-script.ts';

describe('a broker that registers again', () => {
  it('changes nothing within one life', () => {
    const script = group();
    assert.deepEqual(script.register(alive(1)).events, []);
    assert.deepEqual(script.register(alive(2)).events, []);
  });

  it('keeps its place in the set in a new life: its log is durable', () => {
    const script = group();
    script.register(alive(2, { incarnation: '2b' }));
    assert.deepEqual(script.roles, [1, 1, [1, 2, 3], 3]);
  });

  it('ends the epoch when it was the master, and another member takes over at once', () => {
    const script = group();
    const result = script.register(alive(1, { incarnation: '1b', maxOffset: 0, epoch: 0 }));
    assert.equal(result.code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [2, 2, [2], 4]);
  });

  it('may win that election itself, with a new epoch', () => {
    const script = group().hears(alive(1));
    script.alter([1]);
    script.register(alive(1, { incarnation: '1b' }));
    assert.deepEqual(script.roles, [1, 2, [1], 5]);
    assert.equal(epochOwner(script.set)?.incarnation, '1b');
  });

  it('owns no epoch while nobody can be elected', () => {
    const script = group();
    script.alter([1]);
    script.hears();
    script.register(alive(1, { incarnation: '1b', isSuspect: true }));
    assert.deepEqual(script.roles, [1, 1, [1], 4]);
    assert.equal(epochOwner(script.set), undefined);
    // The first life's last words, and the second's, are refused alike (B13).
    for (const incarnation of ['1a', '1b']) {
      const result = script.alter([1, 2], {
        incarnations: [
          [1, incarnation],
          [2, '2a'],
        ],
      });
      assert.equal(result.code, ResponseCode.CONTROLLER_INVALID_MASTER);
    }
  });

  it('is refused when its life is over already: late bytes end no epoch', () => {
    const script = group();
    script.register(alive(2, { incarnation: '2b' }));
    const late = script.register(alive(2, { incarnation: '2a' }));
    assert.equal(late.code, ResponseCode.CONTROLLER_INVALID_REQUEST);
    assert.equal(script.set.replicas.get(2)?.incarnation, '2b');
  });

  it('makes the successor of a master that was found dead, when it is the member that was missing', () => {
    const script = group();
    script.alter([1, 2]);
    script.hears();
    script.masterDies();
    script.register(alive(2, { incarnation: '2b' }), { masterDownEpoch: 1 });
    assert.deepEqual(script.roles, [2, 2, [2], 5]);
  });

  it('starts no election by the death of a master before the present one', () => {
    const script = group().hears(alive(2), alive(3));
    script.masterDies();
    script.register(alive(3, { incarnation: '3b' }), { masterDownEpoch: 1 });
    assert.deepEqual(script.roles, [2, 2, [2], 4]);
  });

  it('needs no life to tell: RocketMQ’s own brokers resume their epoch', () => {
    const script = new ReplicasScript();
    script.applyId(1);
    script.register(alive(1, { incarnation: '' }));
    script.elect(1);
    assert.deepEqual(script.register(alive(1, { incarnation: '' })).events, []);
    assert.deepEqual(script.roles, [1, 1, [1], 1]);
  });
});

describe('a replica whose log is suspect', () => {
  function withSuspect(): ReplicasScript {
    const script = group();
    script.register(alive(2, { incarnation: '2b', isSuspect: true }));
    return script;
  }

  it('leaves the set', () => {
    assert.deepEqual(withSuspect().roles, [1, 1, [1, 3], 4]);
  });

  it('is not electable, in its next life either', () => {
    const script = withSuspect();
    script.register(alive(2, { incarnation: '2c' }));
    script.hears(alive(2, { incarnation: '2c' }));
    assert.equal(
      script.masterDies({ isUncleanElectionEnabled: false }).code,
      ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE,
    );
    assert.equal(script.set.replicas.get(2)?.isSuspect, true);
  });

  it('is trusted again once its master names it in its present life', () => {
    const script = withSuspect().hears(alive(2, { incarnation: '2b' }));
    assert.equal(script.alter([1, 2, 3]).code, ResponseCode.SUCCESS);
    assert.equal(script.set.replicas.get(2)?.isSuspect, false);
    script.masterDies();
    assert.equal(script.set.masterBrokerId, 2);
  });

  it('is not trusted by its master’s word about an earlier life', () => {
    const script = withSuspect().hears(alive(2, { incarnation: '2b' }));
    const stale = script.alter([1, 2, 3], {
      incarnations: [
        [1, '1a'],
        [2, '2a'],
        [3, '3a'],
      ],
    });
    assert.equal(stale.code, ResponseCode.CONTROLLER_INVALID_REPLICAS);
    assert.equal(script.set.replicas.get(2)?.isSuspect, true);
  });

  it('is passed over as soon as its heartbeat says so, before any registration', () => {
    const script = group().hears(alive(2, { isSuspect: true, maxOffset: 500 }), alive(3));
    script.masterDies();
    assert.equal(script.set.masterBrokerId, 3);
  });

  it('may be elected uncleanly, after those that are not', () => {
    const script = withSuspect();
    script.alter([1]);
    const unclean = { isUncleanElectionEnabled: true };
    script.hears(alive(2, { incarnation: '2b', maxOffset: 500 }), alive(3));
    script.masterDies(unclean);
    assert.equal(script.set.masterBrokerId, 3);
    script.hears(alive(2, { incarnation: '2b' }));
    script.masterDies(unclean);
    assert.equal(script.set.masterBrokerId, 2);
  });

  it('stays in the set when no trusted member is left beside it', () => {
    const script = group().hears();
    script.alter([1, 2]);
    script.register(alive(1, { incarnation: '1b', isSuspect: true }));
    script.register(alive(2, { incarnation: '2b', isSuspect: true }));
    assert.deepEqual(script.roles, [1, 1, [1, 2], 4]);
  });
});
