import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { viewOf } from './int64.ts';
import { KnownBytes } from './known-bytes.ts';

const text = 'abcdefghijklmnop';

describe('known bytes', () => {
  it('are found where they stand, of any length, and no byte may differ', () => {
    for (let length = 0; length <= text.length; length += 1) {
      const known = new KnownBytes(Buffer.from(text.slice(0, length)));
      const there = Buffer.from(`__${text.slice(0, length)}`);
      assert.ok(known.isAt(viewOf(there), 2), `${length} bytes`);
      for (let place = 0; place < length; place += 1) {
        const other = Buffer.from(there);
        other[2 + place] = 0;
        assert.ok(!known.isAt(viewOf(other), 2), `byte ${place} of ${length}`);
      }
    }
  });

  it('are not found beyond an end', () => {
    const known = new KnownBytes(Buffer.from('abc'));
    const view = viewOf(Buffer.from('abcab'));
    assert.ok(known.isAt(view, 0));
    for (const at of [-1, 3, 5, 100]) assert.ok(!known.isAt(view, at), `at ${at}`);
  });

  it('may differ outside of the spans, and only there', () => {
    const spans = [
      { start: 0, end: 2 },
      { start: 5, end: 11 },
      { start: 14, end: 14 },
    ];
    const known = new KnownBytes(Buffer.from(text), spans);
    for (let place = 0; place < text.length; place += 1) {
      const other = Buffer.from(text);
      other[place] = 0;
      const isWithin = spans.some(({ start, end }) => place >= start && place < end);
      assert.equal(known.isAt(viewOf(other), 0), !isWithin, `byte ${place}`);
    }
  });
});
