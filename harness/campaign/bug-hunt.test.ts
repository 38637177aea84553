import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../../checkers/anomaly.ts';
import { rowOf, type SeededBugRow } from '../record/seeded-bug-catalogue.ts';
import { type BugHunt, huntBug, type SeedRunner } from './bug-hunt.ts';
import { type CampaignBase, noWork, type SeedOutcome, type SeedTask } from './campaign-seed.ts';
import { SeedPool } from './seed-pool.ts';

const row: SeededBugRow = rowOf('skip-truncation') ?? assert.fail();
const base: CampaignBase = { kind: 'swarm', fixed: { bug: 'skip-truncation' }, given: {} };
const control: CampaignBase = { kind: 'swarm', fixed: {}, given: {} };

function outcomeOf(seed: number, anomalies: readonly AnomalyName[] = []): SeedOutcome {
  const isValid = anomalies.length === 0;
  return {
    seed,
    verdict: isValid ? 'valid' : 'invalid',
    command: `seed ${seed}`,
    findings: isValid ? [] : [{ checker: 'x', verdict: 'invalid', evidence: '', anomalies }],
    work: noWork,
    virtualSeconds: 30,
    realSeconds: 2,
    digest: '',
  };
}

/** `shows`: with the bug, by seed; `clean`: without it. */
function runnerOf(
  shows: Readonly<Record<number, readonly AnomalyName[]>>,
  workers = 1,
  clean: readonly AnomalyName[] = [],
) {
  const asked: SeedTask[] = [];
  const runner: SeedRunner = {
    workers,
    run: async (task) => {
      asked.push(task);
      // Odd seeds take longer, so that lanes overtake each other.
      for (let turn = 0; turn < (task.seed % 2) * 5; turn += 1) await Promise.resolve();
      return outcomeOf(task.seed, task.base === control ? clean : (shows[task.seed] ?? []));
    },
  };
  return { runner, asked };
}

const hunt = (change: Partial<BugHunt> = {}): BugHunt => ({
  row,
  base,
  control,
  firstSeeds: [1],
  seedsMax: 20,
  signal: new AbortController().signal,
  told: () => {},
  ...change,
});

describe('the hunt for a seeded bug', () => {
  it('ends at the first seed that shows what is expected, and runs that seed again without the bug', async () => {
    const { runner, asked } = runnerOf({ 3: ['stale-read'], 5: ['gap', 'prefix-divergence'] });
    const [search] = await huntBug(runner, hunt());
    assert.deepEqual(search, {
      firstSeed: 1,
      seedsTried: 5,
      seconds: 10,
      others: { 'stale-read': 1 },
      broken: 0,
      found: {
        seeds: 5,
        command: 'seed 5',
        expected: ['prefix-divergence'],
        besides: ['gap'],
        control: { verdict: 'valid', command: 'seed 5', anomalies: [] },
      },
    });
    assert.deepEqual(asked.at(-1), { base: control, seed: 5, save: 'failures' });
  });

  it('counts the first in order, also where a later seed is done sooner', async () => {
    const { runner } = runnerOf({ 3: ['lost-ack-write'], 4: ['lost-ack-write'] }, 4);
    const [search] = await huntBug(runner, hunt());
    assert.equal(search?.found?.seeds, 3);
    assert.equal(search.seedsTried, 3);
  });

  it('gives up after so many seeds, and says what else it saw', async () => {
    const { runner, asked } = runnerOf({ 2: ['stale-read'], 21: ['lost-ack-write'] });
    const [search] = await huntBug(runner, hunt());
    assert.equal(search?.found, undefined);
    assert.deepEqual([search?.seedsTried, search?.others], [20, { 'stale-read': 1 }]);
    assert.equal(search?.isStopped, undefined);
    assert.equal(asked.length, 20);
  });

  it('searches from each first seed by itself', async () => {
    const { runner } = runnerOf({ 2: ['lost-ack-write'], 10004: ['lost-ack-write'] }, 2);
    const searches = await huntBug(runner, hunt({ firstSeeds: [1, 10_001] }));
    assert.deepEqual(
      searches.map(({ found }) => found?.seeds),
      [2, 4],
    );
  });

  it('judges the control by the judge of the bug alone where its settings lose by themselves', async () => {
    const lossy = { ...row, controlMayFail: true };
    const verdict = async (change: Partial<BugHunt>, clean: readonly AnomalyName[]) => {
      const { runner } = runnerOf({ 1: ['prefix-divergence'] }, 1, clean);
      const [search] = await huntBug(runner, hunt(change));
      return search?.found?.control.verdict;
    };
    assert.equal(await verdict({}, ['stale-read']), 'invalid');
    assert.equal(await verdict({ row: lossy }, ['stale-read']), 'valid');
    assert.equal(await verdict({ row: lossy }, ['lost-ack-write']), 'invalid');
  });

  it('begins nothing after it was stopped', async () => {
    const { runner } = runnerOf({});
    const abort = new AbortController();
    const told = (outcome: SeedOutcome) => outcome.seed === 3 && abort.abort();
    const [search] = await huntBug(runner, hunt({ signal: abort.signal, told }));
    assert.deepEqual([search?.seedsTried, search?.isStopped], [3, true]);
  });

  it('finds a member that is skipped when its connection is gone, in few real seeds', async function () {
    this.timeout(120_000);
    const skips = rowOf('skip-disconnected-member') ?? assert.fail();
    const pool = new SeedPool({ workers: 2, resultsFolder: tmpdir(), hangMs: 100_000 });
    const fixed = { timeLimitS: 10, rate: 60 };
    const given = { 'time-limit': '10', rate: '60' };
    try {
      const [search] = await huntBug(pool, {
        ...hunt({ row: skips, firstSeeds: [3], seedsMax: 10 }),
        base: { kind: 'swarm', fixed: { ...fixed, bug: skips.name }, given },
        control: { kind: 'swarm', fixed, given },
      });
      assert.equal(search?.found?.control.verdict, 'valid', JSON.stringify(search));
    } finally {
      await pool.close();
    }
  });
});
