/** Raft groups under random fortune, seed after seed: longer ways than an exhaustive search reaches. */
import { RandomCluster } from '../../../cluster/raft/testing/random-cluster.ts';

export interface RandomRaftTotals {
  readonly seeds: number;
  readonly steps: number;
  readonly leaders: number;
  readonly committed: number;
  readonly reads: number;
  /** What the first failing seed said. */
  readonly failure: string | undefined;
}

export function runRandomRaft(
  firstSeed: number,
  seedsMax: number,
  stepsPerSeed: number,
  isOver: (soFar: RandomRaftTotals) => boolean,
): RandomRaftTotals {
  let totals: RandomRaftTotals = {
    seeds: 0,
    steps: 0,
    leaders: 0,
    committed: 0,
    reads: 0,
    failure: undefined,
  };
  while (totals.seeds < seedsMax && !isOver(totals)) {
    const seed = firstSeed + totals.seeds;
    const cluster = new RandomCluster(seed);
    let failure: string | undefined;
    try {
      cluster.run(stepsPerSeed);
      cluster.settle();
    } catch (error) {
      failure = `seed ${seed}, ${stepsPerSeed} steps: ${String(error)}\n${cluster.describe()}`;
    }
    const { leaderCount, committedCount, readsChecked } = cluster.checker;
    totals = {
      seeds: totals.seeds + 1,
      steps: totals.steps + stepsPerSeed,
      leaders: totals.leaders + leaderCount,
      committed: totals.committed + committedCount,
      reads: totals.reads + readsChecked,
      failure,
    };
    if (failure !== undefined) break;
  }
  return totals;
}
