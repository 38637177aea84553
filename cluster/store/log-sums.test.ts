import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { SUM_BLOCK_BYTES } from './log-sums.ts';
import { MessageStore } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft, smallConfig } from './testing/store-life.ts';

const FILE_BYTES = 48 * 1024;
const SUMS = '/disk/store/commitlog.sums';

class Scene {
  readonly world: SimWorld;
  readonly host: StoreHost;
  store: MessageStore;
  /** Where records end, in order. */
  #ends: number[] = [0];

  private constructor(world: SimWorld, host: StoreHost, store: MessageStore) {
    this.world = world;
    this.host = host;
    this.store = store;
  }

  static async open(seed = 1): Promise<Scene> {
    const world = new SimWorld(seed);
    const host = new StoreHost(world, { mappedFileSizeCommitLog: FILE_BYTES });
    return new Scene(world, host, await host.open());
  }

  get disk() {
    return this.world.host('n1').disk;
  }

  /** Appends until the log is so long, and confirms it. */
  async grow(end: number, fill = 'x'): Promise<void> {
    const { store } = this;
    while (store.maxOffset() < end) {
      const properties = `KEYS\u0001${store.maxOffset()}\u0002`;
      const result = store.append([draft(fill.repeat(900 / fill.length), { properties })]);
      assert.equal(result.kind, 'appended');
      this.#ends.push(result.endOffset);
    }
    await this.world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
    store.setConfirmOffset(store.maxOffset());
  }

  /** To where a record begins, at `offset` or below. */
  async cut(offset: number): Promise<void> {
    this.#ends = this.#ends.filter((end) => end <= offset);
    await this.host.settle(this.store.truncateTo(this.#ends.at(-1) ?? 0, { force: true }));
  }

  flip(offset: number): void {
    const start = offset - (offset % FILE_BYTES);
    this.disk.flipBits(`/disk/store/commitlog/${String(start).padStart(20, '0')}`, offset - start);
  }

  async again(options: { readonly powerCut?: boolean } = {}): Promise<MessageStore> {
    this.store = await this.host.open(options);
    return this.store;
  }
}

describe('the checksums of the log', () => {
  it('find a bit that turned over anywhere: in bodies, names, properties, times and blank ends of files', async () => {
    const scene = await Scene.open();
    await scene.grow(5 * SUM_BLOCK_BYTES);
    await scene.world.runFor(1500);
    const { store, world } = scene;
    const confirmed = store.confirmOffset();
    const { random } = world;
    for (let round = 0, end = confirmed; round < 12; round += 1) {
      const at = random.below(end);
      scene.host.kill();
      scene.flip(at);
      const found = await scene.again();
      assert.ok(found.maxOffset() <= at, `byte ${at}: the log ends at ${found.maxOffset()}`);
      assert.ok(found.maxOffset() > at - 2 * SUM_BLOCK_BYTES, `byte ${at}: only its block goes`);
      assert.ok(found.recovered.recordedConfirmOffset >= confirmed, 'it is not believed');
      await scene.grow(confirmed);
      await world.runFor(1500);
      end = found.maxOffset();
    }
  });

  it('tell what the log once held, before any checkpoint does', async () => {
    const scene = await Scene.open();
    await scene.grow(SUM_BLOCK_BYTES / 2);
    const confirmed = scene.store.confirmOffset();
    await scene.world.runFor(200);
    scene.host.kill();
    scene.flip(confirmed / 2);
    const { recovered } = await scene.again();
    assert.equal(recovered.maxOffset, 0);
    assert.ok(
      recovered.recordedConfirmOffset >= confirmed,
      `it once held ${confirmed}, and knows of ${recovered.recordedConfirmOffset}`,
    );
    scene.host.kill();
    assert.ok((await scene.again()).recovered.recordedConfirmOffset >= confirmed, 'nor is it forgotten');
  });

  it('nor forget it when the next life dies while it begins', async () => {
    for (let ms = 1; ms <= 40; ms += 1) {
      const scene = await Scene.open(ms);
      await scene.grow(SUM_BLOCK_BYTES / 2);
      const confirmed = scene.store.confirmOffset();
      await scene.world.runFor(200);
      scene.host.kill();
      scene.flip(1000);
      const config = { ...smallConfig, mappedFileSizeCommitLog: FILE_BYTES };
      // It never gets to its end.
      void MessageStore.open(scene.world.host('n1').start(), config);
      await scene.world.runFor(ms / 2);
      scene.world.host('n1').kill();
      const { recovered } = await scene.again();
      assert.ok(
        recovered.recordedConfirmOffset >= confirmed,
        `${ms / 2} ms: it knows of ${recovered.recordedConfirmOffset} of ${confirmed}`,
      );
    }
  });

  it('find nothing wrong with what was written, whatever way the store went', async () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const scene = await Scene.open(seed);
      const { random } = scene.world;
      for (let round = 0; round < 8; round += 1) {
        await scene.grow(scene.store.maxOffset() + random.below(2 * SUM_BLOCK_BYTES), `${round}`);
        await scene.world.runFor(random.below(1500));
        if (random.below(3) === 0) {
          // Below what is confirmed, as an operator may force it: the same places then hold other bytes.
          const kept = random.below(scene.store.confirmOffset() + 1);
          await scene.cut(kept);
          await scene.grow(kept + random.below(SUM_BLOCK_BYTES), `again ${round}`);
        }
        const { store } = scene;
        const end = store.durableOffset();
        if (random.below(4) === 0) await scene.host.settle(store.close());
        const found = await scene.again({ powerCut: random.below(2) === 0 });
        assert.ok(found.maxOffset() >= end, `seed ${seed}, round ${round}: ${found.maxOffset()} of ${end}`);
      }
    }
  });

  it('hold at least what was a second old when the power went', async () => {
    const scene = await Scene.open();
    await scene.grow(SUM_BLOCK_BYTES / 2);
    await scene.world.runFor(1500);
    await scene.grow(SUM_BLOCK_BYTES);
    await scene.world.runFor(100);
    scene.host.kill({ powerCut: true });
    scene.flip(1000);
    assert.equal((await scene.again()).maxOffset(), 0);
  });

  it('are not believed themselves when they are damaged', async () => {
    const scene = await Scene.open();
    await scene.grow(3 * SUM_BLOCK_BYTES);
    await scene.world.runFor(1500);
    const end = scene.store.maxOffset();
    for (const at of [20, 4096, 4100]) {
      scene.host.kill();
      scene.disk.flipBits(SUMS, at);
      assert.equal((await scene.again()).maxOffset(), end);
      await scene.world.runFor(1500);
    }
  });
});
