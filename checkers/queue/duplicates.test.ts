import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Delivery } from '../history/messaging.ts';
import { given } from '../history/spelled-messages.ts';
import { checkDuplicates, type DuplicateCause, type DuplicatesInput } from './duplicates.ts';

const quiet = { elections: [], faults: [] };
const again = given(2, 'a', 50, 51);

/** What came before, and what happened meanwhile. */
const causes: Readonly<Record<DuplicateCause, readonly [Delivery, Partial<DuplicatesInput>]>> = {
  'asked-again': [given(1, 'a', 10, undefined, { ended: { call: 20, ret: 21, how: 'again' } }), {}],
  'not-acknowledged': [given(1, 'a', 10), {}],
  failover: [given(1, 'a', 10, 20), { elections: [10] }],
  fault: [given(1, 'a', 10, 20), { faults: [{ injected: 5, healed: 10 }] }],
  rebalance: [given(1, 'a', 10, 20, { consumer: 'w2' }), {}],
  unexplained: [given(1, 'a', 10, 20), { elections: [9, 52], faults: [{ injected: 5, healed: 9 }] }],
};

describe('the judge of duplicates', () => {
  for (const [cause, [before, meanwhile]] of Object.entries(causes)) {
    it(`says ${cause}`, () => {
      const result = checkDuplicates({ ...quiet, ...meanwhile, deliveries: [again, before] });
      const counts = result.facts as Record<string, number>;
      assert.deepEqual([counts['repeats'], counts[cause]], [1, 1]);
      assert.equal(result.verdict, cause === 'unexplained' ? 'invalid' : 'valid');
      if (cause === 'unexplained') assert.deepEqual(result.anomalies[0]?.operations, [1, 2]);
    });
  }

  it('takes an acknowledgement that was complete only when the message was asked for again as none', () => {
    const result = checkDuplicates({ ...quiet, deliveries: [given(1, 'a', 10, 49), again] });
    assert.equal((result.facts as Record<string, number>)['not-acknowledged'], 1);
  });

  it('keeps groups apart, and knows nothing where nothing was given out', () => {
    const other = given(1, 'a', 10, 20, { group: 'h' });
    assert.equal(
      checkDuplicates({ ...quiet, deliveries: [other, again] }).evidence,
      'nothing was given out twice',
    );
    assert.equal(checkDuplicates({ ...quiet, deliveries: [] }).verdict, 'unknown');
  });
});
