import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type CollectionInput, collectionState } from './collection-state.ts';
import type { Outcome, RunSummary } from './run-summary.ts';

const input = (outcome: Outcome, more: Partial<CollectionInput> = {}): CollectionInput => ({
  summary: {
    ...{ path: 'all/one', type: 'matrix', outcome, startMs: 1000, seconds: undefined, seed: 1, workload: '' },
    ...{ nemeses: [], world: '', bug: '', anomalies: [], why: 'so', figures: undefined, gaps: {} },
    ...{ settings: {}, page: undefined },
  } as RunSummary,
  progress: {
    startWallMs: 1000,
    updatedWallMs: 21_000,
    done: 4,
    wanted: 10,
    lately: 'vxbu',
    now: 'log kill',
  },
  record: undefined,
  address: '/there',
  nowMs: 41_000,
  ...more,
});

describe('the state of what holds many runs', () => {
  it('says how long the rest will take by how long the others took', () => {
    const { elapsedS, lately, leftS, now } = collectionState(input('running'));
    assert.deepEqual([elapsedS, leftS, now], [40, 60, 'log kill']);
    assert.deepEqual(lately, ['valid', 'broke', 'unknown']);
    assert.equal(collectionState(input('running', { progress: {} })).leftS, null);
  });

  it('stands still where it broke', () => {
    const { elapsedS, ended, leftS, now } = collectionState(input('broke'));
    assert.deepEqual([elapsedS, leftS, now], [20, null, '']);
    assert.deepEqual(ended, { why: 'so', anomalies: [], report: '/there' });
  });

  it('counts by the record when it is there: in that of a campaign what broke is unknown', () => {
    const runs = [{ verdict: 'valid', ok: 5, acknowledged: 2 }, { verdict: 'broke' }];
    const matrix = collectionState(input('broke', { record: { cells: [{ runs }, { runs: [] }] } }));
    assert.deepEqual([matrix.done, matrix.ok, matrix.acknowledged], [2, 5, 2]);
    assert.deepEqual(matrix.verdicts, { valid: 1, invalid: 0, unknown: 0, broke: 1 });
    const record = { seedsDone: 9, verdicts: { valid: 6, invalid: 0, unknown: 3 }, broken: 1, ok: 70 };
    const campaign = collectionState(input('unknown', { record }));
    assert.deepEqual([campaign.done, campaign.ok], [9, 70]);
    assert.deepEqual(campaign.verdicts, { valid: 6, invalid: 0, unknown: 2, broke: 1 });
  });

  it('leads to the report of a run that stands below the results, and to no other', () => {
    const reportOf = (folder: unknown) =>
      collectionState(input('running', { progress: { notValid: [{ folder }] } })).notValid[0]?.report;
    assert.equal(reportOf('../../log-kill/a b'), '/files/log-kill/a%20b/report.html');
    assert.equal(reportOf('../../../elsewhere'), '');
    assert.equal(reportOf(null), '');
  });
});
