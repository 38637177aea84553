import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { EpochList } from './epoch-list.ts';
import { planHandshake, type ReplicaLog } from './handshake-plan.ts';
import { findTruncationPoint } from './truncation-point.ts';

const entry = (epoch: number, startOffset: number) => ({ epoch, startOffset });
const log = (epochs: EpochList, maxOffset: number) => ({ epochs, maxOffset });
const noBugs = new Set<never>();

describe('the truncation point', () => {
  it('is the smaller end of the newest common epoch', () => {
    const master = log([entry(1, 0), entry(2, 10)], 50);
    assert.deepEqual(findTruncationPoint(master, log([entry(1, 0), entry(2, 10)], 60)), {
      kind: 'found',
      offset: 50,
      sharedEpoch: 2,
    });
    assert.deepEqual(findTruncationPoint(master, log([entry(1, 0)], 30)), {
      kind: 'found',
      offset: 10,
      sharedEpoch: 1,
    });
  });

  it('B70: walks back past epochs that the master never had', () => {
    const replica = log([entry(1, 0), entry(3, 20), entry(5, 30), entry(6, 40)], 55);
    const master = log([entry(1, 0), entry(4, 25), entry(7, 60)], 80);
    assert.deepEqual(findTruncationPoint(master, replica), { kind: 'found', offset: 20, sharedEpoch: 1 });
  });

  it('S1: an epoch replaced at the same start separates the private bytes of its first owner', () => {
    const deposed = log([entry(1, 0), entry(2, 10)], 18);
    const master = log([entry(1, 0), entry(3, 10)], 30);
    assert.deepEqual(findTruncationPoint(master, deposed), { kind: 'found', offset: 10, sharedEpoch: 1 });
  });

  it('S7: is never above the end of the replica', () => {
    const master = log([entry(1, 0), entry(2, 10)], 15);
    assert.deepEqual(findTruncationPoint(master, log([entry(1, 0)], 8)), {
      kind: 'found',
      offset: 8,
      sharedEpoch: 1,
    });
  });

  it('S3: one epoch with two starts is a conflict, not a place to cut', () => {
    const point = findTruncationPoint(
      log([entry(1, 0), entry(2, 12)], 20),
      log([entry(1, 0), entry(2, 10)], 20),
    );
    assert.deepEqual(point, { kind: 'epoch-conflict', epoch: 2, ownStart: 10, masterStart: 12 });
  });

  it('is the common beginning when no epoch is shared', () => {
    assert.deepEqual(findTruncationPoint(log([entry(2, 0)], 9), log([entry(1, 0)], 5)), {
      kind: 'found',
      offset: 0,
      sharedEpoch: undefined,
    });
    assert.deepEqual(findTruncationPoint(log([entry(2, 7)], 9), log([entry(1, 0)], 5)), {
      kind: 'no-common-epoch',
    });
  });
});

describe('the plan of a handshake', () => {
  const master = { masterEpoch: 4, ...log([entry(1, 0), entry(2, 10), entry(4, 30)], 40) };
  const replica = (over: Partial<ReplicaLog>): ReplicaLog => ({
    epochs: [entry(1, 0), entry(2, 10)],
    maxOffset: 25,
    confirmOffset: 20,
    followedEpoch: 4,
    ...over,
  });

  it('cuts nothing from a log that is a part of the master’s', () => {
    assert.deepEqual(planHandshake(master, replica({}), noBugs), {
      kind: 'truncate',
      offset: 25,
      epochs: [entry(1, 0), entry(2, 10)],
      resync: false,
    });
  });

  it('S8, B71: goes to no master of another epoch than the one it follows', () => {
    for (const followedEpoch of [3, 5]) {
      const plan = planHandshake(master, replica({ followedEpoch }), noBugs);
      assert.equal(plan.kind, 'refuse');
      assert.equal(plan.kind === 'refuse' && plan.operator, false);
    }
  });

  it('B30: cuts at the epochs’ point, above confirmOffset, and not at confirmOffset', () => {
    const plan = planHandshake(master, replica({ maxOffset: 35, confirmOffset: 12 }), noBugs);
    assert.equal(plan.kind === 'truncate' && plan.offset, 30);
  });

  it('B18, S2: keeps an entry that starts at the point when the master has the same', () => {
    const plan = planHandshake(master, replica({ epochs: [...master.epochs], maxOffset: 30 }), noBugs);
    assert.deepEqual(plan.kind === 'truncate' && plan.epochs, master.epochs);
  });

  it('drops an entry that starts at the point when the master has it not', () => {
    const plan = planHandshake(
      master,
      replica({ epochs: [entry(1, 0), entry(2, 10), entry(3, 30)], maxOffset: 37 }),
      noBugs,
    );
    assert.deepEqual(plan, {
      kind: 'truncate',
      offset: 30,
      epochs: [entry(1, 0), entry(2, 10)],
      resync: false,
    });
  });

  it('B23, S5: a log without epochs is fetched again from the master’s beginning', () => {
    assert.deepEqual(planHandshake(master, replica({ epochs: [] }), noBugs), {
      kind: 'truncate',
      offset: 0,
      epochs: [],
      resync: true,
    });
  });

  it('an empty log is just new', () => {
    const plan = planHandshake(master, replica({ epochs: [], maxOffset: 0, confirmOffset: 0 }), noBugs);
    assert.deepEqual(plan, { kind: 'truncate', offset: 0, epochs: [], resync: false });
  });

  it('never cuts confirmed bytes', () => {
    const plan = planHandshake(
      master,
      replica({ maxOffset: 45, confirmOffset: 31, epochs: [entry(1, 0), entry(2, 10)] }),
      noBugs,
    );
    assert.deepEqual(plan, { kind: 'below-confirm', offset: 30, epochs: [entry(1, 0), entry(2, 10)] });
  });

  it('asks for an operator when the epochs contradict each other', () => {
    for (const epochs of [[entry(1, 0), entry(2, 11)], [entry(7, 3)]]) {
      const plan = planHandshake(master, replica({ epochs }), noBugs);
      assert.equal(plan.kind === 'refuse' && plan.operator, true);
    }
  });

  it('seeded bug skip-truncation: the tail stays', () => {
    const plan = planHandshake(master, replica({ maxOffset: 35 }), new Set(['skip-truncation'] as const));
    assert.deepEqual(plan, { kind: 'keep-tail', reportOffset: 30 });
  });
});
