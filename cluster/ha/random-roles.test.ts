/** Many seeds: what holds in every one of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { RandomRoles, Violation } from './testing/random-roles.ts';
import { FakeStores, MessageStores } from './testing/test-store.ts';

async function manySeeds(seedCount: number, minInSyncReplicas: number, isFake: boolean): Promise<void> {
  for (let seed = 1; seed <= seedCount; seed += 1) {
    const stores = isFake ? new FakeStores() : new MessageStores();
    const run = new RandomRoles({ world: new SimWorld(seed), stores, minInSyncReplicas, durationMs: 6000 });
    try {
      await run.run();
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
    assert(run.acknowledgedCount() > 20);
  }
}

describe('a group of three under random faults', () => {
  for (const minInSyncReplicas of [1, 2]) {
    it(`keeps G1 to G5 with minInSyncReplicas=${minInSyncReplicas}`, async () => {
      await manySeeds(15, minInSyncReplicas, true);
    }).timeout(120_000);

    it(`keeps them on the message store with minInSyncReplicas=${minInSyncReplicas}`, async () => {
      await manySeeds(4, minInSyncReplicas, false);
    }).timeout(120_000);
  }
});

/** Those that three replicas without controllers and brokers around them show in few seeds. */
const shownHere: readonly SeededBug[] = [
  'ack-before-replication',
  'skip-truncation',
  'skip-read-round',
  'shrink-before-commit',
];

describe('the same runs with one guard removed', () => {
  for (const bug of shownHere) {
    it(`find ${bug}`, async () => {
      const violations: Violation[] = [];
      for (let seed = 1; seed <= 60 && violations.length === 0; seed += 1) {
        const world = new SimWorld(seed, { seededBugs: [bug] });
        for (const name of ['n1', 'n2', 'n3']) world.host(name).allowFatal();
        const run = new RandomRoles({
          world,
          stores: new FakeStores(),
          minInSyncReplicas: 1,
          durationMs: 6000,
        });
        await run.run().catch((error: unknown) => {
          if (error instanceof Violation) violations.push(error);
        });
      }
      assert.equal(violations.length, 1);
    }).timeout(120_000);
  }
});
