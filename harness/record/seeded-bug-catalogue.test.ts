import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { anomalyNames } from '../../checkers/anomaly.ts';
import { seededBugNames } from '../../cluster/runtime/seeded-bug.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import { projectRoot } from '../project-root.ts';
import { seededBugCatalogue, settingsText, waitingBugs } from './seeded-bug-catalogue.ts';

describe('the catalogue of seeded bugs', () => {
  const cluster = fileURLToPath(new URL('cluster', projectRoot()));
  const sources = readdirSync(cluster, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .filter((path) => path !== join('runtime', 'seeded-bug.ts'))
    .map((path) => readFileSync(join(cluster, path), 'utf8'))
    .join('\n');

  it('has one row for each name, found or waiting, and each has a guard in the servers', () => {
    const named = [...seededBugCatalogue, ...waitingBugs].flatMap(({ name }) => name ?? []);
    assert.deepEqual([...named].sort(), [...seededBugNames].sort());
    for (const name of seededBugNames) assert(sources.includes(`has('${name}')`), name);
  });

  it('gives each id once', () => {
    const ids = [...seededBugCatalogue, ...waitingBugs].map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    assert(
      Array.from({ length: 20 }, (_, at) => `S${String(at + 1).padStart(2, '0')}`).every((id) =>
        ids.includes(id),
      ),
    );
  });

  it('expects of each what a judge can find', () => {
    for (const { name, expected } of seededBugCatalogue) {
      assert(expected.length > 0, name);
      for (const anomaly of expected) assert(anomalyNames.includes(anomaly), `${name}: ${anomaly}`);
    }
  });

  it('names a nemesis that exists where real runs need another one than all-random', () => {
    const others = seededBugCatalogue.flatMap(({ inRealRuns }) => inRealRuns?.nemesis ?? []);
    assert(others.length > 0);
    for (const name of others) assert(namedNemeses.has(name), name);
  });

  it('tells settings as they are typed', () => {
    const none = { options: {}, brokerProperties: {}, controllerProperties: {} };
    assert.equal(settingsText(none), '');
    assert.equal(
      settingsText({ ...none, options: { queues: '2' }, controllerProperties: { a: 'b', c: 'd' } }),
      '--queues 2, controllers: a=b c=d',
    );
  });
});
