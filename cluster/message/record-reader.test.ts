import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { encodeMessage } from './encode-message.ts';
import { RecordReader } from './record-reader.ts';
import { tagsCodeOf } from './tags-code.ts';

function record(topic: string, properties: string): Uint8Array {
  return encodeMessage({
    topic,
    queueId: 0,
    flag: 0,
    queueOffset: 0,
    physicalOffset: 0,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: { ip: '127.0.0.1', port: 1 },
    storeTimestamp: 2,
    storeHost: { ip: '127.0.0.1', port: 10911 },
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from('body'),
    properties,
  });
}

describe('what a record reader finds in a record’s text', () => {
  const reader = new RecordReader();

  it('names the topic of each record, whatever the one before had', () => {
    for (const topic of ['orders', 'orders', 'orderz', 'order', 'ορ', '訂單', 'orders']) {
      assert.equal(reader.over(record(topic, '')).read(0, 0), 'record');
      assert.equal(reader.topic, topic);
    }
  });

  it('keeps the topic it knows when the bytes it came from change', () => {
    const bytes = record('orders', '');
    reader.over(bytes).read(0, 0);
    assert.equal(reader.topic, 'orders');
    bytes.set(Buffer.from('others'), bytes.length - 8);
    assert.equal(reader.topic, 'others');
  });

  it('gives the code of the tag wherever it stands, and 0 where none stands', () => {
    const texts = [
      '',
      'TAGS\u0001a\u0002',
      'KEYS\u0001TAGS\u0002TAGS\u0001b\u0002',
      'KEYS\u0001k\u0002TAGS\u0001訂\u0002',
      'xTAGS\u0001a\u0002',
      'TAGS\u0001\u0002',
      'TAGS\u0001',
      'TAGS',
      'KEYS\u0001k\u0002TAGS\u0001c',
    ];
    for (const text of texts) {
      reader.over(record('t', text)).read(0, 0);
      assert.equal(reader.tagsCode, tagsCodeOf(text), JSON.stringify(text));
    }
  });

  it('gives the code that the text gives, for any text', () => {
    const piece = fc.constantFrom('TAGS', 'TAG', 'S', '\u0001', '\u0002', 'a', 'é', '訂');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        reader.over(record('t', text)).read(0, 0);
        assert.equal(reader.tagsCode, tagsCodeOf(text), JSON.stringify(text));
      }),
    );
  });
});
