import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { makeRunFolder } from '../record/results-folder.ts';
import { syntheticRun, writeSyntheticRun } from '../report/testing/synthetic-run.ts';
import { judge } from './judge.ts';
import { writeReport } from './write-report.ts';

describe('what is written of a judged run', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'write-report-'));
    // Of runs that ended badly: a folder without results, and one whose results were torn.
    mkdirSync(join(folder, 'log-kill', '2026-11-20T08.00.00Z-1'), { recursive: true });
    mkdirSync(join(folder, 'log-kill', '2026-11-20T09.00.00Z-2'), { recursive: true });
    writeFileSync(join(folder, 'log-kill', '2026-11-20T09.00.00Z-2', 'results.json'), '{"verdict": "val');
    const files = makeRunFolder(folder, 'log-some', Date.UTC(2026, 10, 22), 3);
    writeSyntheticRun(files, syntheticRun({ seed: 3, seconds: 36, rate: 100, loses: true }));
    writeReport(
      files,
      judge(files, () => 0),
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const read = (name: string) =>
    readFileSync(join(folder, 'log-some', '2026-11-22T00.00.00Z-3', name), 'utf8');

  it('is results.json, for machines', () => {
    const results = JSON.parse(read('results.json')) as Record<string, unknown>;
    assert.equal(results['version'], 2);
    assert.equal(results['verdict'], 'invalid');
    assert.equal(results['seed'], 3);
    assert.deepEqual(results['anomalies'], ['lost-ack-write', 'offset-divergence', 'recovery-point']);
    assert.deepEqual(results['expectedAnomalies'], ['lost-ack-write']);
    assert.equal((results['checkers'] as unknown[]).length, 19);
  });

  it('is junit.xml, for CI', () => {
    assert.match(
      read('junit.xml'),
      /<testsuite name="log-partition\+kill-bug-ack-before-replication" tests="19" failures="3" errors="0"/,
    );
  });

  it('is report.html, with its data inside', () => {
    assert.match(
      read('report.html'),
      /<title>invalid: log-partition\+kill-bug-ack-before-replication, seed 3<\/title>/,
    );
  });

  it('is a line in index.html, beside those of other runs that have one', () => {
    const index = readFileSync(join(folder, 'index.html'), 'utf8');
    assert.match(index, /log-some\/2026-11-22T00\.00\.00Z-3\/report\.html/);
    assert.ok(!index.includes('2026-11-20'));
  });
});
