import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { checkOperations } from '../check.ts';
import type { Operation } from '../operation.ts';
import { type KvInput, kv } from './kv.ts';

const put = (value: string, call: number, back: number | null): Operation<KvInput, string> => ({
  input: { f: 'put', key: 'k', value },
  call,
  return: back,
});
const append = (value: string, call: number, back: number): Operation<KvInput, string> => ({
  input: { f: 'append', key: 'k', value },
  call,
  return: back,
});
const get = (output: string, call: number, back: number): Operation<KvInput, string> => ({
  input: { f: 'get', key: 'k' },
  output,
  call,
  return: back,
});
const verdict = (...history: Operation<KvInput, string>[]) => checkOperations(kv(), history).verdict;

describe('an open get that appends cannot lead to', () => {
  it('is explained by a put that is open, that comes before it returns, or that was never answered', () => {
    assert.equal(verdict(append('a', 0, 1), get('p', 2, 10), put('p', 2, 10)), 'ok');
    assert.equal(verdict(append('a', 0, 1), append('b', 2, 3), get('p', 2, 10), put('p', 5, 6)), 'ok');
    assert.equal(verdict(append('a', 0, 1), append('b', 2, 3), get('p', 2, 10), put('p', 5, null)), 'ok');
  });

  it('and by no put that comes later', () => {
    assert.equal(verdict(append('a', 0, 1), append('b', 2, 3), get('p', 2, 10), put('p', 11, 12)), 'illegal');
    assert.equal(
      verdict(append('a', 0, 1), append('b', 2, 3), get('p', 2, 10), put('p', 11, null)),
      'illegal',
    );
  });
});
