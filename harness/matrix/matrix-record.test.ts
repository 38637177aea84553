import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { failureRate, failureRateText } from './failure-rate.ts';
import { matrixHtml } from './matrix-html.ts';
import { matrixJunit } from './matrix-junit.ts';
import { matrixLines } from './matrix-lines.ts';
import { mergeRecords, rateOf, totalsOf, worstOf } from './matrix-record.ts';
import { sampleCell, sampleRecord, sampleRun } from './testing/sample-record.ts';
import { makeMatrixFolder, readMatrix, recordsBelow, writeMatrix } from './write-matrix.ts';

const night = sampleRecord([
  sampleCell('log none', 'sim', [sampleRun('valid'), sampleRun('valid', { seed: 7002 })]),
  sampleCell('log kill', 'docker', [
    sampleRun('valid'),
    sampleRun('invalid', { seed: 7002 }),
    sampleRun('unknown'),
  ]),
  sampleCell('log pause', 'docker', [sampleRun('broke')]),
  sampleCell('log slow', 'docker', [], { skipped: 'no engine <here>' }),
  sampleCell('log disk', 'sim', [], { notRun: 2 }),
]);

describe('the failure rate', () => {
  // Values of Wilson's interval as published for 95 %: Newcombe, Statistics in Medicine 17 (1998), table I.
  it('has the interval of Wilson', () => {
    const known: [number, number, string, string][] = [
      [81, 263, '0.2553', '0.3662'],
      [15, 148, '0.0624', '0.1605'],
      [0, 20, '0.0000', '0.1611'],
      [1, 29, '0.0061', '0.1718'],
    ];
    for (const [failures, runs, low, high] of known) {
      const rate = failureRate(failures, runs);
      assert.deepEqual([rate.low.toFixed(4), rate.high.toFixed(4)], [low, high]);
    }
  });

  it('says what was seen and what that is worth, and nothing without a run', () => {
    assert.equal(failureRateText(failureRate(0, 10)), '0 of 10 (0-28 %)');
    assert.equal(failureRateText(failureRate(10, 10)), '10 of 10 (72-100 %)');
    assert.equal(failureRateText(failureRate(0, 0)), 'no verdict yet');
  });

  it('counts only what came to a verdict', () => {
    const [, kill, pause] = night.cells;
    assert.ok(kill !== undefined && pause !== undefined);
    assert.deepEqual([rateOf(kill).failures, rateOf(kill).runs, rateOf(pause).runs], [1, 2, 0]);
  });
});

describe('what a matrix came to', () => {
  it('is its worst run, and unknown without one', () => {
    assert.equal(worstOf([]), 'unknown');
    assert.equal(worstOf([sampleRun('valid')]), 'valid');
    assert.equal(worstOf([sampleRun('unknown'), sampleRun('broke'), sampleRun('valid')]), 'broke');
    assert.equal(worstOf([sampleRun('broke'), sampleRun('invalid')]), 'invalid');
  });

  it('is one sentence', () => {
    assert.equal(
      totalsOf(night).sentence,
      '6 runs in 29 min: 1 invalid, 1 broke, 1 unknown, 3 valid; 2 runs not begun for want of time; 1 cell skipped',
    );
  });

  it('is a line for each cell, failures first, what was not run last', () => {
    const lines = matrixLines(night);
    assert.deepEqual(
      lines.map(({ verdict, cell }) => `${verdict} ${cell}`),
      [
        'invalid log kill docker',
        'broke log pause docker',
        'valid log none sim',
        'undefined skipped',
        'undefined not run',
      ],
    );
    assert.match(lines[0]?.text ?? '', /failures 1 of 2 \(9\.5-91 %\).*lost-ack-write/);
    assert.equal(lines[3]?.text, 'log slow (docker): no engine <here>');
  });
});

describe('junit.xml of a matrix', () => {
  it('has a suite for each cell, with failures, errors and what was skipped', () => {
    const xml = matrixJunit(night);
    assert.match(xml, /<testsuite name="log kill docker" tests="3" failures="1" errors="1" skipped="0"/);
    assert.match(xml, /<failure message="log\/lost: 3 lost-ack-write: .* &lt;was acknowledged&gt;/);
    assert.match(xml, /<skipped message="no engine &lt;here&gt;"\/>/);
    assert.match(xml, /<skipped message="2 runs were not begun"\/>/);
    assert.equal(xml.match(/<testcase /g)?.length, 8);
    assert.equal(xml.match(/<\/testcase>|<testcase [^>]*\/>/g)?.length, 8);
  });
});

describe('the page of a matrix', () => {
  const html = matrixHtml(night);

  it('opens with what failed, the worst first, with the command and the report', () => {
    const order = [
      '3 runs are not valid',
      'badge invalid">invalid</span> <b>log kill docker',
      'badge broke">',
      'badge unknown">',
      'The table',
      'How often',
    ];
    const places = order.map((text) => html.indexOf(text, html.indexOf('</h1>')));
    assert.ok(
      places.every((place, at) => place > (places[at - 1] ?? 0)),
      places.join(),
    );
    assert.match(html, /href="\.\.\/\.\.\/log-kill\/2026-11-22T01\.20\.00Z-7002\/report\.html"/);
    assert.match(html, /data-copy="npm run jepsen -- --nemesis kill --deployment docker --seed 7002"/);
  });

  it('says nothing of failures where there are none', () => {
    const good = matrixHtml(sampleRecord(night.cells.slice(0, 1)));
    assert.ok(!good.includes('not valid'));
    assert.match(good, /<title>valid: all, 2026-11-22 01:17/);
  });

  it('names what was skipped and what was not run, and lets nothing through as HTML', () => {
    assert.match(html, /log slow \(docker\): no engine &lt;here&gt;/);
    assert.match(html, /<li>log disk \(sim\)<\/li>/);
    assert.ok(!html.includes('<was acknowledged>'));
  });

  it('is one file, light and dark', () => {
    assert.ok(!/src=|@import|<link/.test(html));
    assert.match(html, /prefers-color-scheme: dark/);
  });
});

describe('parts of a matrix', () => {
  const part = (verdict: 'valid' | 'invalid', notRun = 0) =>
    sampleRecord([sampleCell('log kill', 'docker', [sampleRun(verdict)], { notRun })]);

  it('are one: of a cell all runs together', () => {
    const merged = mergeRecords([
      part('valid', 1),
      part('invalid'),
      sampleRecord([sampleCell('log kill', 'docker', [], { skipped: 'x' })]),
    ]);
    assert.equal(merged.cells.length, 1);
    assert.deepEqual(
      merged.cells[0]?.runs.map(({ verdict }) => verdict),
      ['valid', 'invalid'],
    );
    assert.deepEqual([merged.cells[0]?.skipped, merged.cells[0]?.notRun], [undefined, 1]);
  });

  it('are read from where they lie, so that links still lead to their runs', () => {
    const root = mkdtempSync(join(tmpdir(), 'matrix-'));
    try {
      const from = join(root, 'shard-1', 'all', 'x');
      mkdirSync(from, { recursive: true });
      writeMatrix(from, part('invalid'));
      const folder = makeMatrixFolder(root, 0);
      assert.equal(folder, join(root, 'all', '1970-01-01T00.00.00Z'));
      assert.deepEqual(recordsBelow(root), [join(from, 'all.json')]);
      const read = readMatrix(join(from, 'all.json'), folder);
      assert.equal(read.cells[0]?.runs[0]?.folder, '../../shard-1/log-kill/2026-11-22T01.20.00Z-7001');
      writeMatrix(folder, read);
      assert.match(readFileSync(join(root, 'all', 'latest', 'index.html'), 'utf8'), /shard-1\/log-kill/);
      assert.throws(() => readMatrix(join(from, 'junit.xml'), folder), /--merge: cannot read/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
