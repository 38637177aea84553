import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { encodeEpochFile } from './epoch-file-text.ts';
import { StaleRoleError, SupersededRoleError } from './stale-role-error.ts';
import { type BenchNode, HaBench } from './testing/ha-bench.ts';

function stage(seed = 3): { world: SimWorld; bench: HaBench } {
  const world = new SimWorld(seed);
  return { world, bench: new HaBench(world) };
}

const isStale = (error: unknown): boolean => error instanceof StaleRoleError;

/** A master of epoch 1 on n1 with two slaves, all three in the set, and some records that all have. */
async function group(): Promise<{
  world: SimWorld;
  bench: HaBench;
  nodes: readonly [BenchNode, BenchNode, BenchNode];
}> {
  const { world, bench } = stage();
  const nodes = [await bench.start(1), await bench.start(2), await bench.start(3)] as const;
  const [one, two, three] = nodes;
  await bench.master(one, 1);
  await bench.slave(two, 1, 1);
  await bench.slave(three, 1, 1);
  await world.run(() => one.ha.status().master?.inSync === 3, 5000);
  const outcomes = bench.wait(one, one.write('common'));
  await world.run(() => outcomes.length > 0, 5000);
  assert.deepEqual(outcomes, ['ok']);
  return { world, bench, nodes };
}

/** Writes what nobody else gets: the node is cut off. */
function privateTail(world: SimWorld, node: BenchNode, payloads: readonly string[]): void {
  for (const other of ['n1', 'n2', 'n3']) {
    if (other === node.runtime.nodeId) continue;
    world.cut(node.runtime.nodeId, other, 'reset');
    world.cut(other, node.runtime.nodeId, 'reset');
  }
  for (const payload of payloads) node.write(payload);
}

describe('a promotion', () => {
  it('B28: begins its epoch where the log is durable, and nowhere before', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1, {}, 50);
    one.write('not synced yet');
    assert(one.store.durableOffset() < one.store.maxOffset());
    await bench.master(one, 1);
    assert.equal(one.store.durableOffset(), one.store.maxOffset());
    assert.deepEqual(one.ha.epochs(), [{ epoch: 1, startOffset: one.store.maxOffset() }]);
    await world.runFor(10);
  });

  it('R1: is promised on disk before it is acted on, and over the life', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1);
    await bench.master(one, 4);
    assert.equal(one.ha.roleEpoch(), 4);
    world.host('n1').kill({ powerCut: true });
    const again = await bench.start(1);
    assert.equal(again.ha.roleEpoch(), 4);
    await assert.rejects(bench.master(again, 3), isStale);
    await assert.rejects(bench.slave(again, 3, 2), isStale);
  });

  it('S3: is refused for the epoch of an earlier life of this broker', async () => {
    const { world, bench } = stage();
    await bench.master(await bench.start(1), 4);
    world.host('n1').kill();
    const again = await bench.start(1);
    await assert.rejects(bench.master(again, 4), isStale);
    await bench.master(again, 5);
    assert.equal(again.ha.role(), 'master');
  });

  it('G4: is refused for an epoch that another broker owns', async () => {
    const { bench } = stage();
    const one = await bench.start(1);
    await bench.slave(one, 4, 2);
    await assert.rejects(bench.master(one, 4), isStale);
    await assert.rejects(bench.slave(one, 4, 3), isStale);
    await assert.rejects(bench.slave(one, 5, 1), isStale);
    await assert.rejects(bench.master(one, 6, [2]), isStale);
  });

  it('said twice is one, and brings the newer SyncStateSet', async () => {
    const { bench } = stage();
    const one = await bench.start(1);
    await bench.master(one, 1);
    const role = { masterEpoch: 1, syncStateSet: new Set([1, 2]), syncStateSetEpoch: 101 };
    await one.ha.changeToMaster(role);
    assert.equal(one.ha.status().master?.inSync, 2);
    assert.equal(one.ha.epochs().length, 1);
  });

  it('B08: takes the SyncStateSet that the controller has, not {self}', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1);
    await bench.master(one, 1, [1, 2]);
    const outcomes = bench.wait(one, one.write('a'), 100);
    await world.run(() => outcomes.length > 0, 1000);
    assert.deepEqual(outcomes, ['timeout']);
    assert.equal(one.store.confirmOffset(), 0);
  });

  it('R8: tells nothing about the tail before all that a predecessor may have confirmed is confirmed here', async () => {
    const { world, bench } = stage();
    bench.adoptsAtOnce = false;
    const one = await bench.start(1);
    await bench.master(one, 1);
    one.write('a');
    await world.runFor(50);
    const end = one.store.maxOffset();
    await bench.master(one, 2, [1, 2]);
    one.write('b');
    assert.equal(one.store.confirmOffset(), end);
    assert.equal(one.ha.tailReadable(), true);
    await bench.master(one, 3, [1, 2]);
    assert.equal(one.ha.tailReadable(), false);
    one.ha.applySyncStateSet(3, new Set([1]), 301);
    await world.runFor(50);
    assert.equal(one.ha.tailReadable(), true);
  });

  it('B07, B20: in place leaves the log alone, ends every link, and relabels what follows', async () => {
    const { world, bench, nodes } = await group();
    const [one, two] = nodes;
    const before = one.store.maxOffset();
    await bench.master(one, 2);
    assert.equal(one.store.maxOffset(), before);
    assert.deepEqual(one.ha.status().master?.slaves, []);
    one.write('of epoch 2');
    await world.runFor(500);
    // It follows epoch 1 until it is told of the new one: not a byte reaches it.
    assert.equal(two.store.maxOffset(), before);
    assert(two.events.some((event) => event.kind === 'other-epoch' && event.masterEpoch === 2));
    await bench.slave(two, 2, 1);
    await world.run(() => two.store.maxOffset() === one.store.maxOffset(), 2000);
    assert.deepEqual(two.ha.epochs(), [
      { epoch: 1, startOffset: 0 },
      { epoch: 2, startOffset: before },
    ]);
  });

  it('fails, and can be tried again, when the disk refuses', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1);
    world.host('n1').disk.fail({ operation: 'rename', pathPart: 'epochFileCheckpoint', countMax: 1 });
    await assert.rejects(bench.master(one, 1));
    assert.equal(one.ha.role(), 'none');
    assert.equal(one.ha.admission().ok, false);
    await bench.master(one, 1);
    assert.equal(one.ha.role(), 'master');
  });

  it('gives way to a newer role while it waits for the disk', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1, {}, 5000);
    one.write('slow');
    const first = one.ha.changeToMaster({ masterEpoch: 1, syncStateSet: new Set([1]), syncStateSetEpoch: 1 });
    await world.runFor(10);
    const second = one.ha.changeToSlave({ masterEpoch: 2, masterBrokerId: 2, masterHaAddress: 'n2:10912' });
    await assert.rejects(world.settle(first), (error: unknown) => error instanceof SupersededRoleError);
    await world.settle(second);
    assert.equal(one.ha.role(), 'slave');
    assert.equal(one.ha.roleEpoch(), 2);
  });

  it('fails when the store has', async () => {
    const { bench } = stage();
    const one = await bench.start(1, {}, 5000);
    one.write('never synced');
    one.store.stateKind = 'failed';
    await assert.rejects(bench.master(one, 1), /store failed/);
  });
});

describe('a slave', () => {
  it('follows, reports what is durable, and confirms no more than that', async () => {
    const { world, nodes } = await group();
    const [one, two] = nodes;
    assert.equal(two.store.maxOffset(), one.store.maxOffset());
    await world.run(() => two.store.confirmOffset() === one.store.confirmOffset(), 1000);
    assert.equal(two.ha.role(), 'slave');
    assert.equal(two.ha.status().slave?.isTransferring, true);
    assert.deepEqual(two.ha.admission(), { ok: false, inSync: 0 });
    assert.equal(two.ha.tailReadable(), false);
  });

  it('acknowledges nothing that its own disk has not', async () => {
    const { world, bench } = stage();
    const [one, two] = [await bench.start(1), await bench.start(2, {}, 40)];
    await bench.master(one, 1);
    await bench.slave(two, 1, 1);
    const write = (left: number): void => {
      one.write('again and again');
      if (left > 0) one.runtime.clock.after(3, () => write(left - 1));
    };
    write(100);
    let ackedMax = 0;
    await world.run(() => {
      const ack = two.ha.status().slave?.ackOffset ?? -1;
      assert(ack <= two.store.durableOffset(), `${ack} acknowledged, ${two.store.durableOffset()} durable`);
      ackedMax = Math.max(ackedMax, ack);
      return ackedMax === one.store.maxOffset() && world.now() > 400;
    }, 3000);
  });

  it('S1: gives up the private bytes of an epoch that was replaced at the same start', async () => {
    const { world, bench, nodes } = await group();
    const [one, two, three] = nodes;
    const end = one.store.maxOffset();
    await bench.master(two, 2);
    await bench.slave(three, 2, 2);
    await world.run(() => three.ha.epochs().length === 2, 2000);
    privateTail(world, two, ['x1', 'x2']);
    await bench.master(three, 3);
    assert.deepEqual(three.ha.epochs(), [
      { epoch: 1, startOffset: 0 },
      { epoch: 3, startOffset: end },
    ]);
    three.write('y1');
    world.heal();
    await bench.slave(two, 3, 3);
    await world.run(() => two.store.payloadAt(end) === 'y1', 3000);
    assert.deepEqual(two.ha.epochs(), three.ha.epochs());
  });

  it('B18, S2: keeps the boundary entry over a reconnection', async () => {
    const { world, bench, nodes } = await group();
    const [, two, three] = nodes;
    const end = two.store.maxOffset();
    await bench.master(two, 2);
    await bench.slave(three, 2, 2);
    await world.run(() => three.ha.epochs().length === 2, 2000);
    for (let count = 0; count < 3; count += 1) {
      world.cut('n3', 'n2', 'reset');
      world.heal();
      await world.run(() => three.ha.status().slave?.isTransferring === true, 3000);
    }
    assert.deepEqual(three.ha.epochs().at(-1), { epoch: 2, startOffset: end });
    two.write('z');
    await world.run(() => three.store.payloadAt(end) === 'z', 2000);
    assert.deepEqual(three.ha.epochs(), two.ha.epochs());
  });

  it('B22, B72: acknowledges nothing before its cut is durable', async () => {
    const { world, bench, nodes } = await group();
    const [one, two] = nodes;
    const end = one.store.maxOffset();
    privateTail(world, one, ['private 1', 'private 2']);
    await world.runFor(50);
    await bench.master(two, 2);
    world.heal();
    await bench.slave(one, 2, 2);
    await world.run(() => one.store.truncations.length > 0, 3000);
    assert.deepEqual(
      two.ha.status().master?.slaves.find((slave) => slave.brokerId === 1)?.ackOffset,
      undefined,
    );
    await world.run(() => one.ha.status().slave?.isTransferring === true, 3000);
    assert.equal(bench.logOf(1).durableOffset, end);
    assert.equal(one.ha.status().slave?.ackOffset, end);
  });

  it('B23, S5: without its epoch file is suspect, and fetches everything again', async () => {
    const { world, bench, nodes } = await group();
    const [one] = nodes;
    world.host('n3').kill();
    const host = world.host('n3').start();
    await world.settle(host.disk.remove('store/epochFileCheckpoint'));
    world.host('n3').kill();
    const three = await bench.start(3);
    assert.equal(three.ha.suspect(), true);
    await bench.slave(three, 1, 1);
    await world.run(() => three.store.truncations.length > 0, 3000);
    await world.run(() => three.ha.status().slave?.isTransferring === true, 3000);
    await world.run(() => three.store.maxOffset() === one.store.maxOffset(), 3000);
    assert.equal(three.store.truncations[0]?.to, 0);
    assert.deepEqual(three.ha.epochs(), one.ha.epochs());
  });

  it('B23: with a damaged epoch file is suspect, with a whole one not', async () => {
    const { world, bench } = stage();
    const host = world.host('n1').start();
    await world.settle(host.disk.makeDirectory('store'));
    const file = await world.settle(host.disk.open('store/epochFileCheckpoint', { create: true }));
    const text = Buffer.from(encodeEpochFile([{ epoch: 1, startOffset: 0 }]));
    await world.settle(file.write(0, text.subarray(0, text.length - 2)));
    world.host('n1').kill();
    assert.equal((await bench.start(1)).ha.suspect(), true);
    assert.equal((await bench.start(2)).ha.suspect(), false);
  });

  it('a log shorter than its recorded confirmOffset is suspect', async () => {
    const { bench } = stage();
    bench.logOf(1).recordedConfirmOffset = 5;
    assert.equal((await bench.start(1)).ha.suspect(), true);
  });

  it('S7: drops the epochs that its log has lost, for good', async () => {
    const { world, bench, nodes } = await group();
    const [, two, three] = nodes;
    await bench.master(two, 2);
    await bench.slave(three, 2, 2);
    two.write('of epoch 2');
    await world.run(() => three.ha.epochs().length === 2, 2000);
    world.host('n3').kill();
    const log = bench.logOf(3);
    log.bytes = log.bytes.subarray(0, 0);
    log.durableOffset = 0;
    const again = await bench.start(3);
    assert.deepEqual(again.ha.epochs(), [{ epoch: 1, startOffset: 0 }]);
    world.host('n3').kill();
    assert.deepEqual((await bench.start(3)).ha.epochs(), [{ epoch: 1, startOffset: 0 }]);
  });

  it('never cuts confirmed bytes: it stops instead', async () => {
    const { world, bench, nodes } = await group();
    const [one] = nodes;
    for (const name of ['n2', 'n3']) world.host(name).kill();
    bench.logs.delete(2);
    const runtime = world.host('n2').start();
    for (const name of ['epochFileCheckpoint', 'haEpoch'])
      await world.settle(runtime.disk.remove(`store/${name}`));
    world.host('n2').kill();
    // It was never in the set: no controller of ours would choose it.
    const stranger = await bench.start(2);
    await bench.master(stranger, 2);
    stranger.write('another history');
    world.host('n1').allowFatal();
    await bench.slave(one, 2, 2);
    await world.run(() => !world.host('n1').running, 3000);
    assert(world.trace.some((line) => line.event === 'truncate-below-confirm' && line.node === 'n1'));
    assert.deepEqual(one.store.truncations, []);
  });

  it('with fewer acks than members asked for, confirmed bytes may have to go: they do, and the trace says so', async () => {
    const { world, bench } = stage();
    const [one, two] = [await bench.start(1, { allAckInSyncStateSet: false }), await bench.start(2)];
    await bench.master(one, 1);
    one.write('confirmed by one ack');
    await world.run(() => one.store.confirmOffset() > 0, 1000);
    await bench.master(two, 2);
    two.write('the other history');
    await bench.slave(one, 2, 2);
    await world.run(() => one.store.payloadAt(0) === 'the other history', 3000);
    assert(world.trace.some((line) => line.event === 'truncate-below-confirm'));
  });

  it('shows the life it is registered in, and connects anew when that changes', async () => {
    const { world, bench } = stage();
    bench.adoptsAtOnce = false;
    const one = await bench.start(1);
    let incarnation = 'first';
    const two = await bench.start(2, {}, 2, () => incarnation);
    await bench.master(one, 1);
    await bench.slave(two, 1, 1);
    await world.run(() => one.proposals.length > 0, 2000);
    assert.equal(one.proposals[0]?.incarnations.get(2), 'first');
    one.proposals[0]?.answer({ kind: 'rejected', code: 2003 });
    incarnation = 'second';
    await world.run(() => one.proposals.length > 1, 3000);
    await world.runFor(300);
    one.proposals.at(-1)?.answer({ kind: 'rejected', code: 2003 });
    const count = one.proposals.length;
    await world.run(() => one.proposals.length > count, 3000);
    assert.equal(one.proposals.at(-1)?.incarnations.get(2), 'second');
  });

  it('S8: goes to no other master than the one of its epoch', async () => {
    const { world, bench, nodes } = await group();
    const [one, , three] = nodes;
    await bench.slave(three, 5, 1);
    await world.runFor(500);
    assert.equal(three.ha.status().slave?.isTransferring, false);
    assert(one.deposedBy.includes(5));
  });

  it('B71: after a stop it takes nothing of a master it has left behind', async () => {
    const { world, bench, nodes } = await group();
    const [one, two, three] = nodes;
    await bench.master(two, 2);
    await bench.slave(three, 2, 2);
    const before = three.store.maxOffset();
    one.write('deposed and does not know');
    await world.runFor(500);
    assert.equal(three.store.maxOffset(), before);
  });

  it('answers the read round of its master, and of nobody when it follows another', async () => {
    const { world, bench, nodes } = await group();
    const [one, two] = nodes;
    const answers = bench.readRound(one);
    await world.run(() => answers.length > 0, 1000);
    assert.deepEqual(answers, [true]);
    bench.adoptsAtOnce = false;
    await bench.master(two, 2);
    const late = bench.readRound(one, 500);
    await world.run(() => late.length > 0, 2000);
    assert.deepEqual(late, [false]);
  });

  it('B25: follows over more than a thousand epochs', async () => {
    const { world, bench } = stage();
    const one = await bench.start(1);
    for (let epoch = 1; epoch <= 1100; epoch += 1) {
      await bench.master(one, epoch);
      one.write(`of epoch ${epoch}`);
    }
    await world.runFor(50);
    const two = await bench.start(2);
    await bench.slave(two, 1100, 1);
    await world.run(() => two.store.maxOffset() === one.store.maxOffset(), 60_000);
    assert.deepEqual(two.ha.epochs(), one.ha.epochs());
  }).timeout(30_000);

  it('begins where the master’s log does when that has lost its beginning', async () => {
    const { world, bench } = stage();
    const log = bench.logOf(1);
    log.startOffset = 1000;
    log.durableOffset = 1000;
    const one = await bench.start(1);
    await bench.master(one, 1);
    one.write('first');
    const two = await bench.start(2);
    await bench.slave(two, 1, 1);
    await world.run(() => two.store.maxOffset() === one.store.maxOffset(), 3000);
    assert.equal(two.store.minOffset(), 1000);
  });

  it('takes nothing while its disk is full, and goes on when there is room', async () => {
    const { world, nodes } = await group();
    const [one, two] = nodes;
    two.store.stateKind = 'disk-full';
    const before = two.store.maxOffset();
    one.write('later');
    await world.runFor(300);
    assert.equal(two.store.maxOffset(), before);
    two.store.stateKind = 'ok';
    await world.run(() => two.store.maxOffset() === one.store.maxOffset(), 3000);
  });

  it('stops cleanly', async () => {
    const { world, nodes } = await group();
    for (const node of nodes) {
      await world.settle(node.ha.stop());
      assert.equal(node.ha.role(), 'none');
    }
    await world.runFor(3000);
  });
});
