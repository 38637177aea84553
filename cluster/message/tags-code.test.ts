import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { javaHashCode, tagsCodeOf } from './tags-code.ts';

describe('a tags code', () => {
  it('is the hash that Java gives', () => {
    assert.equal(javaHashCode('TagA'), 2598919);
    assert.equal(javaHashCode(''), 0);
    assert.equal(javaHashCode('Hello World'), -862545276);
  });

  it('is 0 without a tag', () => {
    assert.equal(tagsCodeOf('KEYS\u0001k\u0002'), 0);
    assert.equal(tagsCodeOf('KEYS\u0001k\u0002TAGS\u0001TagA\u0002'), 2598919);
  });
});
