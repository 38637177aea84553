import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';
import { chooseNemeses } from '../../nemeses/chosen-nemeses.ts';
import { namedNemeses, undrawn } from '../../nemeses/presets/named-nemeses.ts';
import { presets } from '../../nemeses/presets/presets.ts';
import { planSchedule } from '../../nemeses/schedule.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import { worldAbilities } from '../deployment/world-abilities.ts';
import { runInSimulation } from './run-in-simulation.ts';
import { smallPlan } from './testing/small-plan.ts';

async function simulate(name: string, seed: number, timeLimitS: number, bug?: SeededBug) {
  const plan = smallPlan({
    nemeses: [name],
    seed,
    timeLimitS,
    quietStartS: 1,
    nemesisIntervalS: 8,
    rate: 60,
    concurrency: 12,
    queues: 2,
    controllers: 3,
    bug,
  });
  const chosen = chooseNemeses([name], {
    settings: plan,
    abilities: worldAbilities.sim,
    expectLoss: false,
    undrawn,
  });
  assert('nemeses' in chosen, JSON.stringify(chosen));
  const schedule = planSchedule({
    random: SimRandom.fromSeed(seed).fork('nemeses'),
    nemeses: chosen.nemeses,
    pool: chosen.pool,
    quietStartMs: 1000,
    timeLimitMs: timeLimitS * 1000,
    intervalMs: 8000,
  });
  return { schedule, run: await runInSimulation(plan, { nemeses: namedNemeses, schedule }) };
}

describe('a preset in the simulated world', () => {
  for (const { name, takesMs = 0 } of presets) {
    it(`goes to its end, proven step by step, and nothing is lost: ${name}`, async function () {
      this.timeout(60_000);
      const { run } = await simulate(name, 2, 4 + takesMs / 1000);
      assert.deepEqual(
        run.output.faults.map(({ phase }) => phase),
        ['inject', 'bit', 'heal', 'healed'],
        JSON.stringify(run.output.faults),
      );
      assert.deepEqual(
        run.judgement.results.filter(({ verdict }) => verdict === 'invalid'),
        [],
      );
    });
  }
});

describe('a preset without the guard that it is after', () => {
  for (const [name, bug] of [
    ['minority-rot', 'trust-damaged-disk'],
    ['power-cut-all', 'ack-before-fsync'],
  ] as const) {
    it(`finds what is wrong: ${name}, ${bug}`, async function () {
      this.timeout(60_000);
      const { run } = await simulate(name, 2, 28, bug);
      assert.equal(run.judgement.verdict, 'invalid');
    });
  }
});

describe('a broker and a controller that are added while the load goes on', () => {
  it('are judged as all others are, each newer one in the place of the one before', async function () {
    this.timeout(60_000);
    const { run } = await simulate('membership:add-broker', 5, 22);
    const { record, evidence, results } = run.judgement;
    assert.ok(run.output.faults.filter(({ phase }) => phase === 'healed').length >= 2);
    assert.deepEqual(record.joined, ['n4']);
    // The first of them was id 4.
    assert.ok(Object.entries(record.brokerIds).some(([id, host]) => host === 'n4' && Number(id) > 4));
    assert.deepEqual(
      evidence.replicas.map(({ node }) => node),
      ['n1', 'n2', 'n3', 'n4'],
    );
    const readers = results.find(({ checker }) => checker === 'log/replicas');
    assert.match(readers?.evidence ?? '', /each of 4 replicas/);
  });

  it('are there in no other run', async function () {
    this.timeout(60_000);
    const { run } = await simulate('membership:remove-broker/slave', 3, 9);
    assert.equal(run.judgement.record.joined, undefined);
    assert.ok(run.output.trace.every(({ node }) => node !== 'n4' && node !== 'c4'));
  });
});

describe('a nemesis in the simulated world', () => {
  for (const name of [
    'clock:bump/majority',
    'clock:strobe/all',
    'clock:drift/all',
    'disk:lose-unsynced/all',
    'disk:torn-write/majority',
    'disk:slow',
    'disk:full',
    'slow:all/narrow',
    'slow:minority/jitter',
    'restart-order:servers',
    'membership:add-broker',
    'membership:add-controller',
    'membership:remove-broker/slave',
    'membership:replace-broker/master',
    'membership:remove-controller/leader',
    'membership:replace-controller/follower',
    'transfer-master',
    'controller-majority-down:majority/kill',
    'rolling-restart:controllers',
  ]) {
    it(`bites and heals, and nothing is lost: ${name}`, async function () {
      this.timeout(60_000);
      const { schedule, run } = await simulate(name, 3, 9);
      assert.equal(schedule.length, 1);
      assert.deepEqual(
        run.output.faults.map(({ phase }) => phase),
        ['inject', 'bit', 'heal', 'healed'],
        JSON.stringify(run.output.faults),
      );
      const invalid = run.judgement.results.filter(({ verdict }) => verdict === 'invalid');
      assert.deepEqual(invalid, []);
      assert.equal(run.judgement.record.notRecovered, undefined);
      assert.deepEqual(run.judgement.record.deaths, []);
    });
  }
});
