import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { KeptTail, recordEnds } from './kept-tail.ts';

/** Records of the given lengths, filled with one letter. */
function records(letter: string, ...lengths: number[]): Buffer {
  return Buffer.concat(
    lengths.map((length) => {
      const record = Buffer.alloc(length, letter);
      record.writeInt32BE(length);
      return record;
    }),
  );
}

describe('a tail that the seeded bug keeps', () => {
  it('goes on behind itself where the master’s records have the same lengths', () => {
    const tail = new KeptTail(100, recordEnds(100, records('x', 10, 12)), 122);
    assert.equal(tail.take(100, records('y', 10)), undefined);
    const rest = tail.take(110, records('y', 12, 9));
    assert.equal(rest?.offset, 122);
    assert.deepEqual(Buffer.from(rest?.bytes ?? []), records('y', 9));
  });

  it('goes back to the last common end of a record where they have not', () => {
    const tail = new KeptTail(100, recordEnds(100, records('x', 10, 12)), 122);
    tail.take(100, records('y', 10, 7));
    const rest = tail.take(117, records('y', 30));
    assert.equal(rest?.offset, 110);
    assert.deepEqual(Buffer.from(rest?.bytes ?? []), records('y', 7, 30));
  });
});
