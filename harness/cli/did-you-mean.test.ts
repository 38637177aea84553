import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { didYouMean } from './did-you-mean.ts';

describe('advice for a misspelt name', () => {
  it('is the nearest name that may be meant', () => {
    assert.equal(didYouMean('partitoin', ['pause', 'partition']), '; did you mean "partition"?');
    assert.equal(didYouMean('KILL', ['kill']), '; did you mean "kill"?');
  });

  it('is nothing where no name is near', () => {
    assert.equal(didYouMean('xyzzy', ['kill', 'pause']), '');
    assert.equal(didYouMean('a', ['log']), '', 'three letters are not one');
    assert.equal(didYouMean('x', []), '');
  });
});
