import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { SyncStateSetTracker } from './sync-state-set-tracker.ts';
import { wantedSyncStateSet } from './wanted-sync-state-set.ts';

const set = (...brokerIds: number[]): ReadonlySet<number> => new Set(brokerIds);
const view = (syncStateSetEpoch: number, ...brokerIds: number[]) => ({
  syncStateSet: set(...brokerIds),
  syncStateSetEpoch,
});
const tracker = (epoch: number, ...brokerIds: number[]) =>
  new SyncStateSetTracker(view(epoch, ...brokerIds), new Set());
const ids = (of: ReadonlySet<number>) => [...of].sort();

describe('the SyncStateSet as its master sees it', () => {
  it('a replica about to enter is waited for before it is proposed', () => {
    const own = tracker(5, 1);
    own.mark(2, 100, 0);
    assert.deepEqual(ids(own.ackSet()), [1, 2]);
    assert.equal(own.sizeMin(), 1);
    assert.deepEqual(own.markOf(2), { offset: 100, atMs: 0 });
  });

  it('B01: a proposed expansion holds the acknowledgements before its answer comes', () => {
    const own = tracker(5, 1);
    own.mark(2, 100, 0);
    own.propose(set(1, 2));
    assert.equal(own.unmark(2), false);
    own.answered({ kind: 'unknown' });
    assert.deepEqual(ids(own.ackSet()), [1, 2]);
    assert.equal(own.sizeMin(), 1);
  });

  it('B02, B90: a proposed shrink releases nobody before it is committed', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1, 2));
    assert.deepEqual(ids(own.ackSet()), [1, 2, 3]);
    assert.equal(own.sizeMin(), 2);
    own.answered({ kind: 'adopted', ...view(6, 1, 2) });
    assert.deepEqual(ids(own.ackSet()), [1, 2]);
  });

  it('seeded bug shrink-before-commit: it does', () => {
    const own = new SyncStateSetTracker(view(5, 1, 2, 3), new Set<SeededBug>(['shrink-before-commit']));
    own.propose(set(1));
    assert.deepEqual(ids(own.ackSet()), [1]);
    assert.equal(own.sizeMin(), 1);
  });

  it('a rejected proposal is as if it had never been', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1, 2));
    own.answered({ kind: 'rejected' });
    assert.equal(own.sizeMin(), 3);
    assert.equal(own.isAwaitingAnswer(), false);
  });

  it('a proposal of unknown fate stays unresolved although a later copy of it is rejected', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1));
    own.answered({ kind: 'unknown' });
    own.propose(set(1));
    own.answered({ kind: 'rejected' });
    assert.equal(own.sizeMin(), 1);
    assert.deepEqual(own.limboSet(), set(1));
  });

  it('two proposals of unknown fate both count', () => {
    const own = tracker(5, 1, 2);
    own.mark(3, 0, 0);
    own.propose(set(1, 2, 3));
    own.answered({ kind: 'unknown' });
    own.propose(set(1));
    own.answered({ kind: 'unknown' });
    assert.deepEqual(ids(own.ackSet()), [1, 2, 3]);
    assert.equal(own.sizeMin(), 1);
  });

  it('a newer set epoch settles every proposal: none of them can be adopted any more', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1));
    own.answered({ kind: 'unknown' });
    assert.equal(own.learn(view(6, 1, 2, 3)), true);
    assert.equal(own.sizeMin(), 3);
    assert.equal(own.limboSet(), undefined);
  });

  it('an older or equal set epoch says nothing: the proposal may still be adopted', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1));
    own.answered({ kind: 'unknown' });
    assert.equal(own.learn(view(5, 1, 2, 3)), false);
    assert.equal(own.learn(view(4, 1)), false);
    assert.equal(own.sizeMin(), 1);
    assert.deepEqual(ids(own.ackSet()), [1, 2, 3]);
  });

  it('an adoption that is no news leaves the proposal of unknown fate', () => {
    const own = tracker(5, 1, 2);
    own.propose(set(1));
    own.answered({ kind: 'adopted', ...view(5, 1) });
    assert.deepEqual(own.limboSet(), set(1));
  });

  it('B11, B89: one proposal at a time', () => {
    const own = tracker(5, 1, 2, 3);
    own.propose(set(1, 2));
    assert.throws(() => own.propose(set(1, 3)), /under way/);
  });

  it('nobody is proposed whom the writes do not wait for', () => {
    assert.throws(() => tracker(5, 1).propose(set(1, 2)), /do not wait/);
  });

  it('a mark without a proposal can be given up', () => {
    const own = tracker(5, 1);
    own.mark(2, 100, 0);
    assert.equal(own.unmark(2), true);
    assert.deepEqual(ids(own.ackSet()), [1]);
    assert.deepEqual(own.markedIds(), []);
  });
});

describe('the wanted SyncStateSet', () => {
  const wanted = (
    conditions: Readonly<Record<number, 'fine' | 'gone' | 'short'>>,
    ready: number[],
    minInSyncReplicas: number,
  ) =>
    ids(
      wantedSyncStateSet({
        selfBrokerId: 1,
        committed: new Set([1, ...Object.keys(conditions).map(Number)]),
        conditionOf: (brokerId) => conditions[brokerId] ?? 'fine',
        ready,
        minInSyncReplicas,
      }),
    );

  it('B11: two members gone together leave in one change', () => {
    assert.deepEqual(wanted({ 2: 'gone', 3: 'gone' }, [], 1), [1]);
  });

  it('one leaves as another enters', () => {
    assert.deepEqual(wanted({ 2: 'gone' }, [3], 2), [1, 3]);
  });

  it('does not shrink below minInSyncReplicas: it could acknowledge nothing', () => {
    assert.deepEqual(wanted({ 2: 'gone', 3: 'gone' }, [], 2), [1, 2, 3]);
  });

  it('a member that lacks confirmed bytes must go in any case', () => {
    assert.deepEqual(wanted({ 2: 'short' }, [], 2), [1]);
  });
});
