import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { explore } from './explore.ts';
import { exploreJoined } from './explore-joined.ts';
import type { Model, Vector, Visit } from './model.ts';

/** Two counters; either may be raised up to a limit. A state is known by the counters in order: they are alike. */
class TwoCounters implements Model {
  readonly name = 'two counters';
  readonly scope = [];
  readonly initial: Vector = [0, 0];
  readonly headLength = undefined;
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

/**
 * A place, and letters that may be picked up on the way to it, of which each leads one place further; asking for a letter again is a fault.
 * A state: place, faults, letters.
 */
class Letters implements Model {
  readonly name = 'letters';
  readonly scope = [];
  readonly initial: Vector = [0, 0];
  readonly headLength = 1;
  readonly #bad: number;

  constructor(bad: number) {
    this.#bad = bad;
  }

  canonical(state: Vector): Vector {
    return state;
  }

  successors([place = 0, faults = 0, ...letters]: Vector, visit: Visit): void {
    for (const letter of [1, 2, 3, 4]) {
      if (letters.includes(letter)) continue;
      const more = [...letters, letter].sort();
      visit([place, faults, ...more], () => [`picks up ${letter}`], undefined);
    }
    const isBad = place + 1 === this.#bad;
    if (letters.includes(place + 1))
      visit([place + 1, faults, ...letters], () => ['goes on'], isBad ? 'too far' : undefined);
    if (faults < 3) visit([place, faults + 1, ...letters], () => ['a fault'], undefined);
  }
}

const never = -1;
const noLimits = { isOver: () => false, progress: () => undefined };

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

  it('leaves out what is covered: more used up, less on its way', () => {
    // All that have fewer letters come first, so only what costs faults is left out: 16 sets, at each place those with the letters so far.
    assert.equal(explore(new Letters(never), {}).states, 16 + 8 + 4 + 2 + 1);
  });

  it('joins what is on its way, and finds the same: nothing, or that something is wrong', () => {
    const { ending, states } = exploreJoined(new Letters(never), noLimits);
    assert.deepEqual({ ending, states }, { ending: 'complete', states: 5 });
    assert.equal(exploreJoined(new Letters(4), noLimits).violation, 'too far');
    assert.equal(explore(new Letters(4), {}).counterexample?.steps.length, 8);
  });
});
