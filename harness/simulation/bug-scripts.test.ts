import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'mocha';
import { seededBugNames } from '../../cluster/runtime/seeded-bug.ts';
import { parseScript } from '../../nemeses/script/script.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { expectedOf } from '../record/seeded-bug-catalogue.ts';
import { runInSimulation } from './run-in-simulation.ts';
import { scriptedPlan } from './scripted-plan.ts';

const folder = 'nemeses/scenarios';
const seed = 1;

/** What the judges found. */
async function anomaliesOf(plan: RunPlan): Promise<readonly string[]> {
  const { judgement } = await runInSimulation(plan, { nemeses: new Map(), schedule: [] });
  return judgement.results.flatMap(({ anomalies }) =>
    anomalies.map(({ name, detail }) => `${name}: ${detail}`),
  );
}

describe('the documented bugs as scripts', () => {
  for (const file of readdirSync(folder).sort()) {
    const name = basename(file, '.txt');
    const text = readFileSync(join(folder, file), 'utf8');
    const { title, header } = parseScript(name, text);
    it(title, async () => {
      assert.deepEqual(await anomaliesOf(scriptedPlan(name, text, { seed })), []);
    }).timeout(60_000);

    const bug = seededBugNames.find((known) => known === header.get('bug'));
    if (header.has('bug')) assert.ok(bug !== undefined, `${file}: there is no bug ${header.get('bug')}`);
    if (bug === undefined) continue;
    it(`${name} is seen when the guard is gone (${bug})`, async () => {
      const found = await anomaliesOf(scriptedPlan(name, text, { seed, bug }));
      const expected = [...expectedOf(bug), 'script-expectation'];
      assert.ok(
        found.some((anomaly) => expected.some((one) => anomaly.startsWith(`${one}:`))),
        `wanted one of ${expected.join(', ')}, got ${found.join('; ') || 'nothing'}`,
      );
    }).timeout(60_000);
  }
});
