import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { HighestConfirmation } from './highest-confirmation.ts';
import type { Confirmation } from './replication-history.ts';

const confirmation = fc.record({
  replica: fc.constantFrom('n1', 'n2'),
  epoch: fc.integer({ min: 1, max: 4 }),
  offset: fc.nat(20),
  call: fc.constant(0),
  ret: fc.nat(10),
});

describe('the highest confirmation', () => {
  it('is that of a look at all of them', () => {
    fc.assert(
      fc.property(fc.array(confirmation), fc.nat(11), fc.nat(5), (all: Confirmation[], time, epochMax) => {
        const before = all.filter(({ ret, epoch }) => ret < time && epoch <= epochMax);
        const highest = before.length === 0 ? undefined : Math.max(...before.map(({ offset }) => offset));
        assert.equal(new HighestConfirmation(all).before(time, epochMax)?.offset, highest);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });
});
