import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { decodeProperties, encodeProperties, readProperty } from './message-properties.ts';

const text = fc
  .string({ minLength: 1 })
  .filter((part) => !part.includes('\u0001') && !part.includes('\u0002'));

describe('a properties string', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.dictionary(text, text), (record) => {
        const encoded = encodeProperties(Object.entries(record));
        assert.deepEqual(new Map(Object.entries(record)), decodeProperties(encoded));
        for (const [name, value] of Object.entries(record)) assert.equal(readProperty(encoded, name), value);
      }),
    );
  });

  it('may lack the last separator, and loses pairs without a value, as in Java', () => {
    assert.deepEqual(
      [...decodeProperties('a\u0001b\u0002c\u0001\u0002d\u0001e')],
      [
        ['a', 'b'],
        ['d', 'e'],
      ],
    );
    assert.deepEqual([...decodeProperties('junk')], []);
  });

  it('gives one property without taking the end of a name or a value for it', () => {
    const encoded = encodeProperties([
      ['MYTAGS', 'x'],
      ['n', 'TAGS'],
      ['TAGS', 'A'],
    ]);
    assert.equal(readProperty(encoded, 'TAGS'), 'A');
    assert.equal(readProperty(encoded, 'AGS'), undefined);
    assert.equal(readProperty('TAGS\u0001A', 'TAGS'), 'A');
    assert.equal(readProperty('TAGS\u0001\u0002', 'TAGS'), undefined);
    assert.equal(readProperty('', 'TAGS'), undefined);
  });
});
