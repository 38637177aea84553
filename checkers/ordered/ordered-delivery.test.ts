import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../anomaly.ts';
import { given, sent } from '../history/spelled-messages.ts';
import { checkOrderedDelivery, type OrderedHistory } from './ordered-delivery.ts';

const [a, b] = [sent(0, 'a', 0, 0), sent(1, 'b', 2, 1)];
const sound: OrderedHistory = { sends: [a, b], deliveries: [given(2, 'a', 10, 12), given(3, 'b', 12, 14)] };

const refused: Partial<Record<AnomalyName, readonly [OrderedHistory, readonly number[]]>> = {
  'out-of-order': [{ sends: [a, b], deliveries: [given(2, 'b', 10, 12), given(3, 'a', 20, 22)] }, [0, 2]],
  'overlapping-delivery': [
    { sends: [a], deliveries: [given(2, 'a', 10, 20), given(3, 'a', 15, 25, { consumer: 'w2' })] },
    [2, 3],
  ],
  'key-split': [
    {
      sends: [
        { ...a, key: 'k' },
        { ...b, key: 'k', queue: 'q/1' },
      ],
      deliveries: [given(2, 'a', 10, 12)],
    },
    [0, 1],
  ],
  'send-reorder': [
    { sends: [sent(0, 'a', 0, 1), sent(1, 'b', 2, 0)], deliveries: [given(2, 'b', 10, 12)] },
    [0, 1],
  ],
};

describe('the judge of ordered delivery', () => {
  it('accepts one message after the other, and a group that goes back and comes again', () => {
    const back = [...sound.deliveries, given(4, 'a', 20, 22), given(5, 'b', 23, 24)];
    assert.equal(checkOrderedDelivery({ ...sound, deliveries: back }).verdict, 'valid');
  });

  for (const [name, [history, operations]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = checkOrderedDelivery(history);
      assert.deepEqual(Object.keys(result.anomalyCounts), [name]);
      assert.deepEqual(result.anomalies[0]?.operations, operations);
    });
  }

  it('tells a message that was skipped once, however many came after it', () => {
    const sends = Array.from({ length: 50 }, (_, at) => sent(at, `m${at}`, at * 2, at));
    const deliveries = sends
      .slice(1)
      .map(({ message }, at) => given(100 + at, message, 200 + at * 3, 202 + at * 3));
    const result = checkOrderedDelivery({ sends, deliveries });
    assert.deepEqual(result.anomalyCounts, { 'out-of-order': 1 });
    assert.match(
      result.anomalies[0]?.detail ?? '',
      /"m0" of the same key q\/0, before it at 0, was never consumed/,
    );
  });

  it('wants the one before consumed, not only given out', () => {
    const deliveries = [given(2, 'a', 10), given(3, 'b', 12, 14)];
    assert.deepEqual(checkOrderedDelivery({ ...sound, deliveries }).anomalyCounts, { 'out-of-order': 1 });
  });

  it('knows the place of a message of unknown outcome by its delivery', () => {
    const sends = [sent(0, 'a', 0, 'info'), b];
    const deliveries = [given(2, 'b', 10, 12, { offset: 1 }), given(3, 'a', 20, 22, { offset: 0 })];
    assert.deepEqual(checkOrderedDelivery({ sends, deliveries }).anomalyCounts, { 'out-of-order': 1 });
  });

  it('keeps keys apart', () => {
    const sends = [
      { ...a, key: 'x' },
      { ...b, key: 'y' },
    ];
    const deliveries = [given(2, 'b', 10, 14), given(3, 'a', 11, 15)];
    assert.equal(checkOrderedDelivery({ sends, deliveries }).verdict, 'valid');
  });

  it('knows nothing where nothing was delivered', () => {
    assert.equal(checkOrderedDelivery({ sends: [a], deliveries: [] }).verdict, 'unknown');
  });
});
