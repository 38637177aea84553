import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Channel } from '../remoting/channel.ts';
import { type Heartbeat, HeartbeatTable } from './heartbeat-table.ts';

function channel(id: number): Channel {
  return {
    id,
    remoteAddress: `10.0.0.1:${id}`,
    isOpen: () => true,
    oneway: () => undefined,
    close: () => undefined,
    onClose: () => undefined,
  };
}

function heartbeat(change: Partial<Heartbeat> = {}): Heartbeat {
  return {
    clusterName: 'c',
    brokerName: 'broker-a',
    brokerId: 1,
    brokerAddress: 'n1:10911',
    incarnation: 'a',
    epoch: 1,
    maxOffset: 100,
    confirmOffset: 100,
    electionPriority: 1,
    isSuspect: false,
    timeoutMs: 1500,
    roleEpoch: undefined,
    syncStateSetEpoch: undefined,
    ...change,
  };
}

const isAlive = (table: HeartbeatTable, incarnation = 'a'): boolean =>
  table.alive('broker-a', 1, incarnation) !== undefined;
const isDead = (table: HeartbeatTable, nowMs: number, incarnation = 'a'): boolean =>
  table.isDead('broker-a', 1, incarnation, nowMs);

describe('the heartbeat table', () => {
  it('holds a life for alive from its first heartbeat on', () => {
    const table = new HeartbeatTable();
    assert.equal(table.heard(heartbeat(), channel(1), 0), true);
    assert.equal(table.heard(heartbeat(), channel(1), 100), false);
    assert.equal(isAlive(table), true);
    assert.equal(isAlive(table, 'b'), false);
  });

  it('ends it after a silence longer than the time-out it asked for (B33, B38)', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat({ timeoutMs: 700 }), channel(1), 0);
    assert.deepEqual(table.scanned(700), []);
    assert.deepEqual(
      table.scanned(701).map(({ heartbeat: { brokerId }, death }) => [brokerId, death?.reason]),
      [[1, 'silent']],
    );
    assert.deepEqual(table.scanned(702), [], 'told once');
    assert.equal(isDead(table, 702), true);
    assert.equal(table.heard(heartbeat(), channel(1), 800), true, 'and alive again');
  });

  it('ends it at once with its connection', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    assert.deepEqual(
      table.closed(channel(1), 10).map(({ death }) => death?.reason),
      ['closed'],
    );
    assert.equal(isAlive(table), false);
    assert.deepEqual(table.closed(channel(1), 11), []);
  });

  it('ends every broker that shared the connection', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.heard(heartbeat({ brokerName: 'broker-b' }), channel(1), 0);
    assert.equal(table.closed(channel(1), 10).length, 2);
  });

  it('counts only the close of the connection that carried the latest heartbeat (B37, B90)', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.heard(heartbeat(), channel(2), 100);
    assert.deepEqual(table.closed(channel(1), 200), []);
    assert.equal(isAlive(table), true);
    assert.equal(table.closed(channel(2), 300).length, 1);
  });

  it('takes heartbeats of an older connection for late, until the newer one was over for a time-out', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat({ maxOffset: 50 }), channel(2), 0);
    table.heard(heartbeat({ maxOffset: 40 }), channel(1), 100);
    assert.equal(table.alive('broker-a', 1, 'a')?.heartbeat.maxOffset, 50);
    table.closed(channel(2), 200);
    assert.equal(table.heard(heartbeat(), channel(1), 300), false);
    assert.equal(isAlive(table), false);
    assert.equal(table.heard(heartbeat(), channel(1), 1701), true);
    assert.equal(table.closed(channel(1), 1800).length, 1, 'it is the latest one now');
  });

  it('believes an older connection when the newer one has gone silent', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(2), 0);
    assert.equal(table.heard(heartbeat(), channel(1), 1500), false);
    table.heard(heartbeat({ maxOffset: 7 }), channel(1), 1501);
    assert.equal(table.alive('broker-a', 1, 'a')?.heartbeat.maxOffset, 7);
  });

  it('lowers the record with a heartbeat that tells less (B41)', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat({ epoch: 3, maxOffset: 1000 }), channel(1), 0);
    table.heard(heartbeat({ epoch: 2, maxOffset: 10 }), channel(1), 100);
    const life = table.alive('broker-a', 1, 'a');
    assert.deepEqual([life?.heartbeat.epoch, life?.heartbeat.maxOffset], [2, 10]);
  });

  it('keeps the lives of one broker apart, whatever arrives late of an old one', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat({ incarnation: 'b' }), channel(2), 0);
    table.heard(heartbeat({ incarnation: 'a' }), channel(1), 100);
    assert.equal(table.closed(channel(1), 110).length, 1);
    assert.equal(isAlive(table, 'b'), true);
    assert.equal(isDead(table, 120, 'a'), true);
  });

  it('forgets the lives that were heard least lately', () => {
    const table = new HeartbeatTable();
    for (const [index, incarnation] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      table.heard(heartbeat({ incarnation }), channel(index + 1), index);
    }
    assert.deepEqual(
      ['a', 'b', 'e'].map((incarnation) => isAlive(table, incarnation)),
      [false, true, true],
    );
  });
});

describe('a fresh start of the heartbeat table', () => {
  it('never forgets the registered life for others that speak in its name', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0, 'a');
    for (let count = 0; count < 10; count += 1) {
      table.heard(heartbeat({ incarnation: `stranger ${count}` }), channel(2), 1 + count, 'a');
    }
    assert.equal(isAlive(table), true);
    assert.equal(isDead(table, 20), false);
    assert.equal(isAlive(table, 'stranger 0'), false);
  });

  it('gives who is alive a full time-out', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.startFresh(5000, 1500, true);
    assert.deepEqual(table.scanned(6500), []);
    assert.equal(table.scanned(6501).length, 1);
  });

  it('lets nobody be dead whom it had lost or never heard, for the time of grace', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.closed(channel(1), 10);
    assert.equal(isDead(table, 11), true);
    table.startFresh(100, 1500, false);
    for (const incarnation of ['a', 'never heard']) {
      assert.equal(isDead(table, 1599, incarnation), false);
      assert.equal(isDead(table, 1600, incarnation), true);
    }
  });

  it('of a new leader believes a close that comes after it', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.startFresh(100, 1500, false);
    assert.equal(table.closed(channel(1), 101).length, 1);
    assert.equal(isDead(table, 102), true);
  });

  it('after a stop of our own does not believe the closes that waited with the stop', () => {
    const table = new HeartbeatTable();
    table.heard(heartbeat(), channel(1), 0);
    table.startFresh(5000, 1500, true);
    assert.deepEqual(table.closed(channel(1), 5001), []);
    assert.equal(isAlive(table), true);
    table.heard(heartbeat(), channel(2), 5010);
    assert.equal(table.closed(channel(2), 5501).length, 1, 'half a second later they count');
  });
});
