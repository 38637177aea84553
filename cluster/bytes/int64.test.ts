import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readInt64, viewOf, writeInt64 } from './int64.ts';

describe('a 64-bit integer', () => {
  it('comes back as it was written, over the whole range of safe integers', () => {
    const view = viewOf(new Uint8Array(10));
    const values = [0, 1, -1, 4294967295, 4294967296, -4294967296, -4294967297];
    for (const value of [...values, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      writeInt64(view, 1, value);
      assert.equal(readInt64(view, 1), value);
    }
  });

  it('lies in the bytes as Java writes a long', () => {
    const bytes = new Uint8Array(8);
    writeInt64(viewOf(bytes), 0, -2);
    assert.deepEqual([...bytes], [255, 255, 255, 255, 255, 255, 255, 254]);
    writeInt64(viewOf(bytes), 0, 0x0102030405);
    assert.deepEqual([...bytes], [0, 0, 0, 1, 2, 3, 4, 5]);
  });
});
