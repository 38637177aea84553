import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { MessageStore, StoreState } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft, readBodies } from './testing/store-life.ts';

async function scene(
  use: (scene: { store: MessageStore; host: StoreHost; world: SimWorld; states: string[] }) => Promise<void>,
  config = {},
): Promise<void> {
  const world = new SimWorld(1);
  const host = new StoreHost(world, config);
  const store = await host.open();
  const states: string[] = [];
  store.onState((state: StoreState) => states.push(state.kind));
  await use({ store, host, world, states });
}

function add(store: MessageStore, body = 'x'.repeat(200)): string {
  const result = store.append([draft(body)]);
  return result.kind === 'refused' ? result.reason : result.kind;
}

/** No room for the log; the queues and the checkpoint have theirs. */
function fill(world: SimWorld): void {
  world.host('n1').disk.fail({ operation: 'write', pathPart: 'commitlog', code: 'ENOSPC' });
}

describe('a full disk', () => {
  it('refuses appends, keeps what is stored readable, and takes bytes again when there is room', () =>
    scene(async ({ store, host, world, states }) => {
      add(store, 'one');
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      store.setConfirmOffset(store.maxOffset());
      fill(world);
      const before = store.durableOffset();
      while (store.maxOffset() < 6000) add(store);
      await world.run(() => store.state().kind === 'disk-full', 10_000);
      assert.equal(add(store), 'disk-full');
      await world.runFor(5000);
      assert.ok(store.durableOffset() < store.maxOffset() && store.durableOffset() >= before);
      assert.deepEqual(await host.settle(readBodies(store)), ['one']);
      world.host('n1').disk.clearFaults();
      await world.run(
        () => store.durableOffset() === store.maxOffset() && store.state().kind === 'ok',
        10_000,
      );
      assert.equal(add(store), 'appended');
      assert.deepEqual([states[0], states.at(-1)], ['disk-full', 'ok']);
      const again = await host.open();
      assert.ok(again.maxOffset() >= 6000);
    }));

  it('does not keep a node from stopping, nor from starting and reading', () =>
    scene(async ({ store, host, world }) => {
      add(store, 'one');
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      const durable = store.durableOffset();
      store.setConfirmOffset(durable);
      await world.runFor(1500);
      fill(world);
      while (store.maxOffset() < 6000) add(store);
      await world.run(() => store.state().kind === 'disk-full', 10_000);
      await host.settle(store.close());
      world.host('n1').disk.clearFaults();
      world.host('n1').disk.fill();
      const again = await host.open();
      assert.equal(again.recovered.clean, false);
      assert.ok(again.maxOffset() >= durable);
      assert.deepEqual(await host.settle(readBodies(again)), ['one']);
    }));

  it('does not keep a slave from cutting away what never reached the disk', () =>
    scene(async ({ store, host, world }) => {
      add(store, 'one');
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      const end = store.maxOffset();
      fill(world);
      while (store.maxOffset() < 6000) add(store);
      await world.run(() => store.state().kind === 'disk-full', 10_000);
      const middle = 4096;
      await assert.rejects(host.settle(store.truncateTo(middle)), { code: 'ENOSPC' });
      await host.settle(store.truncateTo(end));
      assert.deepEqual([store.maxOffset(), store.durableOffset()], [end, end]);
      world.host('n1').disk.clearFaults();
      await world.run(() => store.state().kind === 'ok' || add(store) === 'appended', 10_000);
    }));

  it('while queues are written refuses appends until they are', () =>
    scene(async ({ store, world, states }) => {
      add(store, 'one');
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      world
        .host('n1')
        .disk.fail({ operation: 'write', pathPart: 'consumequeue', code: 'ENOSPC', countMax: 2 });
      store.setConfirmOffset(store.maxOffset());
      await world.run(() => states.length === 1, 10_000);
      assert.equal(add(store), 'disk-full');
      await world.run(() => states.length === 2, 10_000);
      assert.equal(add(store), 'appended');
    }));
});

describe('a disk that fails', () => {
  for (const [operation, flushDiskType] of [
    ['write', 'SYNC_FLUSH'],
    ['sync', 'SYNC_FLUSH'],
    ['write', 'ASYNC_FLUSH'],
    ['sync', 'ASYNC_FLUSH'],
  ] as const) {
    it(`at a ${operation} under ${flushDiskType} never lets a later message become durable`, () =>
      scene(
        async ({ store, host, world, states }) => {
          add(store);
          await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
          await world.runFor(2000);
          world.host('n1').disk.fail({ operation, pathPart: 'commitlog', countMax: 1 });
          add(store);
          const durable = store.durableOffset();
          await world.run(() => store.state().kind === 'failed', 10_000);
          assert.equal(add(store), 'failed');
          const state = store.state();
          assert.ok(state.kind === 'failed');
          assert.match(
            state.error.message,
            new RegExp(`commitlog: a ${operation} failed .*nothing more is written`),
          );
          await world.runFor(5000);
          if (operation === 'write' || flushDiskType === 'SYNC_FLUSH')
            assert.equal(store.durableOffset(), durable);
          assert.deepEqual(states, ['failed']);
          store.setRole('slave', 2);
          assert.throws(
            () => store.appendRaw(store.maxOffset(), new Uint8Array(100)),
            /nothing more is written/,
          );
          await assert.rejects(store.truncateTo(0), /nothing more is written/);
          await host.settle(store.close());
          assert.ok(world.host('n1').disk.has('/disk/store/abort'), 'the stop was not clean');
        },
        { flushDiskType },
      ));
  }

  it('at a sync does not let the next life believe what only the kernel’s memory holds', () =>
    scene(async ({ store, host, world }) => {
      add(store);
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      world.host('n1').disk.fail({ operation: 'sync', pathPart: 'commitlog/', countMax: 1 });
      add(store);
      await world.run(() => store.state().kind === 'failed', 10_000);
      const again = await host.open();
      const durable = again.durableOffset();
      assert.equal(durable, store.maxOffset(), 'the bytes can be read');
      assert.equal((await host.open({ powerCut: true })).maxOffset(), durable);
    }));

  it('at a read answers with an error, and the store lives on', () =>
    scene(
      async ({ store, host, world }) => {
        for (let index = 0; index < 100; index += 1) add(store);
        await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
        store.setConfirmOffset(store.maxOffset());
        world.host('n1').disk.fail({ operation: 'read', countMax: 2 });
        const read = async () => store.readRaw(0, 100, store.maxOffset());
        await assert.rejects(host.settle(read()), { code: 'EIO' });
        await assert.rejects(host.settle(store.messageAt(0)), { code: 'EIO' });
        assert.ok((await host.settle(read())).length > 0);
        assert.equal(add(store), 'appended');
      },
      { memoryTailBytes: 4096 },
    ));

  it('while the checkpoint is written stops the store', () =>
    scene(async ({ store, world }) => {
      world.host('n1').disk.fail({ operation: 'sync', pathPart: 'checkpoint' });
      add(store);
      await world.run(() => store.state().kind === 'failed', 10_000);
    }));

  it('shows a queue entry that leads to no record as damage', () =>
    scene(
      async ({ store, host, world }) => {
        for (let index = 0; index < 100; index += 1) add(store);
        await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
        store.setConfirmOffset(store.maxOffset());
        const path = '/disk/store/commitlog/00000000000000000000';
        world.host('n1').disk.writeFile(path, new Uint8Array(4096));
        const query = { topic: 'T', queueId: 0, queueOffset: 0, countMax: 1, bytesMax: 1000 };
        await assert.rejects(host.settle(store.getMessages(query)), { name: 'StoreError', kind: 'damaged' });
        await assert.rejects(host.settle(Promise.resolve(store.readRaw(0, 10, 500))), { kind: 'damaged' });
        assert.equal(await host.settle(store.messageAt(0)), undefined);
      },
      { memoryTailBytes: 4096 },
    ));
});
