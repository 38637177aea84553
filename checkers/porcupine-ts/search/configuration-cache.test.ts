import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Arena } from './arena.ts';
import { ConfigurationCache } from './configuration-cache.ts';

const words = (...list: number[]) => Int32Array.from(list);

describe('the cache of configurations', () => {
  it('knows what it has seen: how much is placed, the state, every parity', () => {
    const cache = new ConfigurationCache(2, 0, 'bits', 1, new Arena(4096));
    assert.equal(cache.add(3, 7, words(1, 2)), true);
    assert.equal(cache.add(3, 7, words(1, 2)), false);
    for (const [placed, state, one, other] of [
      [4, 7, 1, 2],
      [3, 8, 1, 2],
      [3, 7, 0, 2],
      [3, 7, 1, 3],
    ])
      assert.equal(cache.add(placed as number, state as number, words(one as number, other as number)), true);
    assert.equal(cache.count, 5);
  });

  it('takes what uses up fewer operations without an answer for more, as sets and as counts', () => {
    const sets = new ConfigurationCache(1, 2, 'bits', 1, new Arena(4096));
    assert.equal(sets.add(1, 1, words(0, 0b0110, 1)), true);
    assert.equal(sets.add(1, 1, words(0, 0b1110, 1)), false);
    assert.equal(sets.add(1, 1, words(0, 0b0110, 3)), false);
    assert.equal(sets.add(1, 1, words(0, 0b1010, 1)), true);
    assert.equal(sets.add(1, 1, words(0, 0b0010, 1)), true);
    assert.equal(sets.add(1, 1, words(1, 0b1110, 1)), true);
    const counts = new ConfigurationCache(1, 2, 'counts', 1, new Arena(4096));
    assert.equal(counts.add(1, 1, words(0, 2, 5)), true);
    assert.equal(counts.add(1, 1, words(0, 3, 5)), false);
    assert.equal(counts.add(1, 1, words(0, 5, 4)), true);
    assert.equal(counts.add(1, 1, words(0, 1, 5)), true);
  });

  it('keeps all of it when it grows', () => {
    const cache = new ConfigurationCache(1, 1, 'bits', 1, new Arena(4096));
    for (const expected of [true, false])
      for (let at = 0; at < 5000; at += 1) assert.equal(cache.add(at % 50, at, words(at * 7, 1)), expected);
    assert.equal(cache.count, 5000);
  });
});
