import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  type ComparedRun,
  comparedCheckers,
  comparedFigures,
  comparedSettings,
  differenceText,
  judgementOf,
} from './comparison.ts';
import type { JsonRecord } from './json-value.ts';
import type { RunSummary } from './run-summary.ts';
import { summarizeRun } from './summarize-run.ts';
import { recordOfTests, resultsOfTests } from './testing/results-folders.ts';

function compared(record: object, results: object): ComparedRun {
  const facts = summarizeRun(record as JsonRecord, results as JsonRecord);
  const summary: RunSummary = { path: 'a/b', type: 'run', startMs: 0, page: undefined, ...facts };
  return { summary, record: record as JsonRecord, results: results as JsonRecord };
}

describe('two runs side by side', () => {
  it('tell which settings differ, down to single properties, and which do not', () => {
    const properties = { broker: { flushDiskType: 'SYNC' }, controller: {} };
    const { differ, same } = comparedSettings(
      compared(recordOfTests({ properties }), resultsOfTests()),
      compared(recordOfTests({ rate: 500, nemeses: ['kill', 'pause'] }), resultsOfTests()),
    );
    assert.deepEqual(differ, [
      { name: 'nemeses', a: 'kill', b: 'kill, pause' },
      { name: 'rate', a: '200', b: '500' },
      { name: 'properties.broker.flushDiskType', a: 'SYNC', b: '' },
    ]);
    assert.ok(same.some(({ name, a }) => name === 'nodes' && a === '3'));
  });

  it('have the checkers first that do not agree, and one that did not judge', () => {
    const one = compared(recordOfTests(), resultsOfTests('invalid'));
    const other = compared(recordOfTests(), { ...resultsOfTests(), checkers: [] });
    assert.deepEqual(
      comparedCheckers(one, compared(recordOfTests(), resultsOfTests())).map(({ checker, a, b }) => [
        checker,
        a.verdict,
        b.verdict,
      ]),
      [
        ['log/lost', 'invalid', 'valid'],
        ['stats', 'valid', 'valid'],
        ['availability', 'valid', 'valid'],
      ],
    );
    assert.deepEqual(comparedCheckers(one, other)[0]?.b, { verdict: '', evidence: '' });
  });

  it('tell by how much their figures differ, and which way is good', () => {
    const figures = comparedFigures(
      compared(recordOfTests(), resultsOfTests('valid', 800)),
      compared(recordOfTests(), resultsOfTests('valid', 400)),
    );
    const gap = figures.find(({ name }) => name === 'kill: worst gap');
    const ok = figures.find(({ name }) => name === 'ok/s');
    assert.ok(gap !== undefined && ok !== undefined);
    assert.deepEqual([differenceText(gap.a, gap.b), judgementOf(gap)], ['−50 %', 'better']);
    assert.deepEqual([differenceText(ok.a, ok.b), judgementOf(ok)], ['=', '']);
    assert.equal(judgementOf({ ...ok, b: 100 }), 'worse');
    assert.equal(judgementOf({ ...ok, b: 140 }), '');
  });

  it('have no difference where one of them has no figure', () => {
    assert.deepEqual(
      [differenceText(undefined, 1), differenceText(0, 1), differenceText(10, 45), differenceText(1, 1.5)],
      ['', '', '×4.5', '+50 %'],
    );
  });

  it('fell by 100 % only where nothing is left', () => {
    assert.deepEqual(
      [differenceText(1960, 4.9), differenceText(1e6, 1), differenceText(10, 0), differenceText(100, 1)],
      ['−99.7 %', '−99.9 %', '−100 %', '−99 %'],
    );
  });

  it('are compared however little is known of them', () => {
    const nothing = compared({}, {});
    assert.deepEqual(comparedSettings(nothing, nothing), { differ: [], same: [] });
    assert.deepEqual(comparedCheckers(nothing, nothing), []);
    assert.ok(comparedFigures(nothing, nothing).every(({ a, b }) => a === undefined && b === undefined));
  });
});
