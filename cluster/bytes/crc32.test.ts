import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { bodyCrc32, crc32 } from './crc32.ts';

describe('CRC-32', () => {
  it('gives the values that Java gives', () => {
    assert.equal(bodyCrc32(Buffer.from('hello')), 907060870);
    assert.equal(bodyCrc32(Buffer.from('hi')), 1486039724);
  });

  it('goes on from an earlier result', () => {
    assert.equal(crc32(Buffer.from('lo'), crc32(Buffer.from('hel'))), crc32(Buffer.from('hello')));
  });

  it('of a body never has the sign bit', () => {
    for (let value = 0; value < 256; value += 1) assert.ok(bodyCrc32(Uint8Array.of(value)) >= 0);
  });
});
