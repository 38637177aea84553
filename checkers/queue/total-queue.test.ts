import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AnomalyName } from '../anomaly.ts';
import { HistoryError } from '../history/paired-operations.ts';
import { given, sent } from '../history/spelled-messages.ts';
import { checkTotalQueue, type TotalQueueHistory } from './total-queue.ts';

const sound: TotalQueueHistory = {
  sends: [sent(0, 'a', 0, 0), sent(1, 'b', 0, 1), sent(2, 'c', 0, 'info'), sent(3, 'd', 0, 'fail')],
  deliveries: [
    given(4, 'a', 10, 20),
    given(5, 'b', 10, undefined, { times: 0 }),
    given(6, 'b', 30, 31, { times: 1 }),
  ],
  groups: ['g'],
  drained: true,
};
const again = { ended: { call: 12, ret: 13, how: 'again' as const } };

/** By anomaly: what is changed in the sound history, and the operations that show it. */
const refused: Partial<Record<AnomalyName, readonly [Partial<TotalQueueHistory>, readonly number[]]>> = {
  'phantom-message': [{ deliveries: [...sound.deliveries, given(9, 'x', 40, 41)] }, [9]],
  'aborted-read': [{ deliveries: [...sound.deliveries, given(9, 'd', 40, 41)] }, [3, 9]],
  'future-read': [{ sends: [sent(0, 'a', 50, 0), ...sound.sends.slice(1)] }, [4, 0]],
  'lost-message': [{ deliveries: sound.deliveries.slice(0, 2) }, [1, 5]],
  'too-many-deliveries': [{ deliveriesMax: 1 }, [5, 6]],
  'redelivered-after-ack': [
    { deliveries: [...sound.deliveries, given(9, 'a', 40, 41)], ackIsFinal: true },
    [4, 9],
  ],
  'redelivery-count-regress': [
    {
      deliveries: [
        given(4, 'a', 10, 20),
        given(5, 'b', 10, 0, { times: 1 }),
        given(6, 'b', 30, 31, { times: 0 }),
      ],
    },
    [5, 6],
  ],
};

describe('the judge of at-least-once delivery', () => {
  it('accepts repeats, unknown outcomes that came or did not, and counts them', () => {
    const result = checkTotalQueue({ ...sound, deliveries: [...sound.deliveries, given(7, 'c', 12, 14)] });
    assert.equal(result.verdict, 'valid');
    assert.deepEqual(result.facts, { acknowledged: 2, recovered: 1, duplicates: 1, deliveries: 4 });
  });

  for (const [name, [change, operations]] of Object.entries(refused)) {
    it(`refuses the smallest ${name}, and names its operations`, () => {
      const result = checkTotalQueue({ ...sound, ...change });
      assert.deepEqual(Object.keys(result.anomalyCounts), [name]);
      assert.deepEqual(result.anomalies[0]?.operations, operations);
    });
  }

  it('wants a message of every group by itself', () => {
    const result = checkTotalQueue({ ...sound, groups: ['g', 'h'] });
    assert.deepEqual(result.anomalyCounts, { 'lost-message': 2 });
    assert.match(
      result.anomalies[0]?.detail ?? '',
      /"a" was acknowledged at offset 0 at 0\.000 s and never came to it \(h\)/,
    );
  });

  it('asks no more for a message that was given out as often as it may be', () => {
    const deliveries = [given(4, 'a', 10, 20), given(5, 'b', 10), given(6, 'b', 30)];
    assert.equal(checkTotalQueue({ ...sound, deliveries, deliveriesMax: 2 }).verdict, 'valid');
  });

  it('wants the count to rise after the consumer has asked for the message again', () => {
    const deliveries = [
      given(4, 'a', 10, 20),
      given(5, 'b', 10, undefined, { times: 0, ...again }),
      given(6, 'b', 30, 31, { times: 0 }),
    ];
    assert.deepEqual(checkTotalQueue({ ...sound, deliveries }).anomalyCounts, {
      'redelivery-count-regress': 1,
    });
  });

  it('allows another delivery that was asked for before the acknowledgement was complete', () => {
    const deliveries = [...sound.deliveries, given(9, 'a', 21, 41)];
    assert.equal(checkTotalQueue({ ...sound, deliveries, ackIsFinal: true }).verdict, 'valid');
  });

  it('knows nothing of losses where consumers were stopped early, or where nothing was acknowledged', () => {
    assert.equal(checkTotalQueue({ ...sound, deliveries: [], drained: false }).verdict, 'unknown');
    assert.equal(checkTotalQueue({ ...sound, sends: [], deliveries: [] }).verdict, 'unknown');
  });

  it('refuses to judge a history that sends one message twice', () => {
    assert.throws(
      () => checkTotalQueue({ ...sound, sends: [sent(0, 'a', 0, 0), sent(1, 'a', 2, 1)] }),
      HistoryError,
    );
  });
});
