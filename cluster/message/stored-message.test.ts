import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { APACHE_STORE, parseMessages } from '../store/testing/apache-store.ts';
import { decodeMessage, decodeMessages, MessageDecodeError } from './decode-message.ts';
import { encodeMessage, MessageEncodeError } from './encode-message.ts';
import { decodeProperties } from './message-properties.ts';
import { MAGIC_BLANK } from './record-layout.ts';
import { RecordReader } from './record-reader.ts';
import { hasQueueOffset } from './system-flag.ts';

const log = readFileSync(`${APACHE_STORE}/commitlog/00000000000000000000`);
const LOG_END = 130820;
const golden =
  '00000062daa320a758932aac0000000100000009000000000000000200000000000000030000000000000000000000047f000001' +
  '0000000100000000000000057f00000100002a9f0000000000000000000000000000000268690154000461016202';

const message = {
  topic: 'T',
  queueId: 1,
  flag: 9,
  queueOffset: 2,
  physicalOffset: 3,
  sysFlag: 0,
  bornTimestamp: 4,
  bornHost: { ip: '127.0.0.1', port: 1 },
  storeTimestamp: 5,
  storeHost: { ip: '127.0.0.1', port: 10911 },
  reconsumeTimes: 0,
  preparedTransactionOffset: 0,
  body: Buffer.from('hi'),
  properties: 'a\u0001b\u0002',
};

describe('a stored message', () => {
  it('has the bytes that Java gives it', () => {
    assert.equal(Buffer.from(encodeMessage(message)).toString('hex'), golden);
    const { version, size, bodyCrc, ...fields } = decodeMessage(Buffer.from(golden, 'hex'));
    assert.deepEqual(fields, message);
    assert.deepEqual([version, size, bodyCrc], [1, 98, 1486039724]);
  });

  it('is read as Apache reads it, 370 times, and encodes to the same bytes', () => {
    const wanted = parseMessages(readFileSync(`${APACHE_STORE}/messages.jsonl`, 'utf8'));
    const found = decodeMessages(log.subarray(0, LOG_END));
    assert.equal(found.length, 370);
    for (const [index, one] of found.entries()) {
      const { properties, storeSize, bodyCRC, bodyLength, bornHost, storeHost, ...rest } =
        wanted[index] ?? {};
      assert.deepEqual(Object.fromEntries(decodeProperties(one.properties)), properties);
      assert.deepEqual([one.size, one.bodyCrc, one.body.length], [storeSize, bodyCRC, bodyLength]);
      assert.equal(`/${one.bornHost.ip}:${one.bornHost.port}`, bornHost);
      assert.equal(`/${one.storeHost.ip}:${one.storeHost.port}`, storeHost);
      for (const [name, value] of Object.entries(rest))
        assert.equal(one[name as keyof typeof one], value, name);
      assert.deepEqual(
        Buffer.from(encodeMessage(one)),
        log.subarray(one.physicalOffset, one.physicalOffset + one.size),
      );
    }
  });

  it('comes back as it was, whatever its fields', () => {
    const int32 = fc.integer();
    const int64 = fc.maxSafeInteger();
    const plain = { noNullPrototype: true };
    const host = fc.record(
      {
        ip: fc.constantFrom('10.0.0.1', '1:2:3:4:5:6:7:8'),
        port: fc.integer({ min: 0, max: 65535 }),
      },
      plain,
    );
    const any = fc.record({
      topic: fc.string({ minLength: 1, maxLength: 255, unit: fc.constantFrom('a', 'b', '%', '_') }),
      queueId: int32,
      flag: int32,
      queueOffset: int64,
      physicalOffset: int64,
      sysFlag: fc.constantFrom(0, 1, 4, 8, 12, 0x301),
      bornTimestamp: int64,
      bornHost: host,
      storeTimestamp: int64,
      storeHost: host,
      reconsumeTimes: int32,
      preparedTransactionOffset: int64,
      body: fc.uint8Array({ maxLength: 300 }),
      properties: fc.string({ maxLength: 50 }),
    });
    fc.assert(
      fc.property(any, (given) => {
        const { version, size, bodyCrc, ...found } = decodeMessage(encodeMessage(given));
        assert.equal(version, given.topic.length > 127 ? 2 : 1);
        assert.ok(size > given.body.length && bodyCrc >= 0);
        const properties = Buffer.from(given.properties).toString();
        const { sysFlag } = found;
        assert.equal(sysFlag & 0xfcf, given.sysFlag);
        assert.deepEqual(
          { ...found, sysFlag, body: Uint8Array.from(found.body) },
          { ...given, sysFlag, properties },
        );
      }),
    );
  });

  it('is refused when its topic or properties are too long', () => {
    assert.throws(() => encodeMessage({ ...message, topic: 'x'.repeat(256) }), MessageEncodeError);
    assert.throws(() => encodeMessage({ ...message, properties: 'x'.repeat(32768) }), MessageEncodeError);
    assert.equal(
      decodeMessage(encodeMessage({ ...message, properties: 'x'.repeat(32767) })).properties.length,
      32767,
    );
  });

  it('that is cut anywhere, or has any length field changed, is refused with its place', () => {
    const whole = Buffer.from(golden, 'hex');
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(() => decodeMessage(whole.subarray(0, length)), MessageDecodeError, `${length} bytes`);
    }
    for (const at of [0, 3, 4, 7, 84, 87, 90, 93]) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x45;
      assert.throws(() => decodeMessage(changed), MessageDecodeError, `byte ${at}`);
    }
    assert.throws(() => decodeMessages(Buffer.concat([whole, whole.subarray(0, 50)])), { position: 98 });
  });
});

describe('a record reader', () => {
  const reader = new RecordReader();

  it('takes a record for bad that names another place', () => {
    reader.over(Buffer.from(golden, 'hex'));
    assert.equal(reader.read(0, 3), 'record');
    assert.equal(reader.read(0, 4), 'bad');
    assert.equal(reader.fault, 'it names the offset 3');
  });

  it('tells a file’s blank end from a record', () => {
    const blank = Buffer.alloc(20);
    blank.writeInt32BE(20, 0);
    blank.writeInt32BE(MAGIC_BLANK, 4);
    assert.equal(reader.over(blank).read(0, 7), 'blank');
    assert.equal(reader.size, 20);
    assert.equal(reader.over(blank.subarray(0, 19)).read(0, 7), 'cut');
    assert.equal(reader.over(Buffer.alloc(20)).read(0, 7), 'bad');
  });

  it('notices a body that changed, and zeros where text was', () => {
    const changed = Buffer.from(golden, 'hex');
    changed[89] = 0x6a;
    assert.equal(reader.over(changed).read(0, 3), 'record');
    assert.equal(reader.bodyIsWhole(), false);
    const torn = Buffer.from(golden, 'hex').fill(0, 96);
    assert.equal(reader.over(torn).read(0, 3), 'record');
    assert.equal(reader.bodyIsWhole(), true);
    assert.equal(reader.textIsWhole(), false);
  });

  it('never throws, whatever the bytes', () => {
    const whole = Buffer.from(golden, 'hex');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(97), fc.nat(255)), { maxLength: 6 }),
        fc.nat(98),
        (changes, length) => {
          const changed = Buffer.from(whole);
          for (const [at, value] of changes) changed[at] = value;
          const kind = reader.over(changed.subarray(0, length)).read(0, 3);
          assert.ok(['record', 'blank', 'cut', 'bad'].includes(kind));
          if (kind === 'record') assert.ok(reader.topic.length <= 98 && reader.properties.length <= 98);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the sysFlag', () => {
  it('tells which messages have a place in a queue', () => {
    assert.deepEqual([0, 4, 8, 12, 0x35].map(hasQueueOffset), [true, false, true, false, false]);
  });
});
