import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { type Exploration, explore } from '../explore.ts';
import { exploreJoined } from '../explore-joined.ts';
import { WatchedModel } from '../watched-model.ts';
import { type SyncStateSetBounds, SyncStateSetModel } from './sync-state-set-model.ts';
import { WidenedWorlds } from './widened-worlds.ts';

const small: SyncStateSetBounds = { nodes: 2, messages: 1, faults: 0, elections: 1, proposals: 1 };

const noLimits = { isOver: () => false, progress: () => undefined };

function modelOf(bounds: SyncStateSetBounds, isReduced: boolean, ...bugs: SeededBug[]): SyncStateSetModel {
  return new SyncStateSetModel(bounds, { minInSyncReplicas: 1, seededBugs: new Set(bugs) }, isReduced);
}

function widenedModelOf(bounds: SyncStateSetBounds, ...bugs: SeededBug[]): WidenedWorlds {
  return new WidenedWorlds(bounds, { minInSyncReplicas: 1, seededBugs: new Set(bugs) }, []);
}

function exploreWith(bounds: SyncStateSetBounds, ...bugs: SeededBug[]): Exploration {
  return explore(modelOf(bounds, true, ...bugs), {});
}

describe('the model of SyncStateSet and epochs', () => {
  const sizes: readonly SyncStateSetBounds[] = [small, { ...small, faults: 1, elections: 0 }];
  for (const bounds of sizes) {
    it(`finds nothing in all of ${JSON.stringify(bounds)}, and reduced misses nothing`, () => {
      const whole = modelOf(bounds, false);
      const plainly = new Set<string>();
      const met = new WatchedModel(whole, (state) => {
        plainly.add(whole.situationOf(state, false));
        return whole.situationOf(state);
      });
      const { ending, counterexample, states } = explore(met, {});
      assert.equal(counterexample, undefined);
      assert.equal(ending, 'complete');
      assert(states > 500, `${states} states`);
      for (const walk of [explore, exploreJoined]) {
        const part = modelOf(bounds, true);
        const metToo = new WatchedModel(part, (state) => part.situationOf(state));
        assert.equal(walk(metToo, noLimits).ending, 'complete');
        // The same situations, neither fewer nor more.
        assert.deepEqual([...metToo.seen].sort(), [...met.seen].sort());
      }
      const wide = widenedModelOf(bounds);
      const metWide = new WatchedModel(wide, (state) => wide.situationOf(state));
      const { violation, ending: wideEnding } = exploreJoined(metWide, noLimits);
      assert.deepEqual({ violation, wideEnding }, { violation: undefined, wideEnding: 'complete' });
      const unseen = [...plainly].filter((situation) => !metWide.seen.has(situation));
      assert.deepEqual(unseen.slice(0, 3), [], `${unseen.length} of ${plainly.size} situations, widened`);
    });
  }

  const noElection = { ...small, elections: 0 };
  const found: readonly (readonly [SeededBug, SyncStateSetBounds, RegExp, number])[] = [
    ['ack-before-replication', noElection, /was acknowledged or read, but broker 2/, 1],
    ['shrink-before-commit', noElection, /was acknowledged or read, but broker 2/, 2],
    ['truncate-to-confirm', { ...noElection, faults: 1 }, /was acknowledged or read, but broker 2/, 6],
    [
      'ignore-pending-expansion',
      { ...noElection, proposals: 2 },
      /was acknowledged or read, but broker 2/,
      7,
    ],
    ['skip-disconnected-member', { ...noElection, faults: 1 }, /was acknowledged or read, but broker 2/, 3],
  ];
  for (const [bug, bounds, expected, stepsMax] of found) {
    it(`finds ${bug} in ${stepsMax} steps, in full, reduced and joined`, () => {
      const { counterexample } = exploreWith(bounds, bug);
      assert.match(counterexample?.violation ?? '', expected);
      assert.equal(counterexample?.steps.length, stepsMax);
      assert.equal(explore(modelOf(bounds, false, bug), {}).counterexample?.steps.length, stepsMax);
      assert.match(
        exploreJoined(modelOf(bounds, true, bug), noLimits).violation ?? '',
        /was acknowledged or read/,
      );
      assert.notEqual(exploreJoined(widenedModelOf(bounds, bug), noLimits).violation, undefined);
      if (bug !== 'ack-before-replication') assert.equal(exploreWith(bounds).counterexample, undefined);
    });
  }

  it('finds skip-truncation: two records on one place, and a member that may be elected holds the wrong one', () => {
    const { counterexample } = exploreWith({ ...small, messages: 2 }, 'skip-truncation');
    assert.match(counterexample?.violation ?? '', /was acknowledged or read, but broker 1/);
    assert(counterexample !== undefined && counterexample.steps.length <= 13);
    const wide = widenedModelOf({ ...small, messages: 2 }, 'skip-truncation');
    assert.notEqual(exploreJoined(wide, noLimits).violation, undefined);
  });
});
