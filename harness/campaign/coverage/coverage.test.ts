import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { nemeses } from '../../../nemeses/nemesis-registry.ts';
import { runInSimulation } from '../../simulation/run-in-simulation.ts';
import { smallPlan } from '../../simulation/testing/small-plan.ts';
import { coverageOf, coverageText } from './coverage.ts';
import { mustReach } from './must-reach.ts';
import { reachedIn } from './reached-states.ts';

describe('what a campaign reached', () => {
  it('is states, outcomes, guards and faults; a quiet run misses what only faults bring', async () => {
    const quiet = await runInSimulation(smallPlan({ nemeses: [] }), { nemeses, schedule: [] });
    const schedule = [
      { id: 'kill-1', nemesis: 'kill', variant: 'master', atMs: 500, durationMs: 1800 },
      { id: 'kill-2', nemesis: 'kill', variant: 'slave', atMs: 3000, durationMs: 500 },
    ];
    const killed = await runInSimulation(smallPlan({ timeLimitS: 4 }), { nemeses, schedule });
    const [before, after] = [reachedIn(quiet), reachedIn(killed)];
    for (const name of ['role-changed master', 'send ok', 'guard skip-read-round', 'store-recovered clean'])
      assert.ok(before.includes(name), name);
    const brought = [
      'guard skip-disconnected-member',
      'broker-inactive closed',
      'store-recovered unclean',
      'sync-state-set shrank',
    ];
    for (const name of [...brought, 'fault kill master']) {
      assert.ok(!before.includes(name), name);
      assert.ok(after.includes(name), name);
    }
  });

  it('is counted in seeds, and what was never reached is named', () => {
    const [first = '', second = '', third = '', ...rest] = mustReach;
    const coverage = coverageOf(new Map([...rest, 'by the way'].map((name, at) => [name, at + 1])));
    assert.deepEqual(coverage.never, [first, second, third]);
    assert.equal(coverage.reached['by the way'], rest.length + 1);
    const all = mustReach.length;
    assert.equal(
      coverageText(coverage, 1),
      `${all - 3} of ${all} reached; never: ${first} and 2 more, see the report`,
    );
    assert.equal(
      coverageText(coverageOf(new Map(mustReach.map((name) => [name, 1]))), 1),
      `${all} of ${all} reached`,
    );
  });
});
