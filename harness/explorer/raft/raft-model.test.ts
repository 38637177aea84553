import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { stepRaft } from '../../../cluster/raft/raft-core.ts';
import { explore } from '../explore.ts';
import { type RaftBounds, RaftModel } from './raft-model.ts';

const small: RaftBounds = { nodes: 2, messages: 1, faults: 0, campaigns: 1, heartbeats: 0, reads: 0 };

describe('the Raft model', () => {
  const sizes: readonly RaftBounds[] = [
    { ...small, faults: 1 },
    { ...small, messages: 0, faults: 1, campaigns: 2, reads: 1 },
    { ...small, nodes: 3, messages: 0, faults: 0, reads: 1 },
  ];
  for (const bounds of sizes) {
    it(`finds nothing in all of ${JSON.stringify(bounds)}`, () => {
      const { ending, states, counterexample } = explore(new RaftModel(bounds), {});
      assert.equal(counterexample, undefined);
      assert.equal(ending, 'complete');
      assert(states > 1000, `${states} states`);
    });
  }

  it('finds a core that believes its disk too early', () => {
    const model = new RaftModel({ ...small, faults: 1 }, (node, input) => {
      const effects = [...stepRaft(node, input)];
      for (const effect of [...effects])
        if (effect.kind === 'persist')
          effects.push(...stepRaft(node, { kind: 'persisted', sequence: effect.sequence }));
      return effects;
    });
    const { counterexample } = explore(model, {});
    assert.match(counterexample?.violation ?? '', /answers in term 1, but its disk knows 0/);
  });

  it('finds a leader that commits alone', () => {
    const model = new RaftModel(small, (node, input) => {
      const effects = stepRaft(node, input);
      if (node.state.role === 'leader') node.state.commitIndex = node.state.entries.length - 1;
      return effects;
    });
    const { counterexample } = explore(model, {});
    assert.match(counterexample?.violation ?? '', /for committed, but only [01] disks have it/);
  });

  it('finds a new leader that reads before it has committed an entry of its term, in a shortest way', () => {
    const bounds = { ...small, messages: 0, faults: 1, campaigns: 2, reads: 1 };
    const model = new RaftModel(bounds, (node, input) => {
      const { role, commitIndex: index } = node.state;
      if (input.kind === 'read' && role === 'leader')
        return [{ kind: 'read-ready', readId: input.readId, index }];
      return stepRaft(node, input);
    });
    const { counterexample } = explore(model, {});
    assert.match(counterexample?.violation ?? '', /linearizable reads: . answers read 0 at -1/);
    assert(counterexample !== undefined && counterexample.steps.length <= 16);
  });
});
