import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { isMet, numberText, reportLines } from './bench-report.ts';

describe('the report of the bench', () => {
  it('lines up names, values, wishes and details', () => {
    const lines = reportLines({
      section: 'throughput',
      figures: [
        { name: 'ratio', value: 0.4567, unit: '', wanted: { atLeast: 0.4 }, detail: '5 rounds' },
        { name: 'ours', value: 51234.4, unit: 'msg/s' },
        { name: 'gap', value: 900, unit: 'ms', wanted: { atMost: 500 } },
      ],
      raw: {},
    });
    assert.deepEqual(lines, [
      'throughput',
      '  ratio          0.457   met    (>= 0.4)   5 rounds',
      '  ours    51,234 msg/s',
      '  gap           900 ms   MISSED (<= 500)',
    ]);
  });

  it('counts what could not be measured as missed', () => {
    assert.equal(isMet({ name: 'gap', value: Number.NaN, unit: 'ms', wanted: { atMost: 500 } }), false);
    assert.equal(isMet({ name: 'gap', value: Number.NaN, unit: 'ms', wanted: { atLeast: 1 } }), false);
    assert.equal(isMet({ name: 'gap', value: 1, unit: 'ms' }), undefined);
    assert.equal(numberText(Number.NaN), '?');
  });
});
