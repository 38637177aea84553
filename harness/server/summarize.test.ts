import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JsonRecord } from './json-value.ts';
import { worstGapMs } from './run-summary.ts';
import { summarizeBugs, summarizeCampaign, summarizeMatrix } from './summarize-collection.ts';
import { summarizeRun } from './summarize-run.ts';
import { recordOfTests, resultsOfTests } from './testing/results-folders.ts';

const run = (record: object, results: object) => summarizeRun(record as JsonRecord, results as JsonRecord);

describe('the row of a run', () => {
  it('has its rates per second of load, reads of single replicas aside', () => {
    const { figures } = run(recordOfTests(), resultsOfTests());
    assert.deepEqual(figures, {
      ...{ seconds: 10, ok: 1500, acknowledged: 500, okPerS: 150, acknowledgedPerS: 50 },
    });
  });

  it('has the worst and the median gap of each kind of fault', () => {
    const facts = run(recordOfTests(), resultsOfTests());
    assert.deepEqual(facts.gaps, { kill: { faults: 2, worst: 800, median: 450 } });
    assert.equal(worstGapMs(facts), 800);
    assert.equal(worstGapMs({ gaps: {} }), undefined);
  });

  it('says in one line what was found, by the checker that found it', () => {
    assert.equal(run(recordOfTests(), resultsOfTests('invalid')).why, 'log/lost: message "1-2" is gone');
    assert.equal(run(recordOfTests(), resultsOfTests('valid')).why, '');
    const interrupted = { ...recordOfTests(), interrupted: 'stopped by hand' };
    assert.equal(run(interrupted, resultsOfTests('unknown')).why, 'interrupted: stopped by hand');
  });

  it('takes a seed of swarm for no configuration of its own', () => {
    const { nemeses, settings } = run(recordOfTests({ swarm: {} }), resultsOfTests());
    assert.deepEqual([nemeses, settings], [['swarm'], {}]);
  });

  it('is made of whatever is there, were it nothing or something else', () => {
    for (const [record, results] of [
      [{}, {}],
      [{ plan: 7 }, { verdict: 3, checkers: 'none', anomalies: [1], phases: [] }],
      [{ plan: { nemeses: 'kill', rate: {} } }, { checkers: [null, 1, { facts: 4 }] }],
    ]) {
      const { outcome, figures, gaps } = run(record as object, results as object);
      assert.deepEqual([outcome, figures, gaps], ['broke', undefined, {}]);
    }
  });
});

describe('the rows of what holds many runs', () => {
  it('tell a campaign: seeds, verdicts, why it is not enough', () => {
    const facts = summarizeCampaign({
      ...{ verdict: 'unknown', firstSeed: 5, seedsDone: 3, verdicts: { valid: 2, invalid: 0, unknown: 1 } },
      ...{ shortcomings: ['kill: 36, wanted 100'], faults: { pause: {}, kill: {} }, realSeconds: 4 },
      ...{ ok: 300, acknowledged: 90, virtualSeconds: 30, notValid: [] },
    });
    assert.equal(
      facts.why,
      '3 seeds: 2 valid, 0 invalid, 1 unknown; too little was tried: kill: 36, wanted 100',
    );
    assert.deepEqual([facts.nemeses, facts.figures?.okPerS, facts.seed], [['kill', 'pause'], 10, 5]);
  });

  it('tell a table of bugs: how many were found', () => {
    const found = { control: { anomalies: ['stale-read'] } };
    const bugs = [
      { row: { name: 'one' }, searches: [{}, { found }] },
      { row: { name: 'two' }, searches: [{ found: null }] },
    ];
    const facts = summarizeBugs({ verdict: 'invalid', world: 'sim', bugs });
    assert.deepEqual(
      [facts.why, facts.bug, facts.anomalies],
      ['1 of 2 seeded bugs found', '', ['stale-read']],
    );
  });

  it('tell a matrix: its worst verdict, and how many of each', () => {
    const runs = (...verdicts: string[]) => verdicts.map((verdict) => ({ verdict, anomalies: [] }));
    const cells = [
      { world: 'sim', runs: runs('valid', 'unknown') },
      { world: 'docker', runs: runs('broke') },
    ];
    const facts = summarizeMatrix({ cells, seconds: 60, interrupted: true });
    assert.deepEqual(
      [facts.outcome, facts.world, facts.why],
      ['broke', 'sim, docker', '3 runs of 2 cells: 1 broke, 1 unknown, 1 valid; stopped by hand'],
    );
    assert.equal(summarizeMatrix({ cells: [] }).outcome, 'unknown');
  });
});
