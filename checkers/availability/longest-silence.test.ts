import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { firstAfter, length, longestSilence } from './longest-silence.ts';

const times = Float64Array.from([10, 20, 50, 60]);
const never = Number.POSITIVE_INFINITY;

describe('the longest silence', () => {
  it('is the longest between two acknowledgements, and may end after the window', () => {
    assert.deepEqual(longestSilence(times, 5, 30, 60), { from: 20, to: 50 });
  });

  it('counts from the beginning of the window on', () => {
    assert.deepEqual(longestSilence(times, 45, 55, 60), { from: 50, to: 60 });
    assert.deepEqual(longestSilence(times, 25, 55, 60), { from: 25, to: 50 });
  });

  it('does not count what begins after the window', () => {
    assert.deepEqual(longestSilence(times, 5, 15, 60), { from: 10, to: 20 });
  });

  it('has no end where nothing was acknowledged any more, and lasts as long as anybody tried', () => {
    const silence = longestSilence(times, 55, 100, 200);
    assert.deepEqual(silence, { from: 60, to: never });
    assert.equal(length(silence, 200), 140);
    assert.equal(length(longestSilence(new Float64Array(), 5, 100, 200), 200), 195);
  });

  it('is nothing where nobody tried', () => {
    assert.equal(length(longestSilence(times, 70, 100, 60), 60), 0);
  });
});

describe('the first time after a moment', () => {
  it('is strictly after it', () => {
    assert.deepEqual(
      [5, 10, 59, 60].map((moment) => firstAfter(times, moment)),
      [0, 1, 3, 4],
    );
  });
});
