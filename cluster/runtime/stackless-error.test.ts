import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { StacklessError } from './stackless-error.ts';

describe('an error without a stack', () => {
  it('says its message and cause, and takes no stack from other errors', () => {
    const cause = new Error('why');
    const error = new StacklessError('what', { cause });
    assert.equal(error.stack, 'Error: what');
    assert.equal(error.cause, cause);
    assert.match(new Error('next').stack ?? '', /stackless-error\.test/);
  });
});
