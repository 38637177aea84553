import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AckTable } from './ack-table.ts';

describe('the acks of a masterEpoch', () => {
  it('B14: of two connections of one replica the newest counts', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    assert.equal(acks.acked(2, 10, 50, 60, 60, 1), 'advanced');
    assert.equal(acks.connected(2, 11, 'b', 2), 10);
    assert.equal(acks.ackOf(2), undefined);
    assert.equal(acks.acked(2, 10, 60, 60, 60, 3), 'stale-connection');
    assert.equal(acks.ackOf(2), undefined);
    assert.equal(acks.incarnationOf(2), 'b');
  });

  it('B14, B87: nobody can have more than was sent to it', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    assert.equal(acks.acked(2, 10, 61, 60, 100, 1), 'beyond-sent');
    assert.equal(acks.ackOf(2), undefined);
  });

  it('nobody can have less than it said on the same connection', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    acks.acked(2, 10, 50, 60, 60, 1);
    assert.equal(acks.acked(2, 10, 49, 60, 60, 2), 'went-back');
    assert.equal(acks.acked(2, 10, 50, 60, 60, 2), 'same');
  });

  it('B29: the close of an older connection leaves the newer one alone', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    acks.connected(2, 11, 'a', 1);
    assert.equal(acks.disconnected(2, 10, 2), false);
    assert.equal(acks.connectionOf(2), 11);
    assert.equal(acks.disconnected(2, 11, 3), true);
    assert.equal(acks.connectionOf(2), undefined);
    assert.equal(acks.lostForMs(2, 10), 7);
  });

  it('a replica is caught up as of the moment whose end it has reached', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    assert.equal(acks.behindForMs(2, 100, 0), Number.POSITIVE_INFINITY);
    acks.acked(2, 10, 10, 100, 100, 50);
    acks.acked(2, 10, 90, 200, 200, 100);
    assert.equal(acks.behindForMs(2, 200, 100), Number.POSITIVE_INFINITY);
    acks.acked(2, 10, 100, 300, 300, 150);
    assert.equal(acks.behindForMs(2, 300, 160), 110);
    acks.acked(2, 10, 300, 300, 300, 170);
    assert.equal(acks.behindForMs(2, 300, 170), 0);
    assert.equal(acks.behindForMs(2, 301, 180), 10);
    assert.equal(acks.behindForMs(2, 300, 190), 0);
  });

  it('a new connection is no progress', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    acks.acked(2, 10, 100, 100, 100, 0);
    acks.disconnected(2, 10, 500);
    acks.connected(2, 11, 'a', 600);
    assert.equal(acks.behindForMs(2, 200, 1000), 1000);
  });

  it('after a stop of the master itself everybody has all its time again', () => {
    const acks = new AckTable(0);
    acks.connected(2, 10, 'a', 0);
    acks.acked(2, 10, 100, 100, 100, 0);
    acks.forgive(20_000);
    assert.equal(acks.silentForMs(2, 20_000), 0);
    assert.equal(acks.behindForMs(2, 200, 20_000), 0);
    assert.equal(acks.lostForMs(3, 20_000), 0);
  });
});
