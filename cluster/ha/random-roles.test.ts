/** Many seeds: what holds in every one of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { RandomRoles } from './testing/random-roles.ts';

const seedCount = 40;

describe('a group of three under random faults', () => {
  for (const minInSyncReplicas of [1, 2]) {
    it(`keeps G1 to G5 with minInSyncReplicas=${minInSyncReplicas}`, async function () {
      this.timeout(120_000);
      for (let seed = 1; seed <= seedCount; seed += 1) {
        const run = new RandomRoles({ world: new SimWorld(seed), minInSyncReplicas, durationMs: 8000 });
        try {
          await run.run();
        } catch (error) {
          throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          });
        }
        assert(run.acknowledgedCount() > 20);
      }
    });
  }
});
