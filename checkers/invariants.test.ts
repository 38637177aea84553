import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TraceEvent } from './history/replica-observation.ts';
import { checkInvariants } from './invariants.ts';

const line = (time: number, node: string, event: string, fields: object = {}): TraceEvent => ({
  time: time * 1e9,
  node,
  event,
  ...fields,
});

describe('the checker of invariants', () => {
  it('accepts traces in which none was broken', () => {
    assert.equal(checkInvariants([line(1, 'n1', 'node-ready')]).verdict, 'valid');
  });

  it('refuses a tripped assert, with the last twenty lines of that node', () => {
    const before = Array.from({ length: 30 }, (_, at) => line(at, at % 5 === 0 ? 'n2' : 'n1', `event-${at}`));
    const result = checkInvariants([
      ...before,
      line(31, 'n1', 'invariant-broken', { message: 'two masters' }),
    ]);
    assert.deepEqual(result.anomalyCounts, { 'invariant-broken': 1 });
    const lines = (result.anomalies[0]?.detail ?? '').split('\n');
    assert.equal(lines[0], 'n1: two masters');
    assert.equal(lines.length, 21);
    assert.match(lines.at(-1) ?? '', /29\.000 s event-29/);
    assert.ok(!lines.some((one) => one.includes('event-25')), 'another node said that');
  });
});
