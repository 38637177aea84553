import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { RandomLife, type RandomLifeOptions } from './testing/random-life.ts';

/** Lives one after the other, each ended somewhere in the middle of its work. Returns the world's fingerprint. */
async function live(
  seed: number,
  options: RandomLifeOptions & { readonly diskFaults?: boolean },
): Promise<string> {
  const world = new SimWorld(seed);
  const random = world.random.fork('store');
  const host = world.host('n1');
  const life = new RandomLife(random, options);
  for (let count = 0; count < 6; count += 1) {
    if (random.below(4) === 0) {
      void life.open(host.start());
      await world.runFor(random.below(300) / 10);
      host.kill(options);
    }
    const runtime = host.start();
    await world.settle(life.begin(runtime));
    const steps = random.below(60);
    const breaksAt = options.diskFaults === true ? random.below(60) : steps;
    let ended = false;
    const work = async () => {
      for (let step = 0; step < steps && !life.failed; step += 1) {
        if (step === breaksAt) breakDisk(world);
        await life.step(runtime);
      }
      if (random.below(4) === 0) await life.close();
    };
    // The promise of a dead life never settles: nobody waits for it.
    void work().then(
      () => {
        ended = true;
      },
      (error: unknown) => {
        throw error;
      },
    );
    const lastMoment = world.now() + (random.below(4) === 0 ? random.below(400) / 10 : 100_000);
    await world.run(() => ended || world.now() >= lastMoment, 200_000);
    // Now and then only the process dies: what recovery accepts then must be as durable as all the rest.
    host.kill({ powerCut: options.powerCut && random.below(3) > 0 });
    host.disk.clearFaults();
  }
  return world.digest();
}

function breakDisk(world: SimWorld): void {
  const operation = world.random.below(2) === 0 ? 'write' : 'sync';
  const pathPart = ['commitlog', 'consumequeue', 'checkpoint'][world.random.below(3)] ?? '';
  const code = operation === 'write' && world.random.below(2) === 0 ? 'ENOSPC' : 'EIO';
  world.host('n1').disk.fail({ operation, pathPart, code, countMax: 1 + world.random.below(3) });
}

const SEEDS = 30;

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

  for (const flushDiskType of ['SYNC_FLUSH', 'ASYNC_FLUSH'] as const) {
    it(`under ${flushDiskType} with a failing disk holds all that was durable`, async () => {
      const powerCut = flushDiskType === 'SYNC_FLUSH';
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        await naming(seed, live(seed, { flushDiskType, powerCut, diskFaults: true }));
      }
    });
  }

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
