import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type BrokerRole,
  decideRole,
  haAddressOf,
  newerView,
  type ReplicaGroupView,
} from './replicas-decision.ts';

const view: ReplicaGroupView = {
  masterBrokerId: 1,
  masterAddress: 'n1:10911',
  masterHaAddress: 'n1:10912',
  masterIncarnation: 'life-2',
  masterEpoch: 5,
  syncStateSet: new Set([1, 2]),
  syncStateSetEpoch: 9,
};
const fenced: BrokerRole = { kind: 'fenced', reason: 'starting' };

function decide(
  brokerId: number,
  roleEpoch: number,
  role: BrokerRole,
  change: Partial<ReplicaGroupView> = {},
) {
  const state = {
    brokerId,
    incarnation: 'life-2',
    epochAtRegistration: 4,
    roleEpoch,
    ownEpoch: role.kind === 'master' ? role.masterEpoch : 0,
    knownEpoch: roleEpoch,
    role,
  };
  return decideRole(state, { ...view, ...change });
}

describe('a replica that learns the view of the controller', () => {
  it('becomes master of a newer epoch that names it', () => {
    equal(decide(1, 4, fenced).kind, 'become-master');
    equal(decide(1, 4, { kind: 'master', masterEpoch: 4, syncStateSetEpoch: 3 }).kind, 'become-master');
  });

  it('never resumes the epoch of an earlier life (B09, S13)', () => {
    equal(decide(1, 5, fenced).kind, 'register-anew');
  });

  it('tries again what failed half-way in this very life', () => {
    const state = {
      brokerId: 1,
      incarnation: 'life-2',
      epochAtRegistration: 4,
      roleEpoch: 5,
      ownEpoch: 5,
      knownEpoch: 0,
      role: fenced,
    };
    equal(decideRole(state, view).kind, 'become-master');
  });

  it('leaves an epoch alone that was given to its earlier life (B05, B08)', () => {
    equal(decide(1, 4, fenced, { masterIncarnation: 'life-1' }).kind, 'register-anew');
    equal(decide(1, 2, fenced, { masterIncarnation: undefined, masterEpoch: 3 }).kind, 'register-anew');
    equal(decide(1, 2, fenced, { masterIncarnation: undefined }).kind, 'become-master');
  });

  it('never goes back to an older epoch', () => {
    equal(decide(1, 6, fenced).kind, 'none');
    equal(decide(2, 6, fenced).kind, 'none');
  });

  it('that was told of a newer epoch by another replica waits for that epoch', () => {
    const state = {
      brokerId: 1,
      incarnation: 'life-2',
      epochAtRegistration: 4,
      roleEpoch: 4,
      ownEpoch: 4,
      knownEpoch: 6,
      role: fenced,
    };
    equal(decideRole(state, view).kind, 'none');
    equal(decideRole(state, { ...view, masterEpoch: 6 }).kind, 'become-master');
  });

  it('follows another master of its own or a newer epoch', () => {
    equal(decide(2, 5, fenced).kind, 'become-slave');
    equal(decide(2, 4, { kind: 'master', masterEpoch: 4, syncStateSetEpoch: 3 }).kind, 'become-slave');
  });

  it('stays the slave of the master it follows, and moves with its HA address', () => {
    const role: BrokerRole = {
      kind: 'slave',
      masterEpoch: 5,
      masterBrokerId: 1,
      masterAddress: 'n1:10911',
      masterHaAddress: 'n1:10912',
    };
    equal(decide(2, 5, role).kind, 'none');
    equal(decide(2, 5, role, { masterHaAddress: 'n1:20912' }).kind, 'become-slave');
  });

  it('takes a newer SyncStateSet of its own epoch, and no older one', () => {
    equal(
      decide(1, 5, { kind: 'master', masterEpoch: 5, syncStateSetEpoch: 8 }).kind,
      'adopt-sync-state-set',
    );
    equal(decide(1, 5, { kind: 'master', masterEpoch: 5, syncStateSetEpoch: 9 }).kind, 'none');
  });

  it('asks for an election when nobody leads, unless it leads itself', () => {
    equal(decide(2, 5, fenced, { masterBrokerId: undefined }).kind, 'ask-election');
    const master: BrokerRole = { kind: 'master', masterEpoch: 5, syncStateSetEpoch: 9 };
    equal(decide(1, 5, master, { masterBrokerId: undefined }).kind, 'none');
  });

  it('sees two masters of one epoch', () => {
    equal(decide(2, 5, { kind: 'master', masterEpoch: 5, syncStateSetEpoch: 9 }).kind, 'conflict');
  });
});

describe('a view of the controller', () => {
  it('gives way to a newer one, by masterEpoch and then by syncStateSetEpoch', () => {
    const older = { ...view, masterEpoch: 4, syncStateSetEpoch: 20 };
    deepEqual(newerView(view, older), view);
    deepEqual(newerView(older, view), view);
    deepEqual(newerView(view, { ...view, syncStateSetEpoch: 8 }), view);
  });

  it('without an HA address means the port behind the broker port', () => {
    equal(haAddressOf({ ...view, masterHaAddress: '' }), 'n1:10912');
  });
});
