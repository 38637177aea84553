import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { firstAfterMs, longestGapMs } from './gaps.ts';

const at = (...times: number[]) => times.map((atMs) => ({ atMs, node: 'n1' }));

describe('gaps between acknowledgements', () => {
  it('finds the longest one within the window', () => {
    assert.equal(longestGapMs(at(0, 10, 20, 90, 100, 500), 10, 110), 70);
  });

  it('counts from the start of the window and up to its end', () => {
    assert.equal(longestGapMs(at(0, 60, 70), 10, 80), 50);
    assert.equal(longestGapMs(at(10, 20), 10, 80), 60);
    assert.equal(longestGapMs([], 10, 80), 70);
  });

  it('finds the first acknowledgement of a successor', () => {
    const acknowledged = [
      { atMs: 5, node: 'n2' },
      { atMs: 11, node: 'n1' },
      { atMs: 15, node: 'n2' },
    ];
    assert.equal(firstAfterMs(acknowledged, 10, 'n1'), 15);
    assert.equal(firstAfterMs(acknowledged, 16, 'n1'), undefined);
  });
});
