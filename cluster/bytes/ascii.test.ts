import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { isBytesAt, putAscii, putBytes, putDigits, putHex16, readDigits } from './ascii.ts';

function written(put: (into: Buffer, at: number) => number): string {
  const into = Buffer.alloc(200, '#');
  const end = put(into, 3);
  assert.equal(into.toString('latin1', 0, 3), '###');
  assert.equal(into[end], '#'.charCodeAt(0));
  return into.toString('latin1', 3, end);
}

const numbers = [
  0,
  1,
  9,
  10,
  11,
  99,
  100,
  12345,
  999_999_999,
  1_000_000_000,
  1_000_000_001,
  2 ** 31,
  2 ** 32,
];
const large = [...numbers, 1_700_000_000_000, 10 ** 15, 10 ** 18 / 1000, Number.MAX_SAFE_INTEGER];

describe('text put byte by byte', () => {
  it('has the decimal digits of any safe integer', () => {
    for (const value of large) {
      assert.equal(
        written((into, at) => putDigits(into, at, value)),
        String(value),
      );
      if (value > 0)
        assert.equal(
          written((into, at) => putDigits(into, at, -value)),
          String(-value),
        );
    }
  });

  it('has the hex digits of an offset, sixteen of them', () => {
    for (const value of large) {
      const wanted = value.toString(16).toUpperCase().padStart(16, '0');
      assert.equal(
        written((into, at) => putHex16(into, at, value)),
        wanted,
      );
    }
  });

  it('has the bytes and the letters it was given, few or many', () => {
    for (const length of [0, 1, 31, 32, 33, 150]) {
      const text = 'abcdefghij'.repeat(15).slice(0, length);
      assert.equal(
        written((into, at) => putAscii(into, at, text)),
        text,
      );
      assert.equal(
        written((into, at) => putBytes(into, at, Buffer.from(text))),
        text,
      );
    }
  });

  it('is found again where it stands, and nowhere else', () => {
    const bytes = Buffer.from('one,two');
    assert.ok(isBytesAt(bytes, 4, Buffer.from('two')));
    assert.ok(!isBytesAt(bytes, 3, Buffer.from('two')));
    assert.ok(!isBytesAt(bytes, 4, Buffer.from('two!')));
  });

  it('is a number when it is of digits alone, and not too many', () => {
    const read = (text: string) => readDigits(Buffer.from(text), 0, text.length);
    assert.equal(read('0'), 0);
    assert.equal(read('999999999999999'), 999_999_999_999_999);
    for (const text of ['', '-1', '1x', '1000000000000000']) assert.equal(read(text), -1, text);
  });
});
