import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { nemeses } from '../../nemeses/nemesis-registry.ts';
import { planSchedule } from '../../nemeses/schedule.ts';
import { SimRandom } from '../deployment/sim/sim-random.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { runInSimulation } from './run-in-simulation.ts';
import { smallPlan } from './testing/small-plan.ts';

function planOf(seed: number, options: Partial<RunPlan> = {}): RunPlan {
  return smallPlan({
    nemeses: ['partition', 'kill'],
    seed,
    timeLimitS: 12,
    quietStartS: 1,
    rate: 100,
    concurrency: 12,
    queues: 2,
    controllers: 3,
    ...options,
  });
}

function simulate(plan: RunPlan) {
  const schedule = planSchedule({
    random: SimRandom.fromSeed(plan.seed).fork('nemeses'),
    nemeses: plan.nemeses.flatMap((name) => nemeses.get(name) ?? []),
    quietStartMs: plan.quietStartS * 1000,
    timeLimitMs: plan.timeLimitS * 1000,
    intervalMs: plan.nemesisIntervalS * 1000,
  });
  return runInSimulation(plan, { nemeses, schedule });
}

describe('a run in the simulated world', () => {
  it('is a function of its seed: the same digest of every event, the same history', async () => {
    const one = await simulate(planOf(5));
    const again = await simulate(planOf(5));
    const other = await simulate(planOf(6));
    assert.equal(one.digest, again.digest);
    assert.deepEqual(one.output.history.operations, again.output.history.operations);
    assert.notEqual(one.digest, other.digest);
    assert.ok(one.output.history.operations.length > 1000);
  });

  it('is broken, healed and judged as any other', async () => {
    const { judgement, output } = await simulate(planOf(7));
    const found = judgement.results.filter(({ verdict }) => verdict === 'invalid');
    assert.deepEqual(found, []);
    for (const phase of ['inject', 'bit', 'heal', 'healed'] as const) {
      assert.ok(
        output.faults.some((event) => event.phase === phase),
        phase,
      );
    }
  });

  it('finds a bug that was seeded', async () => {
    const names = new Set<string>();
    for (let seed = 1; seed <= 20 && !names.has('prefix-divergence'); seed += 1) {
      const { judgement } = await simulate(planOf(seed, { bug: 'skip-truncation', rate: 60 }));
      for (const { anomalies } of judgement.results) for (const { name } of anomalies) names.add(name);
    }
    assert.ok(names.has('prefix-divergence'), [...names].join(', '));
  }).timeout(60_000);
});
