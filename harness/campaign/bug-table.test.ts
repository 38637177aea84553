import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import type { AnomalyName, Verdict } from '../../checkers/anomaly.ts';
import { rowOf, waitingBugs } from '../record/seeded-bug-catalogue.ts';
import type { BugSearch } from './bug-hunt.ts';
import {
  type BugsRecord,
  bugCells,
  bugLines,
  bugsHtml,
  bugsMarkdown,
  type HuntedBug,
  outcomeOfBug,
  verdictOf,
} from './bug-table.ts';
import { writeBugs } from './write-bugs.ts';

const row = rowOf('skip-truncation') ?? assert.fail();

function found(
  seeds: number,
  expected: readonly AnomalyName[] = ['prefix-divergence'],
  verdict: Verdict = 'valid',
): BugSearch {
  const control = {
    verdict,
    command: 'c <1>',
    anomalies: verdict === 'invalid' ? (['stale-read'] as const) : [],
  };
  return {
    firstSeed: 1,
    seedsTried: seeds,
    seconds: seeds * 2,
    others: {},
    broken: 0,
    found: { seeds, command: 'with | the bug', expected, besides: [], control },
  };
}

const vain: BugSearch = { firstSeed: 1, seedsTried: 40, seconds: 80, others: { 'stale-read': 2 }, broken: 0 };
const bug = (...searches: readonly BugSearch[]): HuntedBug => ({ row, searches });

function recordOf(bugs: readonly HuntedBug[]): BugsRecord {
  return {
    version: 1,
    command: 'npm run jepsen -- bugs',
    world: 'sim',
    verdict: verdictOf(bugs),
    seedsMax: 40,
    bugs,
    waiting: waitingBugs,
    realSeconds: 3,
    workers: 2,
    interrupted: false,
    versions: {},
  };
}

describe('the table of seeded bugs', () => {
  it('tells median and most of the seeds, the anomalies and the control', () => {
    assert.deepEqual(bugCells(bug(found(9), found(1, ['lost-ack-write']), found(4))), [
      'F2',
      'skip-truncation',
      '3 of 3',
      '4 / 9',
      '8.0',
      'prefix-divergence, lost-ack-write',
      'valid',
    ]);
  });

  it('says where a search was in vain, and what it saw instead', () => {
    assert.deepEqual(bugCells(bug(found(9), found(3), vain)).slice(2, 4), ['2 of 3', '9 / > 40']);
    assert.deepEqual(bugCells(bug(vain)).slice(2), [
      '0 of 1',
      '> 40 / > 40',
      '80.0',
      'only others: stale-read',
      '',
    ]);
  });

  it('tells a control that failed, and one that its settings let fail', () => {
    const failed = found(2, ['prefix-divergence'], 'invalid');
    assert.equal(bugCells(bug(found(1), failed)).at(-1), 'invalid: stale-read');
    const lossy = found(1);
    const searches = [
      { ...lossy, found: { ...lossy.found, control: { ...lossy.found?.control, anomalies: ['gap'] } } },
    ] as BugSearch[];
    const cells = bugCells({ row: { ...row, controlMayFail: true }, searches });
    assert.equal(cells.at(-1), "valid by the bug's own judge; its settings may lose: gap");
  });

  it('is valid where every search found its bug and every control passed', () => {
    assert.equal(verdictOf([bug(found(1)), bug(found(2))]), 'valid');
    assert.equal(verdictOf([bug(found(1)), bug(vain)]), 'invalid');
    assert.equal(verdictOf([bug(found(1, ['prefix-divergence'], 'invalid'))]), 'invalid');
    assert.equal(verdictOf([bug(found(1, ['prefix-divergence'], 'unknown'))]), 'unknown');
  });

  it('calls a search that was stopped by hand stopped, not in vain', () => {
    const stopped = bug(found(1), { ...vain, isStopped: true });
    assert.equal(verdictOf([stopped]), 'unknown');
    assert.equal(outcomeOfBug(stopped), 'stopped');
    assert.equal(bugCells(bug({ ...vain, others: {}, isStopped: true }))[5], 'none; stopped');
    assert.deepEqual([bug(vain), bug(found(1)), bug()].map(outcomeOfBug), ['INVALID', 'found', 'not found']);
  });

  it('gives the reason why a bug need not be found in its world', () => {
    const rare = { ...bug({ ...vain, others: {} }), excuse: 'it takes a slow link' };
    assert.equal(verdictOf([rare]), 'valid');
    assert.equal(outcomeOfBug(rare), 'not found');
    assert.equal(bugCells(rare)[5], 'none; it takes a slow link');
    const failed = [found(1, ['prefix-divergence'], 'invalid')];
    assert.equal(verdictOf([{ ...rare, searches: failed }]), 'invalid');
  });

  it('stands in columns on a terminal', () => {
    const lines = bugLines([bug(found(9)), bug(vain)]);
    const columns = lines.map((line) => line.search(/control|valid$|only others/));
    assert.equal(lines.length, 3);
    assert.equal(lines[0]?.indexOf('anomaly'), lines[1]?.indexOf('prefix-divergence'));
    assert.equal(lines[0]?.indexOf('anomaly'), columns[2]);
  });

  it('is a file of markdown and one of HTML, with those that wait', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bugs-'));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const record = recordOf([bug(found(9))]);
    const path = writeBugs(folder, Date.UTC(2026, 10, 22), record);
    assert.equal(path, join(folder, 'bugs', '2026-11-22T00.00.00Z'));
    const read = (name: string) => readFileSync(join(path, name), 'utf8');
    assert.equal(read('bugs.md'), bugsMarkdown(record));
    assert.match(
      read('bugs.md'),
      /\| F2 \| skip-truncation \| 1 of 1 \| 9 \/ 9 \| 18\.0 \| prefix-divergence \| valid \|/,
    );
    assert.match(read('bugs.md'), /- B60 vote-by-node-term: .*; waits for the DLedger CommitLog/);
    assert.equal(read('report.html'), bugsHtml(record));
    assert.match(read('report.html'), /<td>with \| the bug<\/td><td>valid: c &lt;1&gt;<\/td>/);
    assert.equal((JSON.parse(read('bugs.json')) as { verdict: string }).verdict, 'valid');
    assert.ok(existsSync(join(folder, 'index.html')));
  });
});
