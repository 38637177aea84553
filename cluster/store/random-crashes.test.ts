import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { RandomLife, type RandomLifeOptions } from './testing/random-life.ts';

/** Lives one after the other, each ended somewhere in the middle of its work. Returns the world's fingerprint. */
async function live(seed: number, options: RandomLifeOptions, lives = 6): Promise<string> {
  const world = new SimWorld(seed);
  const random = world.random.fork('store');
  const host = world.host('n1');
  const life = new RandomLife(random, options);
  for (let count = 0; count < lives; count += 1) {
    const runtime = host.start();
    await world.settle(life.begin(runtime));
    const steps = random.below(60);
    let done = 0;
    const work = (async () => {
      for (; done < steps; done += 1) await life.step(runtime);
      if (random.below(4) === 0) await life.close();
      done = steps + 1;
    })();
    // The promise of a dead life never settles: nobody waits for it.
    void work.catch((error: unknown) => {
      throw error;
    });
    const lastMoment = random.below(4) === 0 ? random.below(400) / 10 : 100_000;
    const end = world.now() + lastMoment;
    await world.run(
      () => done > steps || world.now() >= end || (lastMoment === 100_000 && done >= steps),
      200_000,
    );
    host.kill({ powerCut: options.powerCut });
  }
  return world.digest();
}

const SEEDS = 40;

describe('a store that crashes at any moment', () => {
  it('under SYNC_FLUSH holds after a power cut all that was durable, and nothing that was not appended', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await naming(seed, live(seed, { flushDiskType: 'SYNC_FLUSH', powerCut: true }));
    }
  });

  it('under SYNC_FLUSH holds after a kill all that was durable', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await naming(seed, live(seed, { flushDiskType: 'SYNC_FLUSH', powerCut: false }));
    }
  });

  it('under ASYNC_FLUSH holds after a kill all that was durable', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await naming(seed, live(seed, { flushDiskType: 'ASYNC_FLUSH', powerCut: false }));
    }
  });

  it('under ASYNC_FLUSH holds after a power cut a beginning of what was appended', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await naming(seed, live(seed, { flushDiskType: 'ASYNC_FLUSH', powerCut: true }));
    }
  });

  it('does the same again with the same seed', async () => {
    const options = { flushDiskType: 'SYNC_FLUSH', powerCut: true } as const;
    assert.equal(await live(5, options), await live(5, options));
  });
});

async function naming<T>(seed: number, promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
