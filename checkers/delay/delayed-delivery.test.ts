import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../anomaly.ts';
import { given, sent } from '../history/spelled-messages.ts';
import { checkDelayedDelivery, type DelayHistory, distribution } from './delayed-delivery.ts';

const delayed = { ...sent(0, 'a', 0, 0), delayNs: 100 };
const sound: DelayHistory = {
  sends: [delayed],
  deliveries: [given(1, 'a', 101)],
  drained: true,
  endNs: 1000,
  toleranceNs: 5,
  lateMaxNs: 50,
  faults: [],
};

const refused: Partial<Record<AnomalyName, readonly [Partial<DelayHistory>, readonly number[]]>> = {
  'early-delivery': [{ deliveries: [given(1, 'a', 93)] }, [0, 1]],
  'late-delivery': [{ deliveries: [given(1, 'a', 151)] }, [0, 1]],
  'lost-message': [{ deliveries: [] }, [0]],
};

describe('the judge of delayed messages', () => {
  it('accepts what comes when it is due, or as early as clocks may differ', () => {
    assert.equal(checkDelayedDelivery(sound).verdict, 'valid');
    assert.equal(checkDelayedDelivery({ ...sound, deliveries: [given(1, 'a', 94)] }).verdict, 'valid');
  });

  for (const [name, [change, operations]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = checkDelayedDelivery({ ...sound, ...change });
      assert.deepEqual(result.anomalyCounts, { [name]: 1 });
      assert.deepEqual(result.anomalies[0]?.operations, operations);
    });
  }

  it('excuses lateness by a fault that was at work, and by an outcome that nobody knows', () => {
    const late = { ...sound, deliveries: [given(1, 'a', 500)] };
    assert.equal(checkDelayedDelivery({ ...late, faults: [{ injected: 50, healed: 60 }] }).verdict, 'valid');
    assert.equal(
      checkDelayedDelivery({ ...late, faults: [{ injected: 600, healed: 700 }] }).verdict,
      'invalid',
    );
    const unknown = [{ ...sent(0, 'a', 0, 'info'), delayNs: 100 }];
    assert.equal(checkDelayedDelivery({ ...late, sends: unknown }).verdict, 'valid');
  });

  it('does not call lost what was not due, or not drained', () => {
    const missing = { ...sound, deliveries: [] };
    assert.equal(checkDelayedDelivery({ ...missing, endNs: 120 }).verdict, 'unknown');
    assert.equal(checkDelayedDelivery({ ...missing, drained: false }).verdict, 'unknown');
  });

  it('tells how late messages came', () => {
    const ms = Array.from({ length: 100 }, (_, at) => (at + 1) * 1e6);
    assert.deepEqual(distribution(ms), { p50: 50, p90: 90, p99: 99, max: 100 });
  });
});
