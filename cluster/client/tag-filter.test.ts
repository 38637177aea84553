import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { StoredMessage } from '../message/stored-message.ts';
import { tagFilter } from './tag-filter.ts';

function tagged(tag: string | undefined): StoredMessage {
  return { properties: tag === undefined ? '' : `TAGS\u0001${tag}\u0002` } as StoredMessage;
}

describe('a filter of tags', () => {
  it('wants everything for a star, and for nothing at all', () => {
    for (const subscription of ['*', '', ' * ']) assert(tagFilter(subscription)(tagged(undefined)));
  });

  it('wants exactly the tags it names', () => {
    const wants = tagFilter('A || B');
    assert.deepEqual(
      [wants(tagged('A')), wants(tagged('B')), wants(tagged('AB')), wants(tagged(undefined))],
      [true, true, false, false],
    );
  });
});
