import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { MessageStore } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft, readBodies } from './testing/store-life.ts';

const LOG = '/disk/store/commitlog/00000000000000000000';
const SUMS = '/disk/store/commitlog.sums';
const QUEUES = '/disk/store/consumequeue';

interface Scene {
  readonly world: SimWorld;
  readonly host: StoreHost;
  readonly store: MessageStore;
  append(body: string, queueId?: number): number;
  durable(): Promise<void>;
}

async function scene(config = {}): Promise<Scene> {
  const world = new SimWorld(1);
  const host = new StoreHost(world, config);
  const store = await host.open();
  return {
    world,
    host,
    store,
    append(body, queueId = 0) {
      const result = store.append([draft(body, { queueId })]);
      assert.equal(result.kind, 'appended');
      return result.endOffset;
    },
    durable: () => world.run(() => store.durableOffset() === store.maxOffset(), 10_000),
  };
}

function messages(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index} `.padEnd(200, 'x'));
}

describe('a store that was closed', () => {
  it('comes back with everything, and says that the stop was clean', async () => {
    const { store, host, append } = await scene();
    for (const body of messages(40)) append(body);
    store.setConfirmOffset(append('last'));
    append('not confirmed');
    await host.settle(store.close());
    await host.settle(store.close());
    const again = await host.open();
    assert.deepEqual(again.recovered, {
      clean: true,
      truncatedBytes: 0,
      recordedConfirmOffset: store.maxOffset(),
      maxOffset: store.maxOffset(),
    });
    assert.equal(again.confirmOffset(), store.confirmOffset());
    assert.deepEqual(await host.settle(readBodies(again)), [...messages(40), 'last']);
    assert.equal(again.nextQueueOffset('T', 0), 42, 'the tail above the confirmOffset counts (B06)');
  });

  it('writes what waited when it closes, and its abort marker goes', async () => {
    const { store, host, world, append } = await scene({ flushDiskType: 'ASYNC_FLUSH' });
    append('one');
    const { disk } = world.host('n1');
    assert.ok(disk.has('/disk/store/abort'));
    await host.settle(store.close());
    assert.ok(!disk.has('/disk/store/abort'));
    const again = await host.open({ powerCut: true });
    assert.equal(again.maxOffset(), store.maxOffset());
    assert.equal(again.recovered.clean, true);
  });

  it('has its folder to itself', async () => {
    const { world, host, store } = await scene();
    const { runtime } = world.host('n1');
    assert.ok(runtime !== undefined);
    const { MessageStore } = await import('./message-store.ts');
    const { smallConfig } = await import('./testing/store-life.ts');
    await assert.rejects(world.settle(MessageStore.open(runtime, smallConfig)), { code: 'EBUSY' });
    await host.settle(store.close());
    await world.settle(MessageStore.open(runtime, smallConfig));
  });
});

describe('a store that was killed', () => {
  it('dispatches up to the recorded confirmOffset and never beyond (B05)', async () => {
    const { store, host, world, append, durable } = await scene();
    const confirmed = append('confirmed');
    append('not confirmed');
    await durable();
    store.setConfirmOffset(confirmed);
    await world.runFor(1500);
    const again = await host.open();
    assert.equal(again.recovered.clean, false);
    assert.equal(again.confirmOffset(), confirmed);
    assert.deepEqual(await host.settle(readBodies(again)), ['confirmed']);
    assert.equal(again.nextQueueOffset('T', 0), 2);
    again.setConfirmOffset(again.maxOffset());
    assert.deepEqual(await host.settle(readBodies(again)), ['confirmed', 'not confirmed']);
  });

  it('ends at the first record that is not whole, and what lies behind is gone for good', async () => {
    const { host, world, append, durable } = await scene();
    append('a');
    const torn = append('b');
    const behind = append('c');
    await durable();
    host.kill();
    const { disk } = world.host('n1');
    disk.flipBits(LOG, torn + 88);
    const again = await host.open();
    assert.equal(again.maxOffset(), torn);
    // The last record ends in zeros.
    assert.equal(again.recovered.truncatedBytes, behind - torn - 2);
    assert.ok(
      disk
        .readFile(LOG)
        .subarray(torn)
        .every((byte) => byte === 0),
    );
    assert.equal((await host.open({ powerCut: true })).maxOffset(), torn);
  });

  it('is not believed when its log ends below what it once held, until it holds it again', async () => {
    const { store, host, world, append, durable } = await scene();
    append('a');
    append('b');
    const end = append('c');
    await durable();
    store.setConfirmOffset(end);
    await world.runFor(1500);
    host.kill();
    world.host('n1').disk.flipBits(LOG, end - 1);
    // Of the part that has one checksum nothing is believed.
    const kept = 0;
    const damaged = await host.open();
    assert.deepEqual([damaged.maxOffset(), damaged.recovered.recordedConfirmOffset], [kept, end]);
    assert.equal(damaged.confirmOffset(), kept);
    const still = await host.open();
    assert.deepEqual(
      [still.maxOffset(), still.recovered.recordedConfirmOffset],
      [kept, end],
      'a restart does not help',
    );
    for (const body of ['d', 'e', 'f']) still.append([draft(body)]);
    await world.run(() => still.durableOffset() === end, 10_000);
    await world.runFor(1500);
    const whole = await host.open();
    assert.deepEqual([whole.maxOffset(), whole.recovered.recordedConfirmOffset], [end, end]);
    assert.ok(world.log.some((line) => line.line.includes('but once held everything up to')));
  });

  it('finds damage in the newest records even after a clean stop', async () => {
    const { store, host, world, append } = await scene();
    for (const body of messages(10)) append(body);
    await host.settle(store.close());
    world.host('n1').disk.flipBits(LOG, 300);
    const again = await host.open();
    assert.equal(again.maxOffset(), 292);
    assert.ok(again.recovered.recordedConfirmOffset > 292);
  });

  it('with a file cut short ends where the file ends', async () => {
    const { host, world, append, durable } = await scene();
    for (const body of messages(10)) append(body);
    await durable();
    await world.runFor(1500);
    host.kill();
    world.host('n1').disk.truncateFile(LOG, 1000);
    const again = await host.open();
    assert.equal(again.maxOffset(), 3 * 292);
    assert.equal(world.host('n1').disk.readFile(LOG).length, 4096);
  });

  it('is marked as running, whatever becomes of the machine', async () => {
    const { host, world } = await scene();
    host.kill({ powerCut: true });
    assert.ok(world.host('n1').disk.has('/disk/store/abort'));
    assert.equal((await host.open()).recovered.clean, false);
  });

  it('looks at all of its log when not even the place is whole where it would begin', async () => {
    const { store, host, world, append, durable } = await scene({ mappedFileSizeCommitLog: 65536 });
    for (let round = 0; round < 10; round += 1) {
      for (const body of messages(20)) append(body);
      await durable();
      store.setConfirmOffset(store.maxOffset());
      await world.runFor(1500);
    }
    host.kill();
    world.host('n1').disk.remove(SUMS);
    world.host('n1').disk.truncateFile(LOG, 1000);
    const again = await host.open();
    assert.equal(again.maxOffset(), 3 * 292);
    assert.deepEqual(await host.settle(readBodies(again)), messages(3));
    assert.ok(again.recovered.recordedConfirmOffset > 50_000);
  });

  it('takes a record for damage whose queue offset cannot be', async () => {
    const { host, world, append, durable } = await scene();
    const whole = append('a');
    append('b');
    await durable();
    host.kill();
    // The highest but one byte of the second record's queue offset.
    world.host('n1').disk.flipBits(LOG, whole + 22);
    assert.equal((await host.open()).maxOffset(), whole);
  });

  it('finds its end behind records longer than what recovery reads at once', async () => {
    const { host, append, durable } = await scene({
      mappedFileSizeCommitLog: 32 * 1024 * 1024,
      maxMessageSize: 8 * 1024 * 1024,
    });
    append('a'.repeat(3 * 1024 * 1024));
    append('b'.repeat(5 * 1024 * 1024));
    const end = append('c');
    await durable();
    const again = await host.open();
    assert.equal(again.maxOffset(), end);
    again.setConfirmOffset(end);
    const bytes = await host.settle(Promise.resolve(again.readRaw(3 * 1024 * 1024 + 92, 10, end)));
    assert.equal(bytes.length, 5 * 1024 * 1024 + 92);
    assert.deepEqual(
      (await host.settle(readBodies(again))).map((body) => body.length),
      [3 * 1024 * 1024, 5 * 1024 * 1024, 1],
    );
  });

  it('without checksums does not read its whole log again', async () => {
    const { store, host, world, append, durable } = await scene({ mappedFileSizeCommitLog: 65536 });
    for (let round = 0; round < 50; round += 1) {
      for (const body of messages(20)) append(body);
      await durable();
      store.setConfirmOffset(store.maxOffset());
    }
    await world.runFor(1500);
    host.kill();
    world.host('n1').disk.remove(SUMS);
    // Damage far from the end stays unseen: nobody looked there.
    world.host('n1').disk.flipBits(LOG, 300);
    assert.equal((await host.open()).maxOffset(), store.maxOffset());
  });
});

describe('the queues', () => {
  async function closedWith40(): Promise<Scene> {
    const all = await scene();
    for (const body of messages(40)) all.append(body);
    all.store.setConfirmOffset(all.store.maxOffset());
    await all.host.settle(all.store.close());
    return all;
  }

  it('are made again from the log when a file of theirs is gone', async () => {
    for (const path of [QUEUES, `${QUEUES}/T/0/00000000000000000000`, `${QUEUES}/T/0/00000000000000000600`]) {
      const { host, world } = await closedWith40();
      world.host('n1').disk.remove(path);
      assert.deepEqual(await host.settle(readBodies(await host.open())), messages(40), path);
    }
  });

  it('are made again from the log when a file of theirs is cut short', async () => {
    const { host, world } = await closedWith40();
    world.host('n1').disk.truncateFile(`${QUEUES}/T/0/00000000000000000600`, 20);
    assert.deepEqual(await host.settle(readBodies(await host.open())), messages(40));
  });

  it('lose what a crash left in them beyond the confirmed messages', async () => {
    const { store, host, world, append, durable } = await scene();
    const ends = messages(30).map((body) => append(body));
    await durable();
    store.setConfirmOffset(ends[14] ?? 0);
    await world.runFor(1500);
    host.kill();
    const { disk } = world.host('n1');
    // An entry that was never dispatched, as unsynced pages may leave it.
    const stale = disk.readFile(`${QUEUES}/T/0/00000000000000000200`);
    Buffer.from(stale.buffer).copyWithin(160, 0, 20);
    disk.writeFile(`${QUEUES}/T/0/00000000000000000200`, stale);
    const again = await host.open();
    assert.equal(again.queueMaxOffset('T', 0), 15);
    await host.settle(again.close());
    const bytes = disk.readFile(`${QUEUES}/T/0/00000000000000000200`);
    assert.ok(bytes.subarray(100).every((byte) => byte === 0));
  });

  it('of many topics and ids come back each with its own', async () => {
    const { store, host, append } = await scene();
    for (let index = 0; index < 30; index += 1) append(`${index}`, index % 3);
    store.append([draft('other', { topic: 'long '.repeat(30) })]);
    store.setConfirmOffset(store.maxOffset());
    await host.settle(store.close());
    const again = await host.open();
    assert.deepEqual(await host.settle(readBodies(again, 'T', 1)), [
      '1',
      '4',
      '7',
      '10',
      '13',
      '16',
      '19',
      '22',
      '25',
      '28',
    ]);
    assert.deepEqual(await host.settle(readBodies(again, 'long '.repeat(30))), ['other']);
  });
});

describe('a folder that does not fit the settings', () => {
  it('is refused with the key named', async () => {
    const { store, host, append } = await scene();
    for (const body of messages(40)) append(body);
    await host.settle(store.close());
    const open = (config: object) => host.open({ config });
    await assert.rejects(
      open({ mappedFileSizeCommitLog: 8192 }),
      /mappedFileSizeCommitLog: the files in .* have 4096 bytes, the setting says 8192/,
    );
    await assert.rejects(open({ mappedFileSizeConsumeQueue: 400 }), /mappedFileSizeConsumeQueue/);
    await assert.rejects(open({ mappedFileSizeConsumeQueue: 30 }), /wanted a multiple of 20 bytes, got 30/);
    await assert.rejects(open({ mappedFileSizeCommitLog: 100 }), /wanted 1024 to 2147483647 bytes, got 100/);
    await assert.rejects(open({ messageDelayLevel: 'soon' }), /wanted times like "1s 5m 2h", got "soon"/);
    assert.equal((await host.open()).maxOffset(), store.maxOffset());
  });

  it('is refused when a file in the middle of the log is gone', async () => {
    const { store, host, world, append } = await scene();
    for (const body of messages(60)) append(body);
    await host.settle(store.close());
    world.host('n1').disk.remove('/disk/store/commitlog/00000000000000004096');
    await assert.rejects(host.open(), /00000000000000008192 does not follow the file before it/);
  });
});
