import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { stepRaft } from '../../../cluster/raft/raft-core.ts';
import { explore } from '../explore.ts';
import { exploreJoined } from '../explore-joined.ts';
import { WatchedModel } from '../watched-model.ts';
import { type RaftBounds, RaftModel, type RaftWalk } from './raft-model.ts';
import type { StepRaft } from './raft-step.ts';
import { WidenedRaft } from './widened-raft.ts';

const small: RaftBounds = { nodes: 2, messages: 1, faults: 0, campaigns: 1, heartbeats: 0, reads: 0 };
const plain: RaftWalk = { repeats: 'faults', isReduced: false };
const noLimits = { isOver: () => false, progress: () => undefined };

/** What each has that is wrong with it, and the sizes that show it. */
const wrong: Readonly<Record<string, { bounds: RaftBounds; core: StepRaft; expected: RegExp }>> = {
  'a core that believes its disk too early': {
    bounds: { ...small, faults: 1 },
    core: (node, input) => {
      const effects = [...stepRaft(node, input)];
      for (const effect of [...effects])
        if (effect.kind === 'persist')
          effects.push(...stepRaft(node, { kind: 'persisted', sequence: effect.sequence }));
      return effects;
    },
    expected: /answers in term 1, but its disk knows 0/,
  },
  'a leader that commits alone': {
    bounds: small,
    core: (node, input) => {
      const effects = stepRaft(node, input);
      if (node.state.role === 'leader') node.state.commitIndex = node.state.entries.length - 1;
      return effects;
    },
    expected: /for committed, but only [01] disks have it/,
  },
  'a new leader that reads before it has committed an entry of its term': {
    bounds: { ...small, messages: 0, faults: 1, campaigns: 2, reads: 1 },
    core: (node, input) => {
      const { role, commitIndex: index } = node.state;
      if (input.kind === 'read' && role === 'leader')
        return [{ kind: 'read-ready', readId: input.readId, index }];
      return stepRaft(node, input);
    },
    expected: /linearizable reads: . answers read 0 at -1/,
  },
  'votes for whoever asks': {
    bounds: { ...small, campaigns: 2 },
    core: (node, input) => {
      if (input.kind === 'message' && input.message.kind === 'vote-request') node.state.vote = undefined;
      return stepRaft(node, input);
    },
    expected: /election safety|both lead/,
  },
};

describe('the Raft model', () => {
  const sizes: readonly RaftBounds[] = [
    { ...small, faults: 1 },
    { ...small, messages: 0, faults: 1, campaigns: 2, reads: 1 },
    { ...small, nodes: 3, messages: 0 },
    { ...small, messages: 0, faults: 1, campaigns: 2 },
  ];
  for (const bounds of sizes) {
    it(`finds nothing in all of ${JSON.stringify(bounds)}, and reduced misses nothing`, () => {
      const whole = new RaftModel(bounds, stepRaft, plain);
      const plainly = new Set<string>();
      const met = new WatchedModel(whole, (state) => {
        plainly.add(whole.situationOf(state, false));
        return whole.situationOf(state);
      });
      const { ending, states, counterexample } = explore(met, {});
      assert.equal(counterexample, undefined);
      assert.equal(ending, 'complete');
      assert(states > 100, `${states} states`);
      const part = new RaftModel(bounds);
      const metToo = new WatchedModel(part, (state) => part.situationOf(state));
      assert.equal(exploreJoined(metToo, noLimits).ending, 'complete');
      const missed = [...met.seen].filter((situation) => !metToo.seen.has(situation));
      assert.deepEqual(missed.slice(0, 3), [], `${missed.length} of ${met.seen.size} situations`);
      if (bounds.reads > 0) return;
      const wide = new WidenedRaft(bounds, []);
      const metWide = new WatchedModel(wide, (state) => wide.situationOf(state));
      assert.equal(exploreJoined(metWide, noLimits).ending, 'complete');
      const unseen = [...plainly].filter((situation) => !metWide.seen.has(situation));
      assert.deepEqual(unseen.slice(0, 3), [], `${unseen.length} of ${plainly.size} situations, widened`);
    });
  }

  for (const bounds of [
    { ...small, messages: 2, faults: 2 },
    { ...small, nodes: 3 },
  ]) {
    it(`widened misses nothing of ${JSON.stringify(bounds)} that is met reduced`, () => {
      const part = new RaftModel(bounds);
      const met = new WatchedModel(part, (state) => part.situationOf(state, false));
      assert.equal(exploreJoined(met, noLimits).ending, 'complete');
      const wide = new WidenedRaft(bounds, []);
      const metWide = new WatchedModel(wide, (state) => wide.situationOf(state));
      assert.equal(exploreJoined(metWide, noLimits).ending, 'complete');
      const unseen = [...met.seen].filter((situation) => !metWide.seen.has(situation));
      assert.deepEqual(unseen.slice(0, 3), [], `${unseen.length} of ${met.seen.size} situations`);
    });
  }

  for (const [name, { bounds, core, expected }] of Object.entries(wrong)) {
    it(`finds ${name}: reduced in no more steps than in full, and joined`, () => {
      const full = explore(new RaftModel(bounds, core, plain), {}).counterexample;
      const reduced = explore(new RaftModel(bounds, core), {}).counterexample;
      assert.match(full?.violation ?? '', expected);
      assert.match(reduced?.violation ?? '', expected);
      assert((reduced?.steps.length ?? 99) <= (full?.steps.length ?? 0));
      assert.match(exploreJoined(new RaftModel(bounds, core), noLimits).violation ?? '', expected);
      if (bounds.reads === 0)
        assert.match(exploreJoined(new WidenedRaft(bounds, [], core), noLimits).violation ?? '', expected);
    });
  }
});
