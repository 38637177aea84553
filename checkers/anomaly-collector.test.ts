import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { worstVerdict } from './anomaly.ts';
import { AnomalyCollector } from './anomaly-collector.ts';

const gap = (detail: string) => ({ name: 'gap', detail, operations: [] }) as const;

describe('the collector of anomalies', () => {
  it('finds valid what shows none, by its evidence', () => {
    const result = new AnomalyCollector().result('x', 'all is well', { n: 1 });
    assert.deepEqual([result.verdict, result.evidence, result.facts], ['valid', 'all is well', { n: 1 }]);
  });

  it('counts all and keeps twenty of each name', () => {
    const found = new AnomalyCollector();
    for (let at = 0; at < 30; at += 1) found.add(gap(`gap ${at}`));
    found.add({ name: 'stale-read', detail: 'old', operations: [3] });
    const result = found.result('x', '');
    assert.deepEqual(result.anomalyCounts, { gap: 30, 'stale-read': 1 });
    assert.equal(result.anomalies.length, 21);
    assert.equal(result.evidence, '30 gap, 1 stale-read: gap 0');
  });

  it('is unknown where something could not be looked at, unless something was found', () => {
    const found = new AnomalyCollector();
    assert.deepEqual(found.result('x', 'fine', undefined, 'n2 is missing').verdict, 'unknown');
    found.add(gap('here'));
    assert.equal(found.result('x', 'fine', undefined, 'n2 is missing').verdict, 'invalid');
  });
});

describe('the worst of verdicts', () => {
  it('is invalid before unknown before valid', () => {
    assert.equal(worstVerdict(['valid', 'unknown', 'invalid']), 'invalid');
    assert.equal(worstVerdict(['valid', 'unknown']), 'unknown');
    assert.equal(worstVerdict(['valid']), 'valid');
    assert.equal(worstVerdict([]), 'valid');
  });
});
