/** Each guard of this folder that `--bug` removes: what it prevents, and that it happens without it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import type { MessageStore } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft } from './testing/store-life.ts';

/** Five records, durable, of which two are confirmed; the checkpoint says so. */
async function fiveRecords(
  bugs: readonly SeededBug[],
): Promise<{ host: StoreHost; store: MessageStore; ends: number[] }> {
  const world = new SimWorld(1, { seededBugs: bugs });
  const host = new StoreHost(world);
  const store = await host.open();
  const ends = Array.from({ length: 5 }, (_, index) => {
    const result = store.append([draft(`message ${index}`)]);
    return result.kind === 'appended' ? result.endOffset : -1;
  });
  await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
  store.setConfirmOffset(ends[1] ?? 0);
  await world.runFor(3000);
  return { host, store, ends };
}

describe('a seeded bug of the store', () => {
  it('S11 truncate-in-memory-only: what was cut is back after a crash', async () => {
    const played = async (bugs: readonly SeededBug[]) => {
      const { host, store, ends } = await fiveRecords(bugs);
      await host.settle(store.truncateTo(ends[2] ?? 0));
      assert.equal(store.maxOffset(), ends[2]);
      const again = await host.open({ powerCut: true });
      return ends.indexOf(again.maxOffset());
    };
    assert.equal(await played([]), 2);
    assert.equal(await played(['truncate-in-memory-only']), 4);
  });

  it('S11: or what was appended since stands before it, as if it belonged there', async () => {
    const { host, store, ends } = await fiveRecords(['truncate-in-memory-only']);
    await host.settle(store.truncateTo(ends[2] ?? 0));
    assert.equal(store.append([draft('message x')]).kind, 'appended');
    await host.settle(store.close());
    assert.equal((await host.open()).maxOffset(), ends[4]);
  });

  it('S12 promote-again-in-place: queue offsets are given twice', async () => {
    const next = async (bugs: readonly SeededBug[]) => {
      const { store } = await fiveRecords(bugs);
      store.setRole('master', 2);
      const result = store.append([draft('next')]);
      return result.kind === 'appended' ? result.queueOffset : -1;
    };
    assert.equal(await next([]), 5);
    assert.equal(await next(['promote-again-in-place']), 2);
  });

  it('S14 dispatch-beyond-confirm: after a crash the tail is readable', async () => {
    const confirmed = async (bugs: readonly SeededBug[]) => {
      const { host, ends } = await fiveRecords(bugs);
      const again = await host.open({ powerCut: true });
      return [ends.indexOf(again.confirmOffset()), again.queueMaxOffset('T', 0)];
    };
    assert.deepEqual(await confirmed([]), [1, 2]);
    assert.deepEqual(await confirmed(['dispatch-beyond-confirm']), [4, 5]);
  });

  it('B77 ack-before-fsync: what was called durable is gone after a power cut', async () => {
    const lost = async (bugs: readonly SeededBug[]) => {
      const world = new SimWorld(1, { seededBugs: bugs });
      const host = new StoreHost(world);
      const store = await host.open();
      // Past the sync that comes by itself now and then.
      await world.runFor(600);
      store.append([draft('message')]);
      await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
      world.host('n1').kill({ powerCut: true, unsynced: 'lost' });
      return (await host.open()).maxOffset() < store.maxOffset();
    };
    assert.equal(await lost([]), false);
    assert.equal(await lost(['ack-before-fsync']), true);
  });

  it('B06 skip-tail-offsets: after a crash the tail has no queue offsets', async () => {
    const next = async (bugs: readonly SeededBug[]) => {
      const { host } = await fiveRecords(bugs);
      return (await host.open({ powerCut: true })).nextQueueOffset('T', 0);
    };
    assert.equal(await next([]), 5);
    assert.equal(await next(['skip-tail-offsets']), 2);
  });
});
