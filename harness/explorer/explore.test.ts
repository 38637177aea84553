import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explore } from './explore.ts';
import type { Model, Vector, Visit } from './model.ts';

/** Two counters; either may be raised up to a limit. A state is known by the counters in order: they are alike. */
class TwoCounters implements Model {
  readonly name = 'two counters';
  readonly scope = [];
  readonly initial: Vector = [0, 0];
  readonly #limit: number;
  readonly #badSum: number;

  constructor(limit: number, badSum: number) {
    this.#limit = limit;
    this.#badSum = badSum;
  }

  canonical([left = 0, right = 0]: Vector): Vector {
    return left < right ? [left, right] : [right, left];
  }

  successors([left = 0, right = 0]: Vector, visit: Visit): void {
    for (const [next, name] of [
      [[left + 1, right], 'left'],
      [[left, right + 1], 'right'],
    ] as const) {
      const sum = next[0] + next[1];
      if (Math.max(...next) <= this.#limit)
        visit(next, () => [name], sum === this.#badSum ? `the sum is ${sum}` : undefined);
    }
  }
}

const never = -1;

describe('the explorer', () => {
  it('walks through everything once, names aside', () => {
    const { states, ending, depth } = explore(new TwoCounters(99, never), {});
    assert.deepEqual({ states, ending, depth }, { states: (100 * 101) / 2, ending: 'complete', depth: 198 });
  });

  it('keeps count when its tables grow', () => {
    assert.equal(explore(new TwoCounters(599, never), {}).states, (600 * 601) / 2);
  });

  it('tells a shortest way to a counterexample, with one set of names', () => {
    const { counterexample, ending } = explore(new TwoCounters(2, 4), {});
    assert.equal(ending, 'counterexample');
    assert.equal(counterexample?.violation, 'the sum is 4');
    assert.equal(counterexample?.steps.length, 4);
    assert.equal(counterexample?.steps.filter(([name]) => name === 'left').length, 2);
  });

  it('stops at its bounds and says which one it was', () => {
    assert.equal(explore(new TwoCounters(99, never), { depthMax: 5 }).ending, 'depth');
    assert.equal(explore(new TwoCounters(99, never), { statesMax: 100 }).ending, 'states');
    assert.equal(explore(new TwoCounters(599, never), { isOver: () => true }).ending, 'time');
  });
});
