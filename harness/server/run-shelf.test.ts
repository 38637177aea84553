import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { RunShelf } from './run-shelf.ts';
import { planOfTests, ResultsFolders, resultsOfTests, runOfTests } from './testing/results-folders.ts';
import { type Surroundings, silentMaxMs } from './under-way.ts';

const startMs = Date.parse('2026-11-22T10:00:00Z');
const progress = (more: object = {}) => ({
  ...{ version: 1, pid: 42, host: 'here', plan: planOfTests, startWallMs: startMs, updatedWallMs: startMs },
  ...{ phase: 'load', phaseStartWallMs: startMs, loadStartWallMs: startMs, load: null, broke: null },
  ...more,
});

describe('the shelf of a results folder', () => {
  let results: ResultsFolders;
  let surroundings: Surroundings;
  let shelf: RunShelf;
  const at = (path: string) => {
    const found = shelf.find(path);
    return found === undefined ? undefined : `${found.outcome}: ${found.why}`;
  };

  beforeEach(() => {
    results = new ResultsFolders();
    surroundings = { nowMs: startMs + 1000, host: 'here', isAlive: (pid) => pid === 42 };
    shelf = new RunShelf(results.folder, () => surroundings);
  });
  afterEach(() => results.remove());

  it('has runs, campaigns, tables of bugs and matrices, newest first', async () => {
    results.write({
      ...runOfTests('log-kill/2026-11-20T08.00.00Z-7', 'invalid'),
      'sim-swarm/2026-11-22T08.00.00Z-campaign/campaign.json': { verdict: 'valid' },
      'bugs/2026-11-21T08.00.00Z/bugs.json': { verdict: 'valid' },
      'all/2026-11-23T08.00.00Z/all.json': { cells: [] },
    });
    await shelf.look();
    assert.deepEqual(
      shelf.rows.map(({ type, outcome, page }) => `${type} ${outcome} ${page?.split('/').at(-1)}`),
      [
        'matrix unknown index.html',
        'campaign valid report.html',
        'bugs valid report.html',
        'run invalid report.html',
      ],
    );
  });

  it('lists what is broken as such, and leaves out what was never a run', async () => {
    results.write({
      'log-kill/2026-11-20T08.00.00Z-1/results.json': '{"verdict": "val',
      'log-kill/2026-11-20T08.00.00Z-2/results.json': '[]',
      'log-kill/2026-11-20T08.00.00Z-3/history.jsonl': '',
      'log-kill/2026-11-20T08.00.00Z-4/results.json': resultsOfTests(),
      'log-kill/2026-11-20T08.00.00Z-4/run.json': 'no',
      'all/2026-11-20T08.00.00Z/all.json': '',
      'coverage/tmp/coverage-1.json': {},
      'bench.json': {},
    });
    mkdirSync(join(results.folder, 'log-kill/2026-11-20T08.00.00Z-5/results.json'), { recursive: true });
    await shelf.look();
    assert.match(at('log-kill/2026-11-20T08.00.00Z-1') ?? '', /^broke: results.json: it is not whole/);
    assert.equal(at('log-kill/2026-11-20T08.00.00Z-2'), 'broke: results.json: it holds no JSON object');
    assert.equal(
      at('log-kill/2026-11-20T08.00.00Z-3'),
      'broke: no results.json: it is not finished, or was stopped',
    );
    assert.match(at('log-kill/2026-11-20T08.00.00Z-4') ?? '', /^valid: run.json: it is not whole/);
    assert.match(at('log-kill/2026-11-20T08.00.00Z-5') ?? '', /^broke: results.json: it cannot be read/);
    assert.match(at('all/2026-11-20T08.00.00Z') ?? '', /^broke: all.json: it is not whole/);
    assert.equal(shelf.rows.length, 6);
  });

  it('follows a run from its progress to its verdict', async () => {
    const path = 'log-kill/2026-11-22T10.00.00Z-7';
    results.write({ [`${path}/progress.json`]: progress() });
    await shelf.look();
    assert.equal(at(path), 'running: in the phase "load"');
    assert.deepEqual([shelf.find(path)?.world, shelf.find(path)?.nemeses], ['process', ['kill']]);
    const { version } = shelf;
    await shelf.look();
    assert.equal(shelf.version, version);
    results.write(runOfTests(path));
    rmSync(join(results.folder, path, 'progress.json'));
    await shelf.look();
    assert.equal(at(path), 'valid: ');
    assert.ok(shelf.version > version);
  });

  it('follows a campaign and a matrix from their progress to their record', async () => {
    const campaign = 'sim-swarm/2026-11-22T10.00.00Z-campaign';
    const matrix = 'all/2026-11-22T10.00.00Z';
    const notValid = [{ name: 'seed 9', verdict: 'invalid', anomalies: ['gap'] }];
    const told = (more: object) => ({
      ...{ version: 1, pid: 42, host: 'here', updatedWallMs: startMs, broke: null, world: 'sim' },
      ...{ done: 3, wanted: 50, verdicts: { valid: 2, invalid: 1, unknown: 0, broke: 0 }, notValid },
      ...more,
    });
    results.write({
      [`${campaign}/progress.json`]: told({ collection: 'campaign', firstSeed: 7 }),
      [`${matrix}/progress.json`]: told({ collection: 'matrix', done: 0, verdicts: {}, notValid: [] }),
    });
    await shelf.look();
    assert.equal(at(campaign), 'running: 3 of 50 seeds: 2 valid, 1 invalid');
    assert.equal(at(matrix), 'running: 0 of 50 runs');
    const { anomalies, seed, type } = shelf.find(campaign) ?? {};
    assert.deepEqual([type, seed, anomalies], ['campaign', 7, ['gap']]);
    surroundings = { ...surroundings, isAlive: () => false };
    await shelf.look();
    assert.equal(at(campaign), 'broke: the harness was stopped, after 3 of 50 seeds: 2 valid, 1 invalid');
    results.write({
      [`${campaign}/campaign.json`]: {
        verdict: 'invalid',
        seedsDone: 50,
        verdicts: { valid: 49, invalid: 1 },
      },
      [`${matrix}/progress.json`]: told({ collection: 'matrix', broke: 'the disk is full\nat once' }),
    });
    await shelf.look();
    assert.equal(at(campaign), 'invalid: 50 seeds: 49 valid, 1 invalid, 0 unknown');
    assert.equal(at(matrix), 'broke: broke: the disk is full, after 3 of 50 runs: 2 valid, 1 invalid');
  });

  it('knows a run that will never end: its process is gone, it said so, or nobody heard of it for long', async () => {
    const dead = (broke: string | null, more: object = {}) => ({ ...progress({ broke, ...more }) });
    results.write({
      'a/2026-11-22T10.00.00Z-1/progress.json': dead(null, { pid: 43 }),
      'a/2026-11-22T10.00.00Z-2/progress.json': dead('no route to n2\nat x'),
      'a/2026-11-22T10.00.00Z-3/progress.json': dead(null, { host: 'elsewhere' }),
    });
    await shelf.look();
    assert.equal(at('a/2026-11-22T10.00.00Z-1'), 'broke: the harness was stopped in the phase "load"');
    assert.equal(at('a/2026-11-22T10.00.00Z-2'), 'broke: broke in the phase "load": no route to n2');
    assert.equal(at('a/2026-11-22T10.00.00Z-3'), 'running: in the phase "load"');
    surroundings = { ...surroundings, nowMs: startMs + silentMaxMs + 1 };
    await shelf.look();
    assert.equal(at('a/2026-11-22T10.00.00Z-3'), 'broke: the harness was stopped in the phase "load"');
  });

  it('hears of a run that was judged again, and of one that was removed', async () => {
    const path = 'log-kill/2026-11-20T08.00.00Z-7';
    results.write(runOfTests(path, 'valid'));
    await shelf.look();
    results.write({ [`${path}/results.json`]: resultsOfTests('invalid') });
    utimesSync(join(results.folder, path, 'results.json'), 1, 1);
    await shelf.look();
    assert.match(at(path) ?? '', /^invalid/);
    rmSync(join(results.folder, path), { recursive: true });
    await shelf.look();
    assert.deepEqual(shelf.rows, []);
  });

  it('counts what a link leads to once', async () => {
    results.write(runOfTests('log-kill/2026-11-20T08.00.00Z-7'));
    symlinkSync('log-kill/2026-11-20T08.00.00Z-7', join(results.folder, 'latest'));
    symlinkSync('2026-11-20T08.00.00Z-7', join(results.folder, 'log-kill/latest'));
    await shelf.look();
    assert.equal(shelf.rows.length, 1);
  });

  it('rejects where there is no such folder', async () => {
    await assert.rejects(new RunShelf(join(results.folder, 'nowhere')).look(), /ENOENT/);
  });
});
