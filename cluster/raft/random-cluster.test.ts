import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RandomCluster } from './testing/random-cluster.ts';

/** A campaign asks for more: RAFT_SEEDS=10000 RAFT_STEPS=10000 RAFT_FIRST_SEED=1. */
const seeds = Number(process.env['RAFT_SEEDS'] ?? 400);
const steps = Number(process.env['RAFT_STEPS'] ?? 1500);
const firstSeed = Number(process.env['RAFT_FIRST_SEED'] ?? 1);

function runSeed(seed: number): RandomCluster {
  const cluster = new RandomCluster(seed);
  try {
    cluster.run(steps);
    cluster.settle();
  } catch (error) {
    throw new Error(`seed ${seed}, ${steps} steps: ${String(error)}\n${cluster.describe()}`, {
      cause: error,
    });
  }
  return cluster;
}

describe('a Raft group under random faults', () => {
  it(`keeps every promise over ${seeds} seeds of ${steps} steps, and agrees when the faults end`, function () {
    this.timeout(20_000 + (seeds * steps) / 50);
    const totals = { leaders: 0, committed: 0, reads: 0 };
    for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
      const { checker } = runSeed(seed);
      totals.leaders += checker.leaderCount;
      totals.committed += checker.committedCount;
      totals.reads += checker.readsChecked;
    }
    // A campaign in which nothing happens proves nothing.
    assert(
      totals.leaders > seeds && totals.committed > 20 * seeds && totals.reads > seeds,
      JSON.stringify(totals),
    );
  });

  // The first seeds that show it, give or take: to look for them from 1 on takes seconds.
  const guards = [
    ['B60: a log counts as new as the term of its node', 'votesByNodeTerm', 1],
    ['a member with an empty disk votes', 'votesWithEmptyDisk', 330],
  ] as const;
  for (const [name, bug, seedFrom] of guards) {
    it(`breaks one without a guard. ${name}`, () => {
      const failed: unknown[] = [];
      for (let seed = seedFrom; seed <= seedFrom + 200 && failed.length === 0; seed += 1) {
        const cluster = new RandomCluster(seed, { [bug]: true });
        try {
          cluster.run(1500);
        } catch (error) {
          failed.push(error);
        }
      }
      assert.equal(failed.length, 1);
    });
  }

  it('does the same again for the same seed', () => {
    assert.equal(runSeed(7).describe(), runSeed(7).describe());
  });
});
