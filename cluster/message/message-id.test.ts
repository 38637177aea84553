import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { messageIdOf, messageIdPrefix, parseMessageId } from './message-id.ts';

describe('an offset message id', () => {
  const broker = { ip: '127.0.0.1', port: 10911 };

  it('is written as Java writes it', () => {
    assert.equal(messageIdOf(messageIdPrefix(broker), 123456), '7F00000100002A9F000000000001E240');
  });

  it('names the store host and the offset', () => {
    const id = messageIdOf(messageIdPrefix({ ip: 'fe80::1', port: 7 }), 2 ** 40 + 3);
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
