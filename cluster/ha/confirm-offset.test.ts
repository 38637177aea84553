import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type ConfirmInput, nextConfirmOffset } from './confirm-offset.ts';

function confirm(acks: Readonly<Record<number, number>>, over: Partial<ConfirmInput> = {}): number {
  return nextConfirmOffset({
    previous: 10,
    selfBrokerId: 1,
    ownDurableOffset: 100,
    ackSet: new Set([1, 2, 3]),
    ackOf: (brokerId) => acks[brokerId],
    inSyncMin: 3,
    minInSyncReplicas: 2,
    acksRequired: 'all',
    skipsDisconnected: () => false,
    ...over,
  });
}

describe('confirmOffset of a master', () => {
  it('is the least that any member has', () => {
    assert.equal(confirm({ 2: 70, 3: 60 }), 60);
  });

  it('is never beyond what is durable here', () => {
    assert.equal(confirm({ 2: 70, 3: 60 }, { ownDurableOffset: 40 }), 40);
  });

  it('B03: stays while a member has no connection', () => {
    assert.equal(confirm({ 2: 70 }), 10);
  });

  it('B04: stays while a member that is back has acknowledged nothing yet', () => {
    assert.equal(confirm({ 2: 70, 3: 0 }), 10);
  });

  it('B15: stays while the set may be smaller than minInSyncReplicas', () => {
    assert.equal(confirm({ 2: 70, 3: 60 }, { inSyncMin: 1 }), 10);
  });

  it('never goes back', () => {
    assert.equal(confirm({ 2: 5, 3: 60 }), 10);
  });

  it('is what is durable here when nobody else is in the set', () => {
    const alone = { ackSet: new Set([1]), inSyncMin: 1, minInSyncReplicas: 1 };
    assert.equal(confirm({}, alone), 100);
  });

  it('with inSyncReplicas=2 is what the second of them has, the master’s own copy always among them', () => {
    assert.equal(confirm({ 2: 70 }, { acksRequired: 2 }), 70);
    assert.equal(confirm({ 2: 170, 3: 160 }, { acksRequired: 2 }), 100);
    assert.equal(confirm({}, { acksRequired: 2 }), 10);
    assert.equal(confirm({}, { acksRequired: 1 }), 100);
  });
});
