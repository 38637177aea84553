/** Looks for one seeded bug, from several first seeds on; what found it runs once more without the bug, and must pass. */
import type { AnomalyName, Verdict } from '../../checkers/anomaly.ts';
import type { SeededBugRow } from '../record/seeded-bug-catalogue.ts';
import { seedAt } from './campaign.ts';
import type { CampaignBase, SeedOutcome, SeedTask } from './campaign-seed.ts';
import { anomaliesOf } from './write-campaign.ts';

/** A SeedPool, or whatever else runs seeds. */
export interface SeedRunner {
  readonly workers: number;
  /** Never rejects. */
  run(task: SeedTask): Promise<SeedOutcome>;
}

export interface BugHunt {
  readonly row: SeededBugRow;
  /** With the bug, under the settings of its row. */
  readonly base: CampaignBase;
  /** The same without the bug. */
  readonly control: CampaignBase;
  readonly firstSeeds: readonly number[];
  /** For each of them. */
  readonly seedsMax: number;
  /** Aborted: what has begun is finished, nothing is begun. */
  readonly signal: AbortSignal;
  readonly told: (outcome: SeedOutcome, firstSeed: number) => void;
}

export interface ControlOutcome {
  readonly verdict: Verdict;
  /** As if typed. */
  readonly command: string;
  readonly anomalies: readonly string[];
  readonly broke?: string;
}

export interface BugFound {
  /** So many it took, this one included. */
  readonly seeds: number;
  readonly command: string;
  /** Those that were expected, and those that came with them. */
  readonly expected: readonly AnomalyName[];
  readonly besides: readonly string[];
  readonly control: ControlOutcome;
}

/** One search, from its first seed on. */
export interface BugSearch {
  readonly firstSeed: number;
  readonly seedsTried: number;
  /** Of the threads that ran them, added up. */
  readonly seconds: number;
  readonly found?: BugFound;
  /** By hand, before it had found anything or tried all: it tells nothing. */
  readonly isStopped?: true;
  /** How many of the seeds before showed another anomaly; they do not count. */
  readonly others: Readonly<Record<string, number>>;
  /** Seeds that did not come to their end. */
  readonly broken: number;
}

export async function huntBug(runner: SeedRunner, hunt: BugHunt): Promise<readonly BugSearch[]> {
  const lanes = Math.max(1, Math.ceil(runner.workers / hunt.firstSeeds.length));
  return Promise.all(hunt.firstSeeds.map((firstSeed) => search(runner, hunt, firstSeed, lanes)));
}

/** Several seeds at a time where threads would be idle; the first in order counts, not the first in time. */
async function search(
  runner: SeedRunner,
  hunt: BugHunt,
  firstSeed: number,
  lanes: number,
): Promise<BugSearch> {
  const { base, row, seedsMax, signal } = hunt;
  const outcomes: SeedOutcome[] = [];
  let next = 0;
  let foundAt = Infinity;
  const lane = async () => {
    while (next < Math.min(seedsMax, foundAt) && !signal.aborted) {
      const index = next;
      next += 1;
      const outcome = await runner.run({ base, seed: seedAt(firstSeed, index), save: 'never' });
      outcomes[index] = outcome;
      if (expectedIn(outcome, row).length > 0) foundAt = Math.min(foundAt, index);
      hunt.told(outcome, firstSeed);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  const tried = outcomes.slice(0, foundAt + 1);
  const finder = outcomes[foundAt];
  const others: Record<string, number> = {};
  for (const outcome of tried.slice(0, foundAt))
    for (const name of new Set(anomaliesOf(outcome))) others[name] = (others[name] ?? 0) + 1;
  const result = {
    firstSeed,
    seedsTried: tried.length,
    seconds: tried.reduce((sum, { realSeconds }) => sum + realSeconds, 0),
    others,
    broken: tried.filter(({ broke }) => broke !== undefined).length,
  };
  if (finder === undefined) return { ...result, ...(tried.length < seedsMax ? { isStopped: true } : {}) };
  return { ...result, found: await foundBy(runner, hunt, finder, tried.length) };
}

async function foundBy(
  runner: SeedRunner,
  { control, row }: BugHunt,
  finder: SeedOutcome,
  seeds: number,
): Promise<BugFound> {
  const expected = expectedIn(finder, row);
  const names: readonly string[] = expected;
  const clean = await runner.run({ base: control, seed: finder.seed, save: 'failures' });
  return {
    seeds,
    command: finder.command,
    expected,
    besides: [...new Set(anomaliesOf(finder))].filter((name) => !names.includes(name)),
    control: controlOf(clean, row),
  };
}

function controlOf(outcome: SeedOutcome, row: SeededBugRow): ControlOutcome {
  const { broke, command } = outcome;
  const anomalies = [...new Set(anomaliesOf(outcome))];
  const verdict =
    row.controlMayFail === true && broke === undefined
      ? expectedIn(outcome, row).length > 0
        ? 'invalid'
        : 'valid'
      : outcome.verdict;
  return { verdict, command, anomalies, ...(broke === undefined ? {} : { broke }) };
}

function expectedIn(outcome: SeedOutcome, { expected }: SeededBugRow): readonly AnomalyName[] {
  const found = new Set(anomaliesOf(outcome));
  return expected.filter((name) => found.has(name));
}
