import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { decodeBatchBody, encodeBatchBody, type ReceivedEntry } from '../../message/batch-body.ts';
import { javaHashCode } from '../../message/tags-code.ts';
import { RepeatedEntries } from './repeated-entries.ts';

function entries(...properties: readonly string[]): ReceivedEntry[] {
  return decodeBatchBody(
    encodeBatchBody(properties.map((text) => ({ flag: 0, body: Buffer.from('body'), properties: text }))),
  );
}

function wholes(...properties: readonly string[]) {
  const repeated = new RepeatedEntries();
  return entries(...properties).map((entry) => {
    const whole = repeated.of(entry);
    if (whole === undefined) return undefined;
    const { known, encoded } = whole;
    return {
      text: Buffer.from(encoded.bytes).toString(),
      tagsCode: encoded.tagsCode,
      isWaitWanted: known.isWaitWanted,
      isDelayed: known.isDelayed,
    };
  });
}

const withKey = (key: string, rest = 'WAIT\u0001true\u0002'): string => `UNIQ_KEY\u0001${key}\u0002${rest}`;

describe('the properties of the messages of a batch', () => {
  it('go into the record as they came', () => {
    const plain = { tagsCode: 0, isWaitWanted: true, isDelayed: false };
    assert.deepEqual(wholes(withKey('AB01'), withKey('AB02'), withKey('AB03')), [
      { ...plain, text: withKey('AB01') },
      { ...plain, text: withKey('AB02') },
      { ...plain, text: withKey('AB03') },
    ]);
  });

  it('are looked through again where they differ in more than the key', () => {
    const tagged = (tag: string) => withKey('K1', `WAIT\u0001false\u0002TAGS\u0001${tag}\u0002`);
    const delayed = withKey('K1', 'DELAY\u00013\u0002WAIT\u0001no\u0002');
    assert.deepEqual(
      wholes(tagged('a'), tagged('b'), delayed, withKey('K1')).map((whole) => [
        whole?.tagsCode,
        whole?.isWaitWanted,
        whole?.isDelayed,
      ]),
      [
        [javaHashCode('a'), false, false],
        [javaHashCode('b'), false, false],
        [0, true, true],
        [0, true, false],
      ],
    );
  });

  it('are left to the ordinary way without a key, without an end, or with more than plain letters', () => {
    const odd = [
      '',
      'WAIT\u0001true\u0002',
      'UNIQ_KEY\u0001AB01',
      withKey('A\u00e4'),
      withKey('A', 'X\u0001\u00e4\u0002'),
      withKey(''),
      withKey('A', 'X\u0001\u0000\u0002'),
    ];
    for (const text of odd) assert.deepEqual(wholes(text), [undefined], JSON.stringify(text));
  });

  it('with a pair within the key of another are not taken for the same', () => {
    const [, second] = wholes(withKey('ABCDEFGHIJK'), withKey('AB\u0002DELAY\u000133'));
    assert.equal(second?.isDelayed, true);
  });
});
