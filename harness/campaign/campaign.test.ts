import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { runCampaign } from './campaign.ts';
import { campaignRecord } from './campaign-record.ts';
import { type CampaignBase, noWork, type SeedOutcome } from './campaign-seed.ts';
import { CampaignTotals } from './campaign-totals.ts';
import { SeedPool } from './seed-pool.ts';
import { writeCampaign } from './write-campaign.ts';

const folder = mkdtempSync(join(tmpdir(), 'campaign-'));
const short: CampaignBase = {
  kind: 'swarm',
  fixed: { timeLimitS: 3, rate: 60, nodes: 3, controllers: 3 },
  given: { 'time-limit': '3', rate: '60', nodes: '3', controllers: '3' },
};

function outcomeOf(changed: Partial<SeedOutcome>): SeedOutcome {
  const usual = {
    command: 'npm run jepsen',
    findings: [],
    virtualSeconds: 20,
    realSeconds: 2,
    digest: '',
    reached: [],
  };
  return { seed: 1, verdict: 'valid', work: noWork, ...usual, ...changed };
}

const enough = {
  ...noWork,
  acknowledged: 1000,
  nonEmptyPulls: 1000,
  duringFaults: { kill: 100 },
  faults: { kill: { bit: 3, noTarget: 1 } },
};

function recordOf(totals: CampaignTotals) {
  return campaignRecord(totals, {
    kind: 'sim-swarm',
    command: 'npm run jepsen -- --deployment sim --seeds 6',
    firstSeed: 1,
    seedsWanted: 6,
    workers: 2,
    realSeconds: 3,
    versions: {},
  });
}

after(() => rmSync(folder, { recursive: true, force: true }));

describe('a campaign', () => {
  it('runs every seed once, on several threads, each as it would run alone', async function () {
    this.timeout(120_000);
    const pool = new SeedPool({ workers: 2, resultsFolder: folder, hangMs: 100_000 });
    const run = async (firstSeed: number, seeds: number) => {
      const outcomes: SeedOutcome[] = [];
      const told = (outcome: SeedOutcome) => void outcomes.push(outcome);
      const signal = new AbortController().signal;
      await runCampaign(pool, {
        base: short,
        firstSeed,
        seeds,
        failuresMax: 5,
        save: 'failures',
        signal,
        told,
      });
      return outcomes.sort((a, b) => a.seed - b.seed);
    };
    try {
      const outcomes = await run(1, 4);
      assert.deepEqual(
        outcomes.map(({ seed, verdict, broke }) => [seed, verdict, broke]),
        [1, 2, 3, 4].map((seed) => [seed, 'valid', undefined]),
      );
      const [again] = await run(3, 1);
      assert.equal(again?.digest, outcomes[2]?.digest);
      assert.ok(outcomes.every(({ work }) => work.acknowledged > 0));
    } finally {
      await pool.close();
    }
  });

  it('tells a seed that hangs, and goes on with a new thread', async function () {
    this.timeout(60_000);
    let usedMs = 0;
    const cpuMs = () => {
      usedMs += 1;
      return usedMs;
    };
    const pool = new SeedPool({ workers: 1, resultsFolder: folder, hangMs: 1, cpuMs });
    try {
      const outcome = await pool.run({ base: short, seed: 9, save: 'never' });
      assert.equal(outcome.verdict, 'unknown');
      assert.match(outcome.broke ?? '', /^it hangs: no end within 0\.001 s of real time/);
      assert.match(outcome.command, /--nemesis swarm .*--seed 9$/);
      assert.match((await pool.run({ base: short, seed: 10, save: 'never' })).broke ?? '', /^it hangs/);
    } finally {
      await pool.close();
    }
  });
});

describe('a seed for which the machine has no time', () => {
  it('hangs only after ten times as long', async () => {
    const pool = new SeedPool({ workers: 1, resultsFolder: tmpdir(), hangMs: 1, cpuMs: () => 0 });
    try {
      const outcome = await pool.run({ base: short, seed: 9, save: 'never' });
      assert.match(outcome.broke ?? '', /^it hangs: no end within 0\.01 s of real time/);
    } finally {
      await pool.close();
    }
  });
});

describe('the verdict of a campaign', () => {
  const verdictOf = (...outcomes: readonly SeedOutcome[]) => {
    const totals = new CampaignTotals();
    for (const outcome of outcomes) totals.add(outcome);
    return totals.verdict();
  };

  it('is valid when its seeds are, and did enough together', () => {
    const half = { ...enough, acknowledged: 500, nonEmptyPulls: 500, duringFaults: { kill: 50 } };
    assert.equal(verdictOf(outcomeOf({ work: half }), outcomeOf({ work: half })), 'valid');
    assert.equal(verdictOf(outcomeOf({ work: half })), 'unknown');
    assert.equal(verdictOf(outcomeOf({ work: { ...enough, duringFaults: {} } })), 'unknown');
  });

  it('is the worst of its seeds', () => {
    const good = outcomeOf({ work: enough });
    assert.equal(verdictOf(good, outcomeOf({ verdict: 'invalid' })), 'invalid');
    assert.equal(verdictOf(good, outcomeOf({ verdict: 'unknown', broke: 'it hangs' })), 'unknown');
  });
});

describe('what is written of a campaign', () => {
  it('is a page, a record for machines, and cases for CI', () => {
    const totals = new CampaignTotals();
    totals.add(outcomeOf({ work: enough }));
    const findings = [
      { checker: 'log/lost', verdict: 'invalid', evidence: '1 <lost>', anomalies: ['lost-ack-write'] },
    ] as const;
    const failed = { seed: 2, verdict: 'invalid', findings, command: 'npm run jepsen -- --seed 2' } as const;
    totals.add(outcomeOf({ ...failed, folder: join(folder, 'sim-swarm', 'x-2') }));
    const path = writeCampaign(folder, Date.UTC(2026, 10, 22), recordOf(totals));
    assert.equal(path, join(folder, 'sim-swarm', '2026-11-22T00.00.00Z-campaign'));
    const read = (name: string) => readFileSync(join(path, name), 'utf8');
    const record = JSON.parse(read('campaign.json')) as Record<string, unknown>;
    assert.deepEqual([record['verdict'], record['seedsDone']], ['invalid', 2]);
    assert.match(read('report.html'), /<td>lost-ack-write<\/td><td>npm run jepsen -- --seed 2<\/td>/);
    assert.match(read('report.html'), /href="\.\.\/x-2\/report\.html"/);
    assert.match(read('junit.xml'), /tests="2" failures="1" errors="0"/);
    assert.ok(existsSync(join(folder, 'index.html')));
  });
});
