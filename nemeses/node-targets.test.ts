import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import { nodeTargets, otherTarget, planNodes } from './node-targets.ts';
import { testView } from './test-cluster.ts';

const random = (seed: number) => SimRandom.fromSeed(seed);
const seeds = Array.from({ length: 50 }, (_, seed) => seed);

function nodesOf(target: string, seed: number, view = testView()): readonly string[] {
  const plan = planNodes(target, random(seed), view);
  return plan.kind === 'planned' ? plan.nodes : [];
}

describe('the targets of a fault of nodes', () => {
  it('are never nobody, in a cluster that is whole', () => {
    for (const target of nodeTargets)
      for (const seed of seeds) assert.notDeepEqual(nodesOf(target, seed), [], target);
  });

  it('are the master, a slave, the leader as the living cluster tells them', () => {
    for (const seed of seeds) {
      assert.deepEqual(nodesOf('master', seed), ['n2']);
      assert.deepEqual(nodesOf('controller-leader', seed), ['c3']);
      assert.deepEqual(nodesOf('heads', seed), ['c3', 'n2']);
      assert.match(nodesOf('slave', seed).join(), /^n[13]$/);
    }
  });

  it('are so many brokers as the name says', () => {
    for (const seed of seeds) {
      assert.equal(nodesOf('minority', seed).length, 1);
      assert.equal(nodesOf('majority', seed).length, 2);
      assert.deepEqual(nodesOf('all', seed), ['n1', 'n2', 'n3']);
    }
  });

  it('reach every server in time', () => {
    assert.deepEqual([...new Set(seeds.flatMap((seed) => nodesOf('one', seed)))].sort(), [
      'c1',
      'c2',
      'c3',
      'n1',
      'n2',
      'n3',
    ]);
  });

  it('are the same for the same seed and view', () => {
    for (const target of nodeTargets) assert.deepEqual(nodesOf(target, 7), nodesOf(target, 7));
  });

  it('leave out what another fault has hit already', () => {
    const states = new Map([...testView().states, ['n1', 'absent'] as const, ['n3', 'paused'] as const]);
    assert.deepEqual(nodesOf('all', 1, testView({ states })), ['n2']);
    assert.deepEqual(planNodes('slave', random(1), testView({ states })), {
      kind: 'no-target',
      variant: 'slave',
      reason: 'no broker but the master n2 runs',
    });
  });

  it('are as many of those that run as there are', () => {
    const states = new Map([...testView().states, ['n1', 'absent'] as const, ['n2', 'paused'] as const]);
    for (const seed of seeds) {
      assert.deepEqual(nodesOf('minority', seed, testView({ states })), ['n3']);
      assert.deepEqual(nodesOf('majority', seed, testView({ states })), ['n3']);
    }
  });

  it('have something else to fall back upon, but for the last', () => {
    for (const target of nodeTargets) assert.equal(otherTarget(target), target === 'one' ? undefined : 'one');
  });

  it('say why there is nobody', () => {
    const down = new Map([...testView().states].map(([name]) => [name, 'absent'] as const));
    const reasons = [
      ...nodeTargets.map((target) => planNodes(target, random(1), testView({ states: down }))),
      planNodes('master', random(1), testView({ master: undefined })),
      planNodes('slave', random(1), testView({ master: undefined })),
      planNodes('controller-leader', random(1), testView({ controllerLeader: undefined })),
      planNodes(
        'minority',
        random(1),
        testView({ hosts: testView().hosts.filter(({ name }) => name !== 'n3') }),
      ),
    ].map((plan) => (plan.kind === 'no-target' ? plan.reason : ''));
    assert.ok(!reasons.includes(''), reasons.join(' | '));
  });

  it('refuse a name they do not know', () => {
    assert.throws(() => planNodes('everybody', random(1), testView()), /no target named "everybody"/);
  });
});
