import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { encodeProperties } from '../message/message-properties.ts';
import { readSendProperties } from './send-properties.ts';

describe('the properties of a send', () => {
  it('tell the key, whether to wait, transactions and delays', () => {
    const text = encodeProperties([
      ['TAGS', 'a'],
      ['WAIT', 'false'],
      ['UNIQ_KEY', 'K1'],
      ['UNIQ_KEY', 'K2'],
      ['TRAN_MSG', 'true'],
    ]);
    deepEqual(readSendProperties(text), {
      uniqueKey: 'K1',
      isWaitWanted: false,
      isTransaction: true,
      isDelayed: false,
    });
  });

  it('know every kind of delay', () => {
    for (const name of ['DELAY', 'TIMER_DELAY_SEC', 'TIMER_DELAY_MS', 'TIMER_DELIVER_MS']) {
      equal(readSendProperties(encodeProperties([[name, '3']])).isDelayed, true, name);
    }
  });

  it('are not taken in by names that only begin alike, by pairs without a value or by junk', () => {
    const plain = { uniqueKey: undefined, isWaitWanted: true, isTransaction: false, isDelayed: false };
    deepEqual(readSendProperties(''), plain);
    deepEqual(
      readSendProperties('DELAYED\u0001x\u0002WAITING\u0001false\u0002UNIQ_KEYS\u0001k\u0002'),
      plain,
    );
    deepEqual(readSendProperties('DELAY\u0001\u0002UNIQ_KEY\u0001\u0002'), plain);
    deepEqual(readSendProperties('\u0002\u0002no pair'), plain);
  });

  it('may lack the last separator', () => {
    equal(readSendProperties('TAGS\u0001a\u0002UNIQ_KEY\u0001K').uniqueKey, 'K');
  });
});
