import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { smallestPart } from './smallest-part.ts';

describe('the smallest part that fails', () => {
  const items = Array.from({ length: 40 }, (_, at) => at);

  async function search(needed: readonly number[], triesMax = Number.POSITIVE_INFINITY) {
    let tries = 0;
    const part = await smallestPart(items, (some) => {
      tries += 1;
      return Promise.resolve(tries <= triesMax && needed.every((item) => some.includes(item)));
    });
    return { part, tries };
  }

  it('is what the failure needs, in its order, whatever it is', async () => {
    for (const needed of [[17], [0, 39], [3, 4, 5], [1, 8, 20, 33], items]) {
      assert.deepEqual((await search(needed)).part, needed, needed.join());
    }
  });

  it('is nothing where nothing is needed', async () => {
    assert.deepEqual(await search([]), { part: [], tries: 1 });
  });

  it('is found in far fewer tries than there are parts', async () => {
    assert.ok((await search([3, 29])).tries < 60);
  });

  it('is the best so far when there is no time for more, and still fails', async () => {
    const { part } = await search([3, 4], 5);
    assert.ok(part.length < items.length && part.includes(3) && part.includes(4), part.join());
  });
});
