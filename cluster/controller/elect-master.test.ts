import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ResponseCode } from '../remoting/response-code.ts';
import type { AliveReplica } from './controller-command.ts';
import { alive, group, ReplicasScript } from './testing/replicas-script.ts';

describe('the first election', () => {
  function newGroup(): ReplicasScript {
    const script = new ReplicasScript();
    for (const id of [1, 2]) {
      script.applyId(id);
      script.register(alive(id));
    }
    return script;
  }

  it('makes the broker that asks master of epoch 1, alone in its set', () => {
    const script = newGroup();
    const result = script.elect(2);
    assert.equal(result.code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [2, 1, [2], 1]);
  });

  it('does not come with a registration, where unclean elections are on neither', () => {
    const script = newGroup();
    script.register(alive(1, { incarnation: '1b' }), { isUncleanElectionEnabled: true });
    assert.deepEqual(script.roles, [undefined, 0, [], 0]);
  });

  it('prefers a replica that is alive with a longer log', () => {
    const script = newGroup().hears(alive(1, { maxOffset: 200 }), alive(2));
    script.elect(2);
    assert.equal(script.set.masterBrokerId, 1);
  });

  it('passes over a requester whose log is suspect', () => {
    const script = newGroup();
    script.register(alive(2, { isSuspect: true }));
    assert.equal(script.elect(2).code, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    script.hears(alive(1));
    assert.equal(script.elect(2).code, ResponseCode.SUCCESS);
    assert.equal(script.set.masterBrokerId, 1);
  });

  it('needs a registered requester, in its present life', () => {
    const script = newGroup();
    assert.equal(script.elect(9).code, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED);
    assert.equal(
      script.elect(1, { incarnation: 'old' }).code,
      ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED,
    );
    assert.equal(new ReplicasScript().elect(1).code, ResponseCode.CONTROLLER_BROKER_NEED_TO_BE_REGISTERED);
  });

  it('is not the controller’s to begin', () => {
    const script = newGroup().hears(alive(1));
    assert.equal(script.masterDies().code, ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE);
    assert.deepEqual(script.roles, [undefined, 0, [], 0]);
  });
});

describe('an election after the death of the master', () => {
  it('makes a member of the set master of the next epoch, alone in its set', () => {
    const script = group().hears(alive(2), alive(3));
    assert.equal(script.masterDies().code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [2, 2, [2], 4]);
  });

  it('changes nothing while the master stands', () => {
    const script = group();
    for (const result of [script.elect(-1), script.elect(2), script.elect(1, { designated: true })]) {
      assert.equal(result.code, ResponseCode.CONTROLLER_MASTER_STILL_EXIST);
      assert.deepEqual(result.events, []);
    }
  });

  it('does not happen twice for one death, however late the second entry comes (B32)', () => {
    const script = group().hears(alive(2), alive(3));
    const { masterEpoch } = script.set;
    script.elect(-1, { liveness: { masterDownEpoch: masterEpoch } });
    script.elect(-1, { liveness: { masterDownEpoch: masterEpoch } });
    assert.deepEqual(script.roles, [2, 2, [2], 4]);
  });

  it('is not begun by the controller for an epoch that is over already', () => {
    const script = group().hears(alive(2), alive(3));
    script.masterDies();
    script.hears(alive(3));
    script.register(alive(2, { incarnation: '2b', isSuspect: true }));
    const late = script.elect(-1, { liveness: { masterDownEpoch: 1 } });
    assert.equal(late.code, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    assert.deepEqual(script.roles, [2, 2, [2], 4]);
  });

  it('prefers the later epoch, then the longer log, then the smaller priority, then the smaller id', () => {
    const winner = (...lives: readonly AliveReplica[]): number | undefined => {
      const script = group().hears(...lives);
      script.masterDies();
      return script.set.masterBrokerId;
    };
    assert.equal(winner(alive(2), alive(3, { epoch: 2, maxOffset: 1 })), 3);
    assert.equal(winner(alive(2), alive(3, { maxOffset: 101 })), 3);
    assert.equal(winner(alive(2), alive(3, { electionPriority: 5 })), 3);
    assert.equal(winner(alive(3), alive(2)), 2);
  });

  it('compares log ends that are more than 2 GiB apart (B40)', () => {
    for (const [longer, shorter] of [
      [2, 3],
      [3, 2],
    ] as const) {
      const script = group().hears(
        alive(longer, { maxOffset: 3 * 2 ** 30 }),
        alive(shorter, { maxOffset: 0 }),
      );
      script.masterDies();
      assert.equal(script.set.masterBrokerId, longer);
    }
  });

  it('keeps the epoch when nobody can be elected: every epoch has an owner (B43)', () => {
    const script = group().hears();
    const result = script.masterDies();
    assert.equal(result.code, ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE);
    assert.deepEqual(script.roles, [1, 1, [1, 2, 3], 3]);
    assert.equal(
      script.elect(2, { liveness: { masterDownEpoch: 1 } }).code,
      ResponseCode.CONTROLLER_ELECT_MASTER_FAILED,
    );
    script.hears(alive(1));
    assert.equal(script.elect(1).code, ResponseCode.CONTROLLER_MASTER_STILL_EXIST);
  });

  it('never takes a replica outside the set, unless unclean elections are on', () => {
    const script = group();
    script.alter([1]);
    script.hears(alive(2));
    assert.equal(script.masterDies().code, ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE);
    assert.equal(script.masterDies({ isUncleanElectionEnabled: true }).code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [2, 2, [2], 5]);
  });

  it('prefers a member of the set also when unclean elections are on', () => {
    const script = group();
    script.alter([1, 2]);
    script.hears(alive(2), alive(3, { maxOffset: 1e9 }));
    script.masterDies({ isUncleanElectionEnabled: true });
    assert.equal(script.set.masterBrokerId, 2);
  });

  it('takes no replica by the heartbeats of another life of it', () => {
    const script = group().hears(alive(2, { incarnation: '2 before' }), alive(3));
    script.masterDies();
    assert.equal(script.set.masterBrokerId, 3);
  });

  it('counts a broker that asks as alive', () => {
    const script = group().hears();
    script.elect(3, { incarnation: '3a', liveness: { masterDownEpoch: 1 } });
    assert.deepEqual(script.roles, [3, 2, [3], 4]);
    script.hears(alive(3, { maxOffset: 7 }));
    script.elect(3, { incarnation: '3a', liveness: { masterDownEpoch: 2 } });
    assert.deepEqual(script.roles, [3, 3, [3], 5]);
  });
});

describe('an election that an operator designates', () => {
  it('hands a living master’s role to another member', () => {
    const script = group();
    assert.equal(script.elect(3, { designated: true }).code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [3, 2, [3], 4]);
  });

  it('elects nobody else than the designated one', () => {
    const script = group().hears(alive(1), alive(2));
    assert.equal(script.elect(3, { designated: true }).code, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    script.alter([1, 2]);
    script.hears(alive(1), alive(2), alive(3));
    assert.equal(script.elect(3, { designated: true }).code, ResponseCode.CONTROLLER_ELECT_MASTER_FAILED);
    const unclean = { isUncleanElectionEnabled: true };
    assert.equal(script.elect(3, { designated: true, liveness: unclean }).code, ResponseCode.SUCCESS);
  });

  it('takes a suspect member only where no trusted one is left, and trusts it from then on', () => {
    const script = group();
    const suspect = { isSuspect: true };
    script.hears(alive(2, { incarnation: '2b', ...suspect }));
    for (const id of [2, 3, 1]) script.register(alive(id, { incarnation: `${id}b`, ...suspect }));
    // 2 and 3 left the set while 1 was trusted; 1, the last one, stays.
    assert.deepEqual(script.roles, [1, 1, [1], 5]);
    assert.equal(script.masterDies().code, ResponseCode.CONTROLLER_MASTER_NOT_AVAILABLE);
    script.hears(alive(1, { incarnation: '1b', ...suspect }));
    assert.equal(script.elect(1, { designated: true }).code, ResponseCode.SUCCESS);
    assert.deepEqual(script.roles, [1, 2, [1], 6]);
    assert.equal(script.set.replicas.get(1)?.isSuspect, false);
  });
});
