import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { MessageStore } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft, readBodies } from './testing/store-life.ts';

async function withLog(
  use: (scene: { store: MessageStore; ends: number[]; host: StoreHost; world: SimWorld }) => Promise<void>,
): Promise<void> {
  const world = new SimWorld(1);
  const host = new StoreHost(world);
  const store = await host.open();
  const ends = bodies(40).map((body) => {
    const result = store.append([draft(body)]);
    return result.kind === 'appended' ? result.endOffset : -1;
  });
  await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
  await use({ store, ends, host, world });
}

function bodies(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index} `.padEnd(200, 'x'));
}

describe('a truncation', () => {
  it('takes the records away for good: no crash brings them back (B22)', () =>
    withLog(async ({ store, ends, host, world }) => {
      const end = ends[9] ?? 0;
      store.setConfirmOffset(ends[4] ?? 0);
      await host.settle(store.truncateTo(end));
      assert.deepEqual(
        [store.maxOffset(), store.durableOffset(), store.nextQueueOffset('T', 0)],
        [end, end, 10],
      );
      for (const path of world.host('n1').disk.filePaths('/disk/store/commitlog')) {
        const bytes = world.host('n1').disk.readFile(path);
        assert.ok(bytes.subarray(end).every((byte) => byte === 0));
      }
      const again = await host.open({ powerCut: true });
      assert.deepEqual([again.maxOffset(), again.nextQueueOffset('T', 0)], [end, 10]);
      assert.ok(again.recovered.recordedConfirmOffset <= end, 'what was taken away on purpose is not missed');
      again.setConfirmOffset(end);
      assert.deepEqual(await host.settle(readBodies(again)), bodies(10));
    }));

  it('is followed by other records at the same offsets', () =>
    withLog(async ({ store, ends, host, world }) => {
      await host.settle(store.truncateTo(ends[9] ?? 0));
      const result = store.append([draft('another')]);
      assert.equal(result.kind, 'appended');
      assert.deepEqual([result.physicalOffset, result.queueOffset], [ends[9], 10]);
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      store.setConfirmOffset(store.maxOffset());
      assert.deepEqual(await host.settle(readBodies(store)), [...bodies(10), 'another']);
      assert.deepEqual(
        await host.settle(readBodies(await host.open())),
        [...bodies(10), 'another'].slice(0, 0),
      );
    }));

  it('below the confirmOffset is refused, unless it is forced', () =>
    withLog(async ({ store, ends, host }) => {
      store.setConfirmOffset(ends[29] ?? 0);
      await assert.rejects(host.settle(store.truncateTo(ends[9] ?? 0)), /below confirmOffset/);
      assert.equal(store.state().kind, 'ok');
      await host.settle(store.truncateTo(ends[9] ?? 0, { force: true }));
      assert.deepEqual(
        [store.confirmOffset(), store.queueMaxOffset('T', 0), store.nextQueueOffset('T', 0)],
        [ends[9], 10, 10],
      );
      assert.deepEqual(await host.settle(readBodies(store)), bodies(10));
      const again = await host.open({ powerCut: true });
      assert.deepEqual(await host.settle(readBodies(again)), bodies(10));
    }));

  it('to nothing leaves an empty log', () =>
    withLog(async ({ store, host }) => {
      store.setConfirmOffset(store.maxOffset());
      await host.settle(store.truncateTo(0, { force: true }));
      assert.deepEqual([store.minOffset(), store.maxOffset(), store.queueMaxOffset('T', 0)], [0, 0, 0]);
      const again = await host.open();
      assert.deepEqual([again.maxOffset(), again.nextQueueOffset('T', 0)], [0, 0]);
      const result = again.append([draft('first')]);
      assert.equal(result.kind, 'appended');
      assert.deepEqual([result.physicalOffset, result.queueOffset], [0, 0]);
    }));

  for (const confirmed of [0, 7]) {
    it(`to the blank at the end of a file, ${confirmed} records confirmed, leaves the records before it`, async () => {
      const world = new SimWorld(2);
      const host = new StoreHost(world, { mappedFileSizeCommitLog: 1024 });
      const store = await host.open();
      const ends = Array.from({ length: 12 }, (_, index) => {
        const result = store.append([draft(`${index}`.padEnd(40, 'x'))]);
        return result.kind === 'appended' ? result.endOffset : -1;
      });
      const size = ends[0] ?? 0;
      const perFile = Math.floor((1024 - 8) / size);
      const blank = perFile * size;
      assert.ok(perFile >= 7 && (ends[perFile] ?? 0) > 1024, 'the second file is in use');
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      store.setConfirmOffset(size * confirmed);
      await host.settle(store.truncateTo(blank));
      assert.deepEqual([store.state().kind, store.maxOffset()], ['ok', blank]);
      const result = store.append([draft('another')]);
      assert.equal(result.kind, 'appended');
      assert.equal(result.queueOffset, perFile);
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      const again = await host.open();
      assert.equal(again.nextQueueOffset('T', 0), perFile + 1);
    });
  }

  it('to where no record begins is a broken invariant', () =>
    withLog(async ({ store, ends, host }) => {
      await assert.rejects(host.settle(store.truncateTo((ends[9] ?? 0) + 1)), /no record begins at/);
      assert.equal(store.state().kind, 'failed');
    }));

  it('refuses appends while it goes on', () =>
    withLog(async ({ store, ends, host }) => {
      const truncation = store.truncateTo(ends[9] ?? 0);
      assert.match(JSON.stringify(store.append([draft('x')])), /the store is truncating/);
      await assert.rejects(store.truncateTo(ends[8] ?? 0), /the store is truncating/);
      await host.settle(truncation);
      assert.equal(store.append([draft('x')]).kind, 'appended');
    }));

  it('to the end does nothing', () =>
    withLog(async ({ store, host }) => {
      const end = store.maxOffset();
      await host.settle(store.truncateTo(end));
      assert.equal(store.maxOffset(), end);
      assert.equal(store.append([draft('x')]).kind, 'appended');
    }));
});
