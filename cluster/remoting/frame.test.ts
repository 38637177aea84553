import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { encodeFrame, FrameDecoder } from './frame.ts';
import { FrameError } from './frame-error.ts';
import type { RemotingCommand } from './remoting-command.ts';

interface RecordedFrame {
  readonly code: number;
  readonly kind: 'request' | 'response' | 'oneway';
  readonly header: {
    readonly code: number;
    readonly language: string;
    readonly version: number;
    readonly opaque: number;
    readonly flag: number;
    readonly remark?: string | null;
    readonly extFields?: Readonly<Record<string, string>> | null;
    readonly serializeTypeCurrentRPC?: string;
  };
  readonly frame: string;
}

const recorded: readonly RecordedFrame[] = readFileSync('cluster/remoting/fixtures/frames.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

function decodeOne(frame: Uint8Array): RemotingCommand {
  const [command, ...others] = new FrameDecoder().push(frame);
  assert(command !== undefined && others.length === 0);
  return command;
}

function command(fields: Partial<RemotingCommand>): RemotingCommand {
  return {
    code: 105,
    language: 'JAVA',
    version: 479,
    opaque: 7,
    flag: 0,
    remark: null,
    extFields: { topic: 'T1' },
    body: null,
    serialization: 'json',
    ...fields,
  };
}

function assertMalformed(bytes: Uint8Array, kind: FrameError['kind'], decoder = new FrameDecoder()): void {
  assert.throws(
    () => decoder.push(bytes),
    (error) => error instanceof FrameError && error.kind === kind,
  );
}

/** A frame with this header text. */
function jsonFrame(header: string): Buffer {
  const bytes = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeInt32BE(4 + bytes.length, 0);
  prefix.writeInt32BE(bytes.length, 4);
  return Buffer.concat([prefix, bytes]);
}

describe('frames recorded between RocketMQ peers', () => {
  it('are as many as were recorded', () => assert.equal(recorded.length, 445));

  it('decode to the recorded header', () => {
    for (const { header, frame } of recorded) {
      const { serializeTypeCurrentRPC: _, ...wanted } = header;
      const { body: _body, serialization, ...got } = decodeOne(Buffer.from(frame, 'base64'));
      assert.deepEqual(got, { remark: null, extFields: null, ...wanted });
      assert.equal(serialization, 'json');
    }
  });

  it('encode again to the same fields and body', () => {
    for (const { frame } of recorded) {
      const first = decodeOne(Buffer.from(frame, 'base64'));
      assert.deepEqual(decodeOne(encodeFrame(first)), first);
    }
  });

  it('encode to the very same bytes when a Java peer wrote them', () => {
    const javaFrames = recorded.filter(({ header }) => header.serializeTypeCurrentRPC !== undefined);
    assert(javaFrames.length > 400);
    for (const { frame } of javaFrames) {
      assert.equal(
        Buffer.from(encodeFrame(decodeOne(Buffer.from(frame, 'base64')))).toString('base64'),
        frame,
      );
    }
  });

  it('survive the binary header too', () => {
    for (const { frame } of recorded) {
      const first = decodeOne(Buffer.from(frame, 'base64'));
      // Binary headers cannot tell empty from missing, nor hold codes above 32767.
      if (first.code > 32767) continue;
      const extFields = Object.entries(first.extFields ?? {}).filter(([, value]) => value !== '');
      const wanted: RemotingCommand = {
        ...first,
        serialization: 'rocketmq',
        remark: first.remark === '' ? null : first.remark,
        extFields: extFields.length === 0 ? null : Object.fromEntries(extFields),
      };
      assert.deepEqual(decodeOne(encodeFrame({ ...first, serialization: 'rocketmq' })), wanted);
    }
  });

  it('decode lazily to the same command', () => {
    for (const { frame } of recorded) {
      const bytes = Buffer.from(frame, 'base64');
      const [lazy] = new FrameDecoder(undefined, true).push(bytes);
      assert(lazy !== undefined);
      const { code, language, version, opaque, flag, remark, extFields, body, serialization } = lazy;
      const fields = { code, language, version, opaque, flag, remark, extFields, body, serialization };
      assert.deepEqual(fields, decodeOne(bytes));
    }
  });
});

describe('a frame', () => {
  it('is written as Java writes it, with a JSON header', () => {
    const wanted =
      '{"code":105,"extFields":{"topic":"T1"},"flag":0,"language":"JAVA","opaque":7,"serializeTypeCurrentRPC":"JSON","version":479}';
    const frame = Buffer.from(encodeFrame(command({})));
    assert.equal(frame.subarray(0, 8).toString('hex'), '000000800000007c');
    assert.equal(frame.subarray(8).toString(), wanted);
  });

  it('is written as Java writes it, with a binary header', () => {
    const frame = encodeFrame(
      command({
        remark: 'rm',
        body: Buffer.from('BODY'),
        serialization: 'rocketmq',
        extFields: { topic: 'T1' },
      }),
    );
    assert.equal(
      Buffer.from(frame).toString('hex'),
      '0000002c010000240069' + '0001df000000070000000000000002726d0000000d0005746f706963000000025431424f4459',
    );
  });

  it('keeps text beyond ASCII, quotes and control characters', () => {
    const remark = 'naïve "quoted" \\ \u0001 \u2028 消息 🚀';
    for (const serialization of ['json', 'rocketmq'] as const) {
      const sent = command({ remark, extFields: { key: remark }, serialization });
      assert.deepEqual(decodeOne(encodeFrame(sent)), sent);
    }
  });

  it('takes raw numbers and booleans of extFields as strings, without loss', () => {
    const header =
      '{"code":12,"flag":0,"opaque":1,"extFields":{"a":1,"b":true,"c":9223372036854775807,"d":null,"e":"x"}}';
    const { extFields, language, version } = decodeOne(jsonFrame(header));
    assert.deepEqual(extFields, { a: '1', b: 'true', c: '9223372036854775807', e: 'x' });
    assert.deepEqual({ language, version }, { language: 'JAVA', version: 0 });
  });

  it('knows languages by number and by names that have none', () => {
    assert.equal(decodeOne(jsonFrame('{"code":1,"language":9}')).language, 'GO');
    assert.equal(decodeOne(jsonFrame('{"code":1,"language":"KOTLIN"}')).language, 'KOTLIN');
    const kotlin = command({ language: 'KOTLIN', serialization: 'rocketmq' });
    assert.equal(decodeOne(encodeFrame(kotlin)).language, 'OTHER');
  });

  it('refuses a code that the binary header cannot hold', () => {
    assert.throws(() => encodeFrame(command({ code: 200_050, serialization: 'rocketmq' })), RangeError);
  });
});

describe('a frame decoder', () => {
  const frames = [
    command({ opaque: 1, body: Buffer.alloc(3000, 1) }),
    command({ opaque: 2, extFields: null }),
    command({ opaque: 3, body: Buffer.alloc(200_000, 3), serialization: 'rocketmq' }),
    command({ opaque: 4 }),
  ];
  const bytes = Buffer.concat(frames.map(encodeFrame));

  for (const size of [1, 2, 3, 5, 7, 100, 4096, 65_536, bytes.length]) {
    it(`finds the same frames in chunks of ${size} bytes`, () => {
      const decoder = new FrameDecoder();
      const found: RemotingCommand[] = [];
      for (let at = 0; at < bytes.length; at += size)
        found.push(...decoder.push(bytes.subarray(at, at + size)));
      assert.deepEqual(found, frames);
    });
  }

  it('gives bodies as views of the chunk', () => {
    const [first] = new FrameDecoder().push(bytes);
    assert.equal(first?.body?.buffer, bytes.buffer);
  });

  it('copies the beginning of a frame whose end is to come, so that its chunk may go', () => {
    const decoder = new FrameDecoder();
    const [whole] = frames.slice(0, 1).map(encodeFrame);
    assert(whole !== undefined);
    const chunk = Buffer.from(whole.subarray(0, 1000));
    decoder.push(chunk);
    chunk.fill(0xff);
    assert.deepEqual(decoder.push(whole.subarray(1000)), frames.slice(0, 1));
  });

  it('takes a frame of the limit and refuses one byte more', () => {
    const frame = encodeFrame(command({ body: Buffer.alloc(100) }));
    assert.equal(new FrameDecoder(frame.length).push(frame).length, 1);
    assertMalformed(frame, 'oversize', new FrameDecoder(frame.length - 1));
  });

  it('refuses lengths that cannot be', () => {
    assertMalformed(Buffer.from('ffffffff00000000', 'hex'), 'bad-length');
    assertMalformed(Buffer.from('0000000300000000', 'hex'), 'bad-length');
    assertMalformed(Buffer.from('000000080000000500000000', 'hex'), 'bad-length');
    assertMalformed(Buffer.from('7fffffff00000000', 'hex'), 'oversize');
  });

  it('refuses a length that cannot be when it comes byte by byte', () => {
    const decoder = new FrameDecoder();
    for (const byte of [0, 0, 0]) assert.deepEqual(decoder.push(Uint8Array.of(byte)), []);
    assertMalformed(Uint8Array.of(3), 'bad-length', decoder);
  });

  it('refuses an unknown serialization', () => {
    assertMalformed(Buffer.from('00000004020000004142', 'hex'), 'unknown-serialization');
  });

  it('refuses headers that are no header', () => {
    for (const header of [
      '',
      '{',
      '[]',
      '7',
      'null',
      '"code"',
      '{"code":"x"}',
      '{"code":1.5}',
      '{"flag":4294967296}',
    ]) {
      assertMalformed(jsonFrame(header), 'bad-header');
    }
    assertMalformed(jsonFrame('{"code":1,"extFields":[]}'), 'bad-header');
    assertMalformed(jsonFrame('{"code":1,"remark":{}}'), 'bad-header');
    assertMalformed(jsonFrame('{"code":1,"extFields":{"a":{"b":1}}}'), 'bad-header');
    assertMalformed(
      jsonFrame('{"code":1,"extFields":{"a":[9223372036854775807],"b":9223372036854775807}}'),
      'bad-header',
    );
  });

  it('refuses headers nested deeply, whatever they hold', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    assertMalformed(jsonFrame(`{"code":1,"extFields":{"a":${deep}}}`), 'bad-header');
    assertMalformed(jsonFrame(`{"code":1,"x":${deep},"extFields":{"b":9223372036854775807}}`), 'bad-header');
    assert.equal(decodeOne(jsonFrame(`{"code":1,"x":${deep},"extFields":{"b":1}}`)).extFields?.['b'], '1');
  });

  it('refuses binary headers whose lengths do not fit', () => {
    const good = Buffer.from(encodeFrame(command({ serialization: 'rocketmq', remark: 'rm' })));
    for (const at of [21, 27, 31, 38]) {
      const bad = Buffer.from(good);
      bad.writeUInt16BE(0x7fff, at);
      assertMalformed(bad, 'bad-header');
    }
    assertMalformed(Buffer.from('0000000401000000', 'hex'), 'bad-header');
  });

  it('hands out the frames before a malformed one, and nothing after it', () => {
    const found: number[] = [];
    const decoder = new FrameDecoder();
    const good = encodeFrame(command({ opaque: 9 }));
    assert.throws(() =>
      decoder.feed(Buffer.concat([good, Buffer.alloc(8)]), ({ opaque }) => found.push(opaque)),
    );
    decoder.feed(good, ({ opaque }) => found.push(opaque));
    assert.deepEqual(found, [9]);
  });

  it('stops in the middle of a chunk when it is told so', () => {
    const decoder = new FrameDecoder();
    const found: number[] = [];
    decoder.feed(bytes, ({ opaque }) => {
      found.push(opaque);
      if (opaque === 2) decoder.stop();
    });
    assert.deepEqual(found, [1, 2]);
  });
});
