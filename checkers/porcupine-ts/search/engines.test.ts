import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareOne } from '../testing/disagreements.ts';
import { subjects } from '../testing/subjects.ts';

describe('both engines', () => {
  // `testing/compare-with-brute-force.ts` goes through a million of them.
  it('say what brute force says of random histories over all models', () => {
    const tally = { histories: 0, legal: 0, illegal: 0, unanswered: 0 };
    for (let seed = 0; seed < subjects.length * 200; seed += 1) compareOne(seed, tally);
    assert.ok(tally.legal > 500 && tally.illegal > 300 && tally.unanswered > 500, JSON.stringify(tally));
  });
});
