import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { chosen, filterQuery, parseFilter, sortedBy } from './run-filter.ts';
import type { RunSummary } from './run-summary.ts';

function row(day: number, more: Partial<RunSummary> = {}): RunSummary {
  return {
    path: `log-kill/2026-11-${day}T00.00.00Z-${day}`,
    type: 'run',
    outcome: 'valid',
    startMs: Date.parse(`2026-11-${day}T12:00:00Z`),
    ...{ seconds: day, seed: day, workload: 'log', nemeses: ['kill'], world: 'sim', bug: '' },
    ...{ anomalies: [], why: '', figures: undefined, gaps: {}, settings: {}, page: undefined },
    ...more,
  };
}

const rows = [
  row(14, { outcome: 'invalid', anomalies: ['stale-read'], nemeses: ['kill:master', 'pause'] }),
  row(13, { world: 'docker', bug: 'ack-early', gaps: { kill: { faults: 1, worst: 50, median: 50 } } }),
  row(12, { outcome: 'unknown', nemeses: [], gaps: { kill: { faults: 1, worst: 900, median: 50 } } }),
  row(11, { type: 'matrix', world: 'sim, docker' }),
];
const days = (query: string) => chosen(parseFilter(new URLSearchParams(query)), rows).map(({ seed }) => seed);

describe('the filter of the list', () => {
  it('shows all, newest first, where the address says nothing', () => {
    assert.deepEqual(days(''), [14, 13, 12, 11]);
    assert.equal(filterQuery(parseFilter(new URLSearchParams(''))), '');
  });

  it('takes what fits all that is asked for', () => {
    assert.deepEqual(days('verdict=invalid,unknown'), [14, 12]);
    assert.deepEqual(days('nemesis=kill'), [14, 13, 11]);
    assert.deepEqual(days('nemesis=none'), [12]);
    assert.deepEqual(days('world=docker'), [13, 11]);
    assert.deepEqual(days('bug=ack-early'), [13]);
    assert.deepEqual(days('bug=none&type=run'), [14, 12]);
    assert.deepEqual(days('from=2026-11-12&to=2026-11-13'), [13, 12]);
    assert.deepEqual(days('q=STALE+seed+14'), [14]);
    assert.deepEqual(days('q=stale+docker'), []);
  });

  it('sorts by any column, what has no such figure last', () => {
    assert.deepEqual(days('sort=started'), [11, 12, 13, 14]);
    assert.deepEqual(days('sort=-gap'), [12, 13, 14, 11]);
    assert.deepEqual(days('sort=gap'), [13, 12, 14, 11]);
    assert.deepEqual(days('sort=verdict'), [14, 12, 13, 11]);
  });

  it('stands whole in its address', () => {
    const address =
      '?verdict=invalid,unknown&type=run&workload=log&nemesis=kill&world=sim&bug=none&q=a+b&from=2026-11-01&to=2026-11-30&sort=-gap&page=2';
    assert.equal(filterQuery(parseFilter(new URLSearchParams(address))), address);
  });

  it('leaves out what it does not understand', () => {
    const filter = parseFilter(
      new URLSearchParams('verdict=maybe&type=x&sort=constructor&page=-3&from=2026-13-99&to=yesterday'),
    );
    assert.equal(filterQuery(filter), '');
  });

  it('turns round when it is sorted by the same column again, and begins with the largest figure', () => {
    const usual = parseFilter(new URLSearchParams('page=4'));
    assert.equal(filterQuery(sortedBy(usual, 'started')), '?sort=started');
    assert.equal(filterQuery(sortedBy(usual, 'gap')), '?sort=-gap');
    assert.equal(filterQuery(sortedBy(usual, 'kind')), '?sort=kind');
  });
});
