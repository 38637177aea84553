import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ReadRounds } from './read-rounds.ts';

const set = (...brokerIds: number[]): ReadonlySet<number> => new Set(brokerIds);

function rounds() {
  const own = new ReadRounds(1);
  const answers: string[] = [];
  const add = (name: string, deadlineMs = 1000) => own.add(deadlineMs, (ok) => answers.push(`${name} ${ok}`));
  return { own, answers, add };
}

describe('a read round', () => {
  it('ends when every other member has answered it', () => {
    const { own, answers, add } = rounds();
    add('a');
    const id = own.begin() ?? 0;
    own.pong(2, id);
    assert.equal(own.settle(set(1, 2, 3)), false);
    own.pong(3, id);
    assert.equal(own.settle(set(1, 2, 3)), true);
    assert.deepEqual(answers, ['a true']);
  });

  it('takes no answer to an earlier ping', () => {
    const { own, answers, add } = rounds();
    add('a');
    const first = own.begin() ?? 0;
    own.pong(2, first);
    own.settle(set(1, 2));
    add('b');
    own.begin();
    own.pong(2, first);
    assert.equal(own.settle(set(1, 2)), false);
    assert.deepEqual(answers, ['a true']);
  });

  it('lets what comes meanwhile wait for the next one', () => {
    const { own, answers, add } = rounds();
    add('a');
    const id = own.begin() ?? 0;
    add('b');
    assert.equal(own.begin(), undefined);
    own.pong(2, id);
    own.settle(set(1, 2));
    assert.deepEqual(answers, ['a true']);
    const next = own.begin() ?? 0;
    assert(next > id);
    own.pong(2, next);
    own.settle(set(1, 2));
    assert.deepEqual(answers, ['a true', 'b true']);
  });

  it('needs a member that entered meanwhile, too', () => {
    const { own, answers, add } = rounds();
    add('a');
    const id = own.begin() ?? 0;
    own.pong(2, id);
    assert.equal(own.settle(set(1, 2, 3)), false);
    own.pong(3, id);
    own.settle(set(1, 2, 3));
    assert.deepEqual(answers, ['a true']);
  });

  it('answers false to reads whose time is over, and ends when none is left', () => {
    const { own, answers, add } = rounds();
    add('a', 100);
    own.begin();
    add('b', 50);
    assert.equal(own.expire(60), false);
    assert.deepEqual(answers, ['b false']);
    assert.equal(own.expire(100), true);
    assert.deepEqual(answers, ['b false', 'a false']);
    assert.equal(own.currentId(), undefined);
  });

  it('answers false to all when the role changes', () => {
    const { own, answers, add } = rounds();
    add('a');
    own.begin();
    add('b');
    own.drop();
    assert.deepEqual(answers, ['a false', 'b false']);
  });
});
