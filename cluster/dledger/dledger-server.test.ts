import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import {
  NotLeaderError,
  ProposalRefusedError,
  ProposalUnknownError,
  ReadTimeoutError,
} from './dledger-errors.ts';
import { pendingProposalsMax, proposalBytesMax } from './dledger-options.ts';
import { SimulatedGroup } from './testing/simulated-group.ts';

describe('a DLedger group', () => {
  it('finds its first leader within a second and answers with what the machine said', async () => {
    const group = new SimulatedGroup(1);
    await group.startAll();
    const leader = await group.elect(1000);
    // The machine answers with the count of its entries.
    assert.equal(await group.propose(leader, 'x'), 1);
    assert.equal(await group.propose(leader, 'y'), 2);
    assert.deepEqual(await group.agree(), ['x', 'y']);
    assert.deepEqual(leader.leadership, [`leads ${leader.server.term()}`]);
    for (const { server } of group.members()) assert.equal(server.leaderId(), leader.id);
  });

  it('takes many proposals of one turn in their order', async () => {
    const group = new SimulatedGroup(2);
    await group.startAll();
    const leader = await group.elect(1000);
    const bodies = Array.from({ length: 500 }, (_, place) => `m${place}`);
    const results = bodies.map((body) => leader.server.propose(Buffer.from(body), 1000));
    const started = group.world.now();
    assert.deepEqual(
      await group.world.settle(Promise.all(results)),
      bodies.map((_, place) => place + 1),
    );
    assert(group.world.now() - started < 100, 'the proposals did not share their syncs');
    assert.deepEqual(await group.agree(), bodies);
  });

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`replaces a killed leader within 1.5 s, and takes it back (seed ${seed})`, async () => {
      const group = new SimulatedGroup(seed);
      await group.startAll();
      const first = await group.elect(1000);
      await group.propose(first, 'before');
      for (const body of ['p', 'q', 'r']) group.proposeAside(first, body);
      await group.world.runFor(seed);
      group.kill(first.id);
      const second = await group.elect(1500);
      await group.propose(second, 'after');
      await group.start(first.id);
      await group.agree();
    });
  }

  it('replaces a leader that stands still; when it goes on it follows and deposes nobody', async () => {
    const group = new SimulatedGroup(7);
    await group.startAll();
    const first = await group.elect(1000);
    await group.propose(first, 'before');
    group.world.host(first.id).pause();
    const second = await group.elect(1500, [first.id]);
    await group.propose(second, 'meanwhile');
    await group.world.runFor(5000);
    const term = second.server.term();
    // It does not know yet; what is asked of it now must not be answered from its old state.
    group.world.host(first.id).resume();
    await assert.rejects(group.world.settle(first.server.readBarrier(2000)), NotLeaderError);
    await group.world.runFor(3000);
    assert.equal(second.server.term(), term);
    assert(second.server.isLeader() && !first.server.isLeader());
    await group.agree();
  });

  for (const place of ['leader', 'follower', 'everybody'] as const) {
    it(`outlives full disks and goes on when there is room (${place})`, async () => {
      const group = new SimulatedGroup(11);
      await group.startAll();
      const leader = await group.elect(1000);
      await group.propose(leader, 'before');
      const others = group.members().filter(({ id }) => id !== leader.id);
      const full = { leader: [leader], follower: others.slice(0, 1), everybody: group.members() }[place];
      for (const { id } of full) group.world.host(id).disk.makeRoom(0);
      // More than what is left of any page.
      for (const body of ['p', 'q', 'r']) group.proposeAside(leader, body.repeat(9000));
      await group.world.runFor(3000);
      if (place === 'everybody') assert.equal(group.acknowledged.length, 1, 'acknowledged, but on no disk');
      for (const { id } of full) {
        assert.equal(group.world.host(id).running, true, `${id} died of a full disk`);
        group.world.host(id).disk.makeRoom();
      }
      await group.propose(await group.elect(2000), 'after');
      await group.agree();
      group.kill(leader.id, { powerCut: true });
      await group.start(leader.id);
      await group.agree();
    });
  }

  it('gives no vote that its disk has no room for', async () => {
    const group = new SimulatedGroup(12);
    await group.startAll();
    const first = await group.elect(1000);
    await group.propose(first, 'before');
    for (const id of group.ids) group.world.host(id).disk.makeRoom(0);
    group.kill(first.id);
    await group.world.runFor(5000);
    assert.equal(group.leader(), undefined);
    for (const id of group.ids) group.world.host(id).disk.makeRoom();
    await group.propose(await group.elect(2000), 'after');
    await group.start(first.id);
    await group.agree();
  });

  it('is not disturbed by a follower that stood still', async () => {
    const group = new SimulatedGroup(8);
    await group.startAll();
    const leader = await group.elect(1000);
    const term = leader.server.term();
    const follower = group.members().find(({ id }) => id !== leader.id);
    assert(follower !== undefined);
    for (const pauseMs of [500, 700, 1000, 5000]) {
      group.world.host(follower.id).pause();
      await group.world.runFor(pauseMs);
      group.world.host(follower.id).resume();
      await group.world.runFor(2000);
    }
    assert.equal(leader.server.term(), term);
    assert(leader.server.isLeader());
    assert.deepEqual(leader.leadership, [`leads ${term}`]);
  });

  it('is not disturbed by a follower that hears only half of the group', async () => {
    const group = new SimulatedGroup(9);
    await group.startAll();
    const leader = await group.elect(1000);
    const term = leader.server.term();
    const [follower] = group.members().filter(({ id }) => id !== leader.id);
    assert(follower !== undefined);
    group.world.partition([leader.id], [follower.id], 'drop');
    for (let second = 0; second < 5; second += 1) {
      await group.propose(leader, `s${second}`);
      await group.world.runFor(1000);
    }
    group.world.heal();
    await group.agree();
    assert.equal(leader.server.term(), term);
  });

  for (const flavour of ['drop', 'hold', 'reset'] as const) {
    it(`goes on without a leader that is cut off (${flavour}); the cut-off one answers nothing`, async () => {
      const group = new SimulatedGroup(10);
      await group.startAll();
      const first = await group.elect(1000);
      await group.propose(first, 'before');
      const others = group.ids.filter((id) => id !== first.id);
      group.world.partition([first.id], others, flavour);
      const outcomes = Promise.allSettled([
        first.server.propose(Buffer.from('lonely'), 5000),
        first.server.readBarrier(5000),
      ]);
      const [lonely, read] = await group.world.settle(outcomes);
      assert(lonely.status === 'rejected' && lonely.reason instanceof ProposalUnknownError);
      assert(read.status === 'rejected' && read.reason instanceof NotLeaderError);
      assert.equal(first.leadership.length, 2, 'it did not step down by itself');
      await assert.rejects(
        group.world.settle(first.server.propose(Buffer.from('late'), 100)),
        NotLeaderError,
      );
      const second = await group.elect(1500, [first.id]);
      await group.propose(second, 'after');
      group.world.heal();
      const applied = await group.agree();
      assert(!applied.includes('late'));
    });
  }

  for (const seed of [21, 22, 23, 24, 25, 26]) {
    it(`loses nothing acknowledged when the power fails everywhere at once (seed ${seed})`, async () => {
      const group = new SimulatedGroup(seed);
      await group.startAll();
      for (let round = 0; round < 4; round += 1) {
        const leader = await group.elect(3000);
        for (let count = 0; count < 20; count += 1) {
          group.proposeAside(leader, `${round}.${count}`);
          await group.world.runFor(group.world.random.below(3));
        }
        for (const id of group.ids) group.kill(id, { powerCut: true });
        await group.startAll();
      }
      assert(group.acknowledged.length > 10, 'hardly anything was acknowledged');
      await group.agree();
    });
  }

  it('serves as a group of one', async () => {
    const group = new SimulatedGroup(30, 1);
    await group.startAll();
    const leader = await group.elect(200);
    await group.propose(leader, 'x');
    await group.world.settle(leader.server.readBarrier(100));
    group.kill('c1', { powerCut: true });
    const again = await group.start('c1');
    await group.elect(200);
    assert.deepEqual(again.applied, ['x']);
  });

  it('lets a read wait for nothing but one round', async () => {
    const group = new SimulatedGroup(31);
    await group.startAll();
    const leader = await group.elect(1000);
    await group.propose(leader, 'x');
    const started = group.world.now();
    await group.world.settle(Promise.all(Array.from({ length: 50 }, () => leader.server.readBarrier(1000))));
    assert(group.world.now() - started < 50);
    const follower = group.members().find(({ id }) => id !== leader.id);
    assert(follower !== undefined);
    await assert.rejects(follower.server.readBarrier(1000), (error) => {
      assert(error instanceof NotLeaderError);
      assert.equal(error.leaderId, leader.id);
      return true;
    });
  });

  it('lets a read wait until this machine has applied what the others have committed', async () => {
    const group = new SimulatedGroup(38);
    await group.startAll();
    const leader = await group.elect(1000);
    group.world.host(leader.id).disk.slowness = 100;
    group.proposeAside(leader, 'x');
    await group.world.runFor(30);
    assert.deepEqual(leader.applied, []);
    await group.world.settle(leader.server.readBarrier(5000));
    assert.deepEqual(leader.applied, ['x']);
  });

  it('says that a proposal or a read took too long', async () => {
    const group = new SimulatedGroup(32);
    await group.startAll();
    const leader = await group.elect(1000);
    for (const id of group.ids) if (id !== leader.id) group.world.host(id).pause();
    const outcomes = Promise.allSettled([
      leader.server.propose(Buffer.from('late'), 100),
      leader.server.readBarrier(100),
    ]);
    const [late, read] = await group.world.settle(outcomes);
    assert(late.status === 'rejected' && late.reason instanceof ProposalUnknownError);
    assert.equal(late.reason.reason, 'timeout');
    assert(read.status === 'rejected' && read.reason instanceof ReadTimeoutError);
  });

  it('refuses what it can never commit', async () => {
    const group = new SimulatedGroup(33, 1);
    await group.startAll();
    const leader = await group.elect(1000);
    await assert.rejects(leader.server.propose(new Uint8Array(0), 100), ProposalRefusedError);
    await assert.rejects(leader.server.propose(new Uint8Array(proposalBytesMax + 1), 100), {
      reason: 'too-long',
    });
    assert.equal(
      await group.world.settle(leader.server.propose(new Uint8Array(proposalBytesMax), 5000), 20_000),
      1,
    );
    const waiting = Array.from({ length: pendingProposalsMax }, () =>
      leader.server.propose(Buffer.from('x'), 5000),
    );
    await assert.rejects(leader.server.propose(Buffer.from('y'), 5000), { reason: 'too-many-pending' });
    await group.world.settle(Promise.all(waiting));
  });

  it('ends what waits when it is stopped, and can be started again', async () => {
    const group = new SimulatedGroup(34);
    await group.startAll();
    const leader = await group.elect(1000);
    for (const id of group.ids) if (id !== leader.id) group.world.host(id).pause();
    const taken = leader.server.propose(Buffer.from('taken'), 5000);
    const read = leader.server.readBarrier(5000);
    await group.world.runFor(5);
    const queued = leader.server.propose(Buffer.from('queued'), 5000);
    const outcomes = Promise.allSettled([taken, read, queued]);
    await group.world.settle(leader.server.stop());
    const names = (await outcomes).map((outcome) => outcome.status === 'rejected' && outcome.reason.name);
    assert.deepEqual(names, ['ProposalUnknownError', 'NotLeaderError', 'NotLeaderError']);
    assert(!leader.server.isLeader());
    await assert.rejects(leader.server.propose(Buffer.from('x'), 100), NotLeaderError);
    for (const id of group.ids) if (id !== leader.id) group.world.host(id).resume();
    group.kill(leader.id);
    await group.start(leader.id);
    await group.agree();
  });

  it('does not begin again once it was stopped', async () => {
    const group = new SimulatedGroup(39, 1);
    const { server } = await group.start('c1');
    await group.elect(200);
    await group.world.settle(server.stop());
    await group.world.settle(server.start());
    await group.world.runFor(2000);
    assert(!server.isLeader());
    assert.equal(server.leaderId(), undefined);
    assert.equal(server.term(), 0);
  });

  it('drops a message that it cannot read', async () => {
    const group = new SimulatedGroup(35);
    await group.startAll();
    const leader = await group.elect(1000);
    const stranger = group.world.host('w1').start();
    const stream = await group.world.settle(stranger.network.connect({ host: leader.id, port: 9878 }, 1000));
    stream.handle({ data: () => undefined, close: () => undefined });
    stream.write(Buffer.from('\0\0\0\x05\x02c2\x09\x09', 'latin1'));
    await group.world.runFor(100);
    assert(group.world.log.some(({ line }) => line.includes('message of c2 dropped: RaftMessageError')));
    await group.propose(leader, 'x');
  });

  it('stops for good when its disk fails', async () => {
    const group = new SimulatedGroup(36);
    await group.startAll();
    const leader = await group.elect(1000);
    const host = group.world.host(leader.id);
    host.allowFatal();
    host.disk.fail({ operation: 'sync', pathPart: 'data' });
    group.proposeAside(leader, 'x');
    await group.world.run(() => !host.running, 1000);
    assert.match(
      String(host.fatalErrors[0]?.error),
      /DLedger test\/c\d: the disk failed.*sync failed with EIO/,
    );
    host.disk.clearFaults();
    group.kill(leader.id);
    await group.elect(1500);
    await group.start(leader.id);
    await group.agree();
  });

  it('stops for good when a sync fails for want of room: nobody knows what it left', async () => {
    const group = new SimulatedGroup(37);
    await group.startAll();
    const leader = await group.elect(1000);
    const host = group.world.host(leader.id);
    host.allowFatal();
    host.disk.fail({ operation: 'sync', code: 'ENOSPC' });
    group.proposeAside(leader, 'x');
    await group.world.run(() => !host.running, 1000);
    assert.match(String(host.fatalErrors[0]?.error), /the disk failed.*ENOSPC/);
  });
});
