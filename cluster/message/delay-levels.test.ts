import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { DEFAULT_DELAY_LEVELS, deliverTime, parseDelayLevels } from './delay-levels.ts';

describe('delay levels', () => {
  it('are eighteen by default, from a second to two hours', () => {
    const levels = parseDelayLevels(DEFAULT_DELAY_LEVELS);
    assert.equal(levels?.length, 18);
    assert.equal(levels[0], 1000);
    assert.equal(levels[17], 7_200_000);
  });

  it('are refused when a word is no time', () => {
    assert.equal(parseDelayLevels('1s 5x'), undefined);
    assert.equal(parseDelayLevels(''), undefined);
  });

  it('give the delivery time; a level too high counts as the highest', () => {
    const levels = [1000, 5000];
    assert.equal(deliverTime('DELAY\u00012\u0002', 100, levels), 5100);
    assert.equal(deliverTime('DELAY\u00019\u0002', 100, levels), 5100);
    assert.equal(deliverTime('DELAY\u00010\u0002', 100, levels), undefined);
    assert.equal(deliverTime('', 100, levels), undefined);
  });
});
