import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { WaitingWrites } from './waiting-writes.ts';

function waiting(countMax = 10_000) {
  const writes = new WaitingWrites(countMax);
  const answers: string[] = [];
  const add = (name: string, nextOffset: number, deadlineMs = 1000) =>
    writes.add(nextOffset, deadlineMs, (outcome) => answers.push(`${name} ${outcome}`));
  return { writes, answers, add };
}

describe('writes that wait for confirmOffset', () => {
  it('are answered in their order, all that it reaches at once', () => {
    const { writes, answers, add } = waiting();
    add('a', 10);
    add('b', 20);
    add('c', 30);
    writes.complete(9);
    assert.deepEqual(answers, []);
    writes.complete(20);
    assert.deepEqual(answers, ['a ok', 'b ok']);
    assert.equal(writes.count(), 1);
  });

  it('are never answered early when they come out of order', () => {
    const { writes, answers, add } = waiting();
    add('a', 20);
    add('b', 10);
    writes.complete(10);
    assert.deepEqual(answers, []);
    writes.complete(20);
    assert.deepEqual(answers, ['a ok', 'b ok']);
  });

  it('are given up at their own time, and not answered again', () => {
    const { writes, answers, add } = waiting();
    add('a', 10, 500);
    add('b', 20, 100);
    writes.expire(99, 'timeout');
    writes.expire(100, 'not-enough-replicas');
    assert.deepEqual(answers, ['b not-enough-replicas']);
    writes.complete(20);
    assert.deepEqual(answers, ['b not-enough-replicas', 'a ok']);
    writes.expire(1000, 'timeout');
    assert.equal(answers.length, 2);
    assert.equal(writes.count(), 0);
  });

  it('R5: are all dropped, outcome unknown, when the role changes', () => {
    const { writes, answers, add } = waiting();
    add('a', 10);
    add('b', 20);
    writes.complete(10);
    writes.drop();
    writes.complete(20);
    assert.deepEqual(answers, ['a ok', 'b role-changed']);
    assert.equal(writes.count(), 0);
  });

  it('take one more at the limit and no other beyond it', () => {
    const { add } = waiting(2);
    assert.deepEqual([add('a', 1), add('b', 2), add('c', 3)], [true, true, false]);
  });

  it('may be added from an answer', () => {
    const { writes, answers, add } = waiting();
    writes.add(10, 1000, () => add('after', 15));
    writes.complete(20);
    assert.deepEqual(answers, ['after ok']);
  });

  it('keep their order over many thousands', () => {
    const writes = new WaitingWrites(100_000);
    const answered: number[] = [];
    for (let index = 1; index <= 10_000; index += 1) {
      writes.add(index, 1000, () => answered.push(index));
      if (index % 7 === 0) writes.complete(index - 3);
    }
    writes.complete(10_000);
    assert.equal(answered.length, 10_000);
    assert(answered.every((value, index) => value === index + 1));
  });
});
