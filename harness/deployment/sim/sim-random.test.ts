import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from './sim-random.ts';

function draw(random: SimRandom, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

describe('seeded luck', () => {
  it('repeats itself for one seed and differs for the next', () => {
    assert.deepEqual(draw(SimRandom.fromSeed(5), 20), draw(SimRandom.fromSeed(5), 20));
    assert.notDeepEqual(draw(SimRandom.fromSeed(5), 20), draw(SimRandom.fromSeed(6), 20));
  });

  it('forks by name, whatever was drawn before', () => {
    const fresh = SimRandom.fromSeed(5);
    const used = SimRandom.fromSeed(5);
    draw(used, 100);
    assert.deepEqual(draw(fresh.fork('disk'), 10), draw(used.fork('disk'), 10));
    assert.notDeepEqual(draw(fresh.fork('disk'), 10), draw(fresh.fork('desk'), 10));
    assert.notDeepEqual(draw(fresh.fork('a').fork('b'), 10), draw(fresh.fork('ab'), 10));
  });

  it('draws every value below a bound about equally often', () => {
    const random = SimRandom.fromSeed(1);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) {
      const value = random.below(7);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    assert.equal(counts.length, 7);
    for (const count of counts) assert(count > 9_500 && count < 10_500, `uneven: ${counts}`);
  });

  it('takes bounds from 1 to 2^32', () => {
    const random = SimRandom.fromSeed(1);
    assert.equal(random.below(1), 0);
    assert(random.below(2 ** 32) < 2 ** 32);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN]) {
      assert.throws(() => random.below(bound), /a bound is 1\.\.2\^32/);
    }
  });
});
