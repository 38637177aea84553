/** Many seeds, on all threads, until they are done, too many failed, or somebody says stop. */
import type { CampaignBase, SeedOutcome } from './campaign-seed.ts';
import { CampaignTotals } from './campaign-totals.ts';
import type { SeedPool } from './seed-pool.ts';

export interface CampaignOptions {
  readonly base: CampaignBase;
  readonly firstSeed: number;
  readonly seeds: number;
  /** Failures after which no new seed is begun. */
  readonly failuresMax: number;
  readonly save: 'failures' | 'always';
  /** Aborted: what has begun is finished, nothing is begun. */
  readonly signal: AbortSignal;
  readonly told: (outcome: SeedOutcome, totals: CampaignTotals) => void;
}

/** Seeds wrap around after the greatest one. */
export function seedAt(firstSeed: number, index: number): number {
  return (firstSeed + index) % 2 ** 32;
}

export async function runCampaign(pool: SeedPool, options: CampaignOptions): Promise<CampaignTotals> {
  const { base, failuresMax, firstSeed, save, seeds, signal } = options;
  const totals = new CampaignTotals();
  let next = 0;
  const loop = async () => {
    while (next < seeds && !signal.aborted && totals.failures < failuresMax) {
      const seed = seedAt(firstSeed, next);
      next += 1;
      const outcome = await pool.run({ base, seed, save });
      totals.add(outcome);
      options.told(outcome, totals);
    }
  };
  await Promise.all(Array.from({ length: pool.workers }, loop));
  return totals;
}
