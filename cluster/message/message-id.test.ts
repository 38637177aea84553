import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { MessageIds, parseMessageId } from './message-id.ts';

describe('an offset message id', () => {
  const broker = { ip: '127.0.0.1', port: 10911 };

  it('is written as Java writes it', () => {
    assert.equal(new MessageIds(broker).of(123456), '7F00000100002A9F000000000001E240');
  });

  it('is the one of its offset, whatever was asked for before', () => {
    const ids = new MessageIds(broker);
    for (const offset of [0, 1, 255, 256, 65535, 65536, 65537, 2 ** 32 - 1, 2 ** 32, 65535, 2 ** 53 - 1]) {
      assert.equal(parseMessageId(ids.of(offset))?.physicalOffset, offset);
      assert.equal(ids.of(offset).length, 32);
    }
  });

  it('names the store host and the offset', () => {
    const id = new MessageIds({ ip: 'fe80::1', port: 7 }).of(2 ** 40 + 3);
    assert.equal(id.length, 56);
    assert.deepEqual(parseMessageId(id), {
      storeHost: { ip: 'fe80:0:0:0:0:0:0:1', port: 7 },
      physicalOffset: 2 ** 40 + 3,
    });
    assert.deepEqual(parseMessageId('7f00000100002a9f000000000001e240'), {
      storeHost: broker,
      physicalOffset: 123456,
    });
  });

  it('is refused when it is too short or no hex', () => {
    assert.equal(parseMessageId('7F00000100002A9F'), undefined);
    assert.equal(parseMessageId('x'.repeat(32)), undefined);
  });
});
