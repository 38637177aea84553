import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkRegister } from './linearizable-register.ts';
import type { RegisterOperation, RegisterValue } from './register-history.ts';

const write = (index: number, value: RegisterValue, call: number, ret = call + 1): RegisterOperation => ({
  index,
  value,
  call,
  ret,
  f: 'write',
});
const read = (index: number, value: RegisterValue, call: number, ret = call + 1): RegisterOperation => ({
  index,
  value,
  call,
  ret,
  f: 'read',
});
const cas = (
  index: number,
  from: RegisterValue,
  to: RegisterValue,
  call: number,
  matched: boolean | 'unknown' = true,
): RegisterOperation => ({
  ...{ index, from, to, call, f: 'cas', matched: matched === 'unknown' ? undefined : matched },
  ret: matched === 'unknown' ? Infinity : call + 1,
});
const judge = (...operations: readonly RegisterOperation[]) => checkRegister({ register: 'r', operations });

describe('the judge of registers', () => {
  it('refuses what nobody wrote, read or replaced', () => {
    assert.deepEqual(judge(read(0, 'x', 0)).anomalyCounts, { 'phantom-read': 1 });
    assert.deepEqual(judge(cas(0, 'x', 'y', 0)).anomalyCounts, { 'phantom-read': 1 });
  });

  it('refuses values that were made of each other', () => {
    const result = judge(cas(0, 'a', 'b', 0), cas(1, 'b', 'a', 2));
    assert.deepEqual(result.anomalyCounts, { 'cas-cycle': 1 });
    assert.deepEqual(result.anomalies[0]?.operations, [0, 1]);
  });

  it('refuses a value made of one that surely was never written', () => {
    const failed = { ...write(0, 'a', 0), failed: true };
    assert.deepEqual(judge(failed, cas(1, 'a', 'b', 2)).anomalyCounts, { 'aborted-read': 1 });
  });

  it('counts an unknown compare-and-set only where somebody saw what it wrote', () => {
    const [first, other] = [cas(0, null, 'a', 0), cas(1, null, 'b', 2, 'unknown')];
    assert.equal(judge(first, other).verdict, 'valid');
    assert.deepEqual(judge(first, other, read(2, 'b', 4)).anomalyCounts, { 'lost-update': 1 });
  });

  it('searches histories that write one value twice, or were told that nothing matched', () => {
    const twice = [write(0, 'a', 0), write(1, 'b', 2), write(2, 'a', 4)];
    assert.equal(judge(...twice, read(3, 'a', 6)).verdict, 'valid');
    assert.deepEqual(judge(...twice, read(3, 'b', 6)).anomalyCounts, { 'stale-read': 1 });
    assert.deepEqual(judge(write(0, 'a', 0), cas(1, 'a', 'b', 2, false)).anomalyCounts, {
      'illegal-cas-failure': 1,
    });
    assert.equal(judge(write(0, 'a', 0), cas(1, 'x', 'b', 2, false)).verdict, 'valid');
  });

  it('does not know where too many orders are possible', () => {
    const many = Array.from({ length: 40 }, (_, at) => write(at, at % 20, 0, 100));
    assert.equal(judge(...many, read(40, 'never', 200)).verdict, 'unknown');
  });

  it('judges 20,000 operations on distinct values without being asked twice', () => {
    const operations = Array.from({ length: 20_000 }, (_, at) =>
      at % 2 === 0 ? write(at, at, at * 2) : read(at, at - 1, at * 2),
    );
    assert.equal(judge(...operations).verdict, 'valid');
    assert.deepEqual(judge(...operations, read(20_000, 0, 90_000)).anomalyCounts, { 'stale-read': 9999 });
  });
});
