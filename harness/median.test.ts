import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { median, percentile } from './median.ts';

describe('what is said of measurements', () => {
  it('takes the middle one of an odd number, wherever it stands', () => {
    assert.equal(median([9, 1, 4]), 4);
  });

  it('takes the mean of the middle two of an even number', () => {
    assert.equal(median([10, 1, 4, 2]), 3);
  });

  it('compares numbers as numbers', () => {
    assert.equal(median([100, 20, 3]), 20);
    assert.equal(percentile([100, 20, 3], 1), 100);
  });

  it('takes a value that was measured as a percentile', () => {
    const values = Array.from({ length: 100 }, (_, at) => at + 1);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
  });

  it('says nothing of nothing', () => {
    assert.ok(Number.isNaN(median([])));
    assert.ok(Number.isNaN(percentile([], 0.5)));
  });
});
