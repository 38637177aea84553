import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareMany, oracles } from './oracle-registry.ts';

const histories = 300;

describe('the naive definitions of the judges', () => {
  for (const oracle of oracles) {
    it(`agree with ${oracle.name} on ${histories} random histories, some sound and some not`, () => {
      const { disagreements, refused } = compareMany(oracle, 20_261_122, histories);
      const [first] = disagreements;
      assert.equal(first, undefined, JSON.stringify(first, null, 1));
      assert.ok(refused > histories / 50 && refused < (histories * 49) / 50, `${refused} refused`);
    });
  }
});
