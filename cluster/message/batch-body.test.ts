import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { BatchBodyError, decodeBatchBody, encodeBatchBody } from './batch-body.ts';
import { encodeProperties } from './message-properties.ts';

describe('a batch body', () => {
  it('is written as a Java client writes it', () => {
    const properties = encodeProperties([
      ['KEYS', 'k'],
      ['WAIT', 'true'],
      ['TAGS', 't'],
    ]);
    const golden =
      '0000003300000000000000000000000000000005626f64793100184b455953016b025741495401747275650254414753017402';
    const bytes = encodeBatchBody([{ flag: 0, body: Buffer.from('body1'), properties }]);
    assert.equal(Buffer.from(bytes).toString('hex'), golden);
    const [entry] = decodeBatchBody(Buffer.from(golden, 'hex'));
    assert.equal(entry?.properties, properties);
  });

  it('is split into the entries it was made of', () => {
    const entry = fc.record({
      flag: fc.integer({ min: -9, max: 9 }),
      body: fc.uint8Array(),
      properties: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        assert.deepEqual(
          decodeBatchBody(encodeBatchBody(entries)).map(({ flag, body, properties }) => ({
            flag,
            body: Uint8Array.from(body),
            properties,
          })),
          entries.map((one) => ({ ...one, properties: Buffer.from(one.properties).toString() })),
        );
      }),
    );
  });

  it('is refused when its lengths do not fit together', () => {
    const good = Buffer.from(encodeBatchBody([{ flag: 0, body: Buffer.from('abc'), properties: 'p' }]));
    for (const cut of [1, 3, 21, good.length - 1]) {
      assert.throws(() => decodeBatchBody(good.subarray(0, cut)), BatchBodyError);
    }
    const longBody = Buffer.from(good);
    longBody.writeInt32BE(999, 16);
    assert.throws(() => decodeBatchBody(longBody), /a body of 999 bytes/);
    const longProperties = Buffer.from(good);
    longProperties.writeInt16BE(2, 23);
    assert.throws(() => decodeBatchBody(longProperties), /properties of 2 bytes/);
    assert.throws(
      () => encodeBatchBody([{ flag: 0, body: good, properties: 'x'.repeat(32768) }]),
      /at most 32767/,
    );
  });
});
