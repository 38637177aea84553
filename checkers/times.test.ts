import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { times } from './times.ts';

describe('how often something was', () => {
  it('is said as one says it', () => {
    assert.deepEqual([0, 1, 2].map(times), ['never', 'once', '2 times']);
  });
});
