import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { committedScenarios } from './committed-scenario.ts';
import { anomaliesOf } from './failure.ts';
import { runScenario } from './run-in-simulation.ts';
import type { Scenario } from './scenario.ts';

/** Shrunk runs do too little for a verdict of `valid`: nothing may be found, and nothing but the amount be unknown. */
async function found(scenario: Scenario): Promise<readonly string[]> {
  const { results } = (await runScenario(scenario)).judgement;
  const broken = results.filter(({ checker, verdict }) => verdict === 'unknown' && checker !== 'stats');
  return [
    ...anomaliesOf(results),
    ...broken.map(({ checker, evidence }) => `${checker} unknown: ${evidence}`),
  ];
}

describe('the committed scenarios', function () {
  this.timeout(60_000);
  for (const { name, story, scenario, shows } of committedScenarios()) {
    if (shows === undefined) {
      it(`${name}: ${story}`, async () => assert.deepEqual(await found(scenario), []));
      continue;
    }
    it(`${name}: ${story}`, async () => {
      const names = await found(scenario);
      assert.ok(names.includes(shows), `wanted ${shows}, found ${names.join(', ') || 'nothing'}`);
    });
    it(`${name}: nothing without the bug`, async () => {
      const plan = { ...scenario.plan, bug: undefined };
      assert.deepEqual(await found({ ...scenario, plan }), []);
    });
  }
});
