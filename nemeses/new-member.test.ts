import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimRandom } from '../harness/deployment/sim/sim-random.ts';
import { membership } from './membership.ts';
import type { FaultPlan } from './nemesis.ts';
import { JumpingClock, TestCluster, testView } from './test-cluster.ts';

const never = new AbortController().signal;
const planOf = async (cluster: TestCluster, variant: string): Promise<FaultPlan> => {
  const plan = membership.plan(variant, SimRandom.fromSeed(1), await cluster.view());
  assert.ok(plan.kind === 'planned', JSON.stringify(plan));
  return plan;
};

async function add(cluster: TestCluster, variant: string) {
  const fault = await membership.inject(cluster, await planOf(cluster, variant), new JumpingClock());
  // The first time it makes the group forget who was there before.
  await fault.probeBit();
  const bit = await fault.probeBit();
  assert.equal(bit.proven, true);
  const joined = await fault.goOn?.(never);
  return { fault, gone: bit.proof['gone'], joined };
}

describe('a new member', () => {
  it('comes on a spare host with an empty disk, is taken in, and stays', async () => {
    const cluster = new TestCluster();
    const { fault, gone, joined } = await add(cluster, 'add-broker');
    assert.deepEqual([gone, joined?.proof['inSync']], [[], ['4 on n4']]);
    await fault.heal();
    assert.equal((await fault.probeHealed()).proven, true);
    assert.equal(cluster.state('n4'), 'running');
    assert.ok((await cluster.view()).hosts.some(({ name }) => name === 'n4'));
  });

  it('gives way to the next one, and is forgotten', async () => {
    const cluster = new TestCluster();
    await add(cluster, 'add-broker');
    cluster.roles = { syncStateSet: ['n1', 'n2', 'n3', 'n4'] };
    const { gone, joined } = await add(cluster, 'add-broker');
    assert.deepEqual([gone, joined?.proof['inSync']], [['4'], ['5 on n4']]);
    assert.ok(cluster.done.includes('forget 4'));
  });

  it('is a learner of the controllers before it votes', async () => {
    const cluster = new TestCluster();
    const { joined } = await add(cluster, 'add-controller');
    assert.deepEqual(joined?.proof['votes'], ['c4.1 on c4']);
    assert.deepEqual(cluster.done.slice(-2), ['add-learner c4.1', 'promote c4.1']);
  });

  it('is missed where nobody takes it in', async () => {
    const cluster = new TestCluster();
    cluster.operator.started = () => undefined;
    const { joined } = await add(cluster, 'add-broker');
    assert.equal(joined?.proven, false);
    assert.match(String(joined?.proof['reason']), /n4 was not taken in in time/);
  });

  it('needs a spare host, and a group that is whole', () => {
    const reason = (view: Parameters<typeof testView>[0]) => {
      const plan = membership.plan('add-broker', SimRandom.fromSeed(1), testView(view));
      return plan.kind === 'no-target' ? plan.reason : '';
    };
    assert.match(reason({ spares: [] }), /no spare host for a broker/);
    assert.match(reason({ syncStateSet: ['n1', 'n2'] }), /n3 does not run, or is not in the SyncStateSet/);
    const kinds = membership.variants.map((variant) => [variant, membership.spareFor?.(variant)]);
    assert.deepEqual(
      kinds.filter(([, kind]) => kind !== undefined),
      [
        ['add-broker', 'broker'],
        ['add-controller', 'controller'],
      ],
    );
  });
});
