import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { FrameDecoder } from './frame.ts';
import { FrameWriter } from './frame-writer.ts';

function decode(
  chunks: readonly Uint8Array[],
): readonly { opaque: number; bodyBytes: number; remark: string | null }[] {
  const decoder = new FrameDecoder();
  return chunks
    .flatMap((chunk) => decoder.push(chunk))
    .map(({ opaque, body, remark }) => ({ opaque, bodyBytes: body?.length ?? 0, remark }));
}

describe('a frame writer', () => {
  it('puts the frames of a turn into one buffer', () => {
    const writer = new FrameWriter();
    for (let opaque = 1; opaque <= 3; opaque++)
      writer.addFrame(10, 0, opaque, null, '{"a":"b"}', Buffer.alloc(100));
    const chunks = writer.take();
    assert.equal(chunks.length, 1);
    assert.deepEqual(
      decode(chunks).map(({ opaque }) => opaque),
      [1, 2, 3],
    );
  });

  it('counts what it has gathered, and nothing after it was taken', () => {
    const writer = new FrameWriter();
    writer.addFrame(10, 0, 1, 'é', null, Buffer.alloc(5));
    const gathered = writer.bytes;
    assert.equal(writer.take()[0]?.length, gathered);
    assert.equal(writer.bytes, 0);
    assert.deepEqual(writer.take(), []);
  });

  it('never writes again into what was taken', () => {
    const writer = new FrameWriter();
    const taken: Uint8Array[] = [];
    const copies: Buffer[] = [];
    for (let opaque = 1; opaque <= 500; opaque++) {
      writer.addFrame(10, 0, opaque, null, null, Buffer.alloc(opaque * 7, opaque));
      if (opaque % 3 === 0) {
        for (const chunk of writer.take()) {
          taken.push(chunk);
          copies.push(Buffer.from(chunk));
        }
      }
    }
    assert.deepEqual(
      taken.map((chunk) => Buffer.from(chunk)),
      copies,
    );
  });

  it('keeps the order of frames around a large body, which it does not copy', () => {
    const writer = new FrameWriter();
    const large = Buffer.alloc(200_000, 1);
    writer.addFrame(10, 0, 1, 'first', null, null);
    writer.addFrame(10, 0, 2, null, null, large);
    writer.addFrame(10, 0, 3, 'last', null, Buffer.alloc(10));
    const chunks = writer.take();
    assert(chunks.includes(large));
    assert.deepEqual(decode(chunks), [
      { opaque: 1, bodyBytes: 0, remark: 'first' },
      { opaque: 2, bodyBytes: 200_000, remark: null },
      { opaque: 3, bodyBytes: 10, remark: 'last' },
    ]);
  });

  it('has room for text of which every unit needs three bytes', () => {
    const writer = new FrameWriter();
    const remark = '消'.repeat(50_000);
    writer.addFrame(10, 1, 1, remark, null, null);
    assert.equal(decode(writer.take())[0]?.remark, remark);
  });
});
