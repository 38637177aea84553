/** Each guard of this folder that `--bug` removes: what it prevents, and that it happens without it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { startEpoch } from './epoch-list.ts';
import { encodeTransfer } from './ha-packet.ts';
import { planHandshake } from './handshake-plan.ts';
import { bytesEnoughForMaster, masterPacketLength, PacketAssembler } from './packet-assembler.ts';
import { type BenchNode, HaBench, type ScriptedSlave } from './testing/ha-bench.ts';

interface Scene {
  readonly world: SimWorld;
  readonly bench: HaBench;
  readonly master: BenchNode;
  slave(brokerId: number): Promise<ScriptedSlave>;
}

/** A master of epoch 3 with the given set, whose slaves are scripted. */
async function scene(
  bugs: readonly SeededBug[],
  options: { members?: number[]; minInSyncReplicas?: number; log?: string[] } = {},
): Promise<Scene> {
  const world = new SimWorld(5, { seededBugs: bugs });
  const bench = new HaBench(world);
  bench.adoptsAtOnce = false;
  const master = await bench.start(1, { minInSyncReplicas: options.minInSyncReplicas ?? 1 });
  if (options.log !== undefined) await bench.master(master, 2);
  for (const payload of options.log ?? []) master.write(payload);
  await bench.master(master, 3, options.members ?? [1]);
  const others = world.host('w1').start();
  const slave = async (brokerId: number): Promise<ScriptedSlave> => {
    const scripted = await bench.dial(others, 1);
    scripted.handshake(brokerId, 3);
    await world.run(() => scripted.received.length > 0, 1000);
    return scripted;
  };
  return { world, bench, master, slave };
}

/** What the last confirmOffset that was told stood on. */
function lastCopies(world: SimWorld): unknown {
  const event = world.trace.filter((one) => one.event === 'confirm').at(-1);
  return [event?.fields['set'], event?.fields['holders'], event?.fields['wanted']];
}

/** The same scene with the guard and without it. */
function compare<T>(
  bug: SeededBug,
  play: (bugs: readonly SeededBug[]) => Promise<T>,
  guarded: T,
  unguarded: T,
): () => Promise<void> {
  return async () => {
    assert.deepEqual(await play([]), guarded);
    assert.deepEqual(await play([bug]), unguarded);
  };
}

describe('a seeded bug of acknowledgements', () => {
  it(
    'S01 ignore-pending-expansion: a write is answered while a replica that may have entered lacks it',
    compare(
      'ignore-pending-expansion',
      async (bugs) => {
        const { world, bench, master, slave } = await scene(bugs, { log: ['old'] });
        const two = await slave(2);
        two.ack(0);
        await world.run(() => two.endOffset() === master.store.maxOffset(), 1000);
        two.ack(two.endOffset());
        await world.run(() => master.proposals.length > 0, 1000);
        const outcomes = bench.wait(master, master.write('b'), 5000);
        await world.runFor(100);
        return outcomes;
      },
      [],
      ['ok'],
    ),
  );

  it(
    'S02 shrink-before-commit: a lost member is forgotten before the controller has agreed',
    compare(
      'shrink-before-commit',
      async (bugs) => {
        const { world, bench, master } = await scene(bugs, { members: [1, 2] });
        const outcomes = bench.wait(master, master.write('a'), 5000);
        await world.run(() => master.proposals.length > 0, 3000);
        await world.runFor(100);
        return [outcomes.length, lastCopies(world)];
      },
      [0, [undefined, undefined, undefined]],
      [1, [[1, 2], [1], 1]],
    ),
  );

  it(
    'S03 min-in-sync-at-admission-only: a write that was let in with two replicas is answered with one',
    compare(
      'min-in-sync-at-admission-only',
      async (bugs) => {
        const { world, bench, master } = await scene(bugs, { members: [1, 2], minInSyncReplicas: 2 });
        const outcomes = bench.wait(master, master.write('a'), 500);
        master.ha.applySyncStateSet(3, new Set([1]), 301);
        await world.run(() => outcomes.length > 0, 2000);
        return [outcomes, master.ha.admission().ok, lastCopies(world)];
      },
      [['not-enough-replicas'], false, [undefined, undefined, undefined]],
      [['ok'], false, [[1], [1], 2]],
    ),
  );

  it(
    'S03: and the set may shrink below the minimum',
    compare(
      'min-in-sync-at-admission-only',
      async (bugs) => {
        const { world, master } = await scene(bugs, { members: [1, 2], minInSyncReplicas: 2 });
        await world.runFor(3000);
        return master.proposals.map(({ next }) => next)[0];
      },
      undefined,
      [1],
    ),
  );

  it(
    'S04 count-acks-per-link: a replica that comes back is two copies',
    compare(
      'count-acks-per-link',
      async (bugs) => {
        const { world, bench, master, slave } = await scene(bugs, { members: [1, 2, 3] });
        const [two, three] = [await slave(2), await slave(3)];
        two.ack(0);
        three.ack(0);
        const end = master.write('a');
        const outcomes = bench.wait(master, end);
        await world.run(() => two.endOffset() === end, 1000);
        two.ack(end);
        await world.runFor(10);
        assert.deepEqual(outcomes, []);
        (await slave(2)).ack(end);
        await world.runFor(50);
        return [outcomes.length, lastCopies(world)];
      },
      [0, [undefined, undefined, undefined]],
      [1, [[1, 2, 3], [1, 2], 1]],
    ),
  );

  it(
    'S05 skip-disconnected-member: a member that left no longer holds confirmOffset back',
    compare(
      'skip-disconnected-member',
      async (bugs) => {
        const { world, bench, master, slave } = await scene(bugs, { members: [1, 2, 3] });
        const [two, three] = [await slave(2), await slave(3)];
        two.ack(0);
        three.ack(0);
        await world.runFor(20);
        three.destroy();
        const end = master.write('a');
        const outcomes = bench.wait(master, end);
        await world.run(() => two.endOffset() === end, 1000);
        two.ack(end);
        await world.runFor(100);
        return [outcomes, master.store.confirmOffset() === end, lastCopies(world)];
      },
      [[], false, [undefined, undefined, undefined]],
      [['ok'], true, [[1, 2, 3], [1, 2], 1]],
    ),
  );
});

describe('a seeded bug of the SyncStateSet', () => {
  it(
    'S06 shrink-from-stale-copy: the second of two losses is proposed on a set that is over, for ever',
    compare(
      'shrink-from-stale-copy',
      async (bugs) => {
        const { world, master } = await scene(bugs, { members: [1, 2, 3] });
        const proposed = (): unknown[] => master.proposals.map(({ next, base }) => [next, base]);
        await world.run(() => master.proposals.length > 0, 3000);
        master.proposals[0]?.adopt();
        await world.runFor(1000);
        master.proposals[1]?.answer({ kind: 'rejected', code: 2001 });
        await world.runFor(1000);
        return proposed();
      },
      [[[1], 300]],
      [
        [[1, 3], 300],
        [[1], 300],
        [[1], 300],
      ],
    ),
  );

  it(
    'S07 shrink-task-dies: a member that stands still is never proposed to leave',
    compare(
      'shrink-task-dies',
      async (bugs) => {
        const { world, bench, master, slave } = await scene(bugs, { members: [1, 2] });
        (await slave(2)).ack(0);
        const outcomes = bench.wait(master, master.write('a'), 6000);
        await world.runFor(5000);
        master.proposals[0]?.adopt();
        await world.runFor(2000);
        return outcomes;
      },
      ['ok'],
      ['timeout'],
    ),
  );
});

describe('a seeded bug of epochs', () => {
  const entry = (epoch: number, startOffset: number) => ({ epoch, startOffset });

  it('S08 refuse-equal-epoch-start: the epoch that begins where an empty one did is not recorded', () => {
    const list = [entry(1, 0), entry(2, 10)];
    assert.deepEqual(startEpoch(list, entry(3, 10), new Set()), [entry(1, 0), entry(3, 10)]);
    assert.deepEqual(startEpoch(list, entry(3, 10), new Set(['refuse-equal-epoch-start'])), list);
  });

  it(
    'S08: and two masters write under one label, so that a deposed one keeps its tail',
    compare(
      'refuse-equal-epoch-start',
      async (bugs) => {
        const { world, nodes, bench } = await group(bugs);
        const [one, two, three] = nodes;
        const end = one.store.maxOffset();
        await bench.master(two, 2);
        await bench.slave(one, 2, 2);
        await bench.slave(three, 2, 2);
        await world.run(() => two.ha.status().master?.inSync === 3, 5000);
        await world.run(() => three.ha.epochs().length === 2, 5000);
        isolate(world, two);
        two.write('private of two');
        await bench.master(three, 3);
        three.write('written by 3!!');
        await world.runFor(100);
        world.heal();
        await bench.slave(two, 3, 3);
        await world.runFor(2000);
        return [two.store.payloadAt(end), three.store.payloadAt(end)];
      },
      ['written by 3!!', 'written by 3!!'],
      ['private of two', 'written by 3!!'],
    ),
  );

  it(
    'S09 keep-old-epoch-label: the slaves of a master that follows itself never hear of its epoch',
    compare(
      'keep-old-epoch-label',
      async (bugs) => {
        const { world, nodes, bench } = await group(bugs);
        const [one, two] = nodes;
        await bench.master(one, 2);
        await bench.slave(two, 2, 1);
        await world.run(() => one.ha.status().master?.inSync === 2, 5000);
        const outcomes = bench.wait(one, one.write('of epoch 2'));
        await world.run(() => outcomes.length > 0, 5000);
        return [outcomes, two.ha.epochs().map(({ epoch }) => epoch)];
      },
      [['ok'], [1, 2]],
      [['ok'], [1]],
    ),
  );

  it('S10 truncate-to-confirm: what is acknowledged and shared is cut, because confirmOffset lags', () => {
    const master = { masterEpoch: 4, epochs: [entry(1, 0), entry(2, 10), entry(4, 30)], maxOffset: 40 };
    const replica = {
      epochs: [entry(1, 0), entry(2, 10)],
      maxOffset: 25,
      confirmOffset: 20,
      followedEpoch: 4,
    };
    const plan = planHandshake(master, replica, new Set());
    assert.equal(plan.kind === 'truncate' && plan.offset, 25);
    const cut = planHandshake(master, replica, new Set(['truncate-to-confirm']));
    assert.deepEqual(cut, {
      kind: 'truncate',
      offset: 20,
      epochs: [entry(1, 0), entry(2, 10)],
      resync: false,
    });
  });

  it('B26 frame-by-short-header: a frame whose last bytes are still on their way is read without them', () => {
    const header = { offset: 0, epoch: 1, epochStartOffset: 0, confirmOffset: 0 };
    const frame = encodeTransfer(header, new Uint8Array(100).fill(7));
    const lengths = (assembler: PacketAssembler): number[] => {
      const found: number[] = [];
      assembler.push(frame.subarray(0, 20), (packet) => found.push(packet.length));
      assembler.push(frame.subarray(20, 128), (packet) => found.push(packet.length));
      return found;
    };
    assert.deepEqual(lengths(new PacketAssembler(masterPacketLength)), []);
    assert.deepEqual(lengths(new PacketAssembler(masterPacketLength, bytesEnoughForMaster)), [128]);
  });

  it(
    'B26: and the link ends',
    compare(
      'frame-by-short-header',
      async (bugs) => {
        const { world, nodes } = await group(bugs);
        // The simulated network cuts streams anywhere.
        for (let count = 0; count < 200; count += 1) {
          nodes[0].write(`message ${count}`);
          await world.runFor(5);
        }
        return world.trace.some(({ fields }) => fields['unreadable'] !== undefined);
      },
      false,
      true,
    ),
  );

  it(
    'B23 trust-damaged-disk: who lacks what was confirmed lets itself be elected',
    compare(
      'trust-damaged-disk',
      async (bugs) => {
        const bench = new HaBench(new SimWorld(1, { seededBugs: bugs }));
        bench.logOf(1).recordedConfirmOffset = 5;
        return (await bench.start(1)).ha.suspect();
      },
      true,
      false,
    ),
  );
});

/** A master of epoch 1 on n1 with two slaves, all three in the set, and some records that all have. */
async function group(bugs: readonly SeededBug[]): Promise<{
  world: SimWorld;
  bench: HaBench;
  nodes: readonly [BenchNode, BenchNode, BenchNode];
}> {
  const world = new SimWorld(3, { seededBugs: bugs });
  const bench = new HaBench(world);
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

function isolate(world: SimWorld, node: BenchNode): void {
  for (const other of ['n1', 'n2', 'n3']) {
    if (other === node.runtime.nodeId) continue;
    world.cut(node.runtime.nodeId, other, 'reset');
    world.cut(other, node.runtime.nodeId, 'reset');
  }
}
