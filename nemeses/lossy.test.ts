import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultLink } from '../checkers/history/fault.ts';
import { SimWorld } from '../harness/deployment/sim/sim-world.ts';
import { lossy } from './lossy.ts';
import type { DelayProbe, FaultPlan } from './nemesis.ts';
import { TestCluster } from './test-cluster.ts';

/** Nobody can ask these: the way back is cut. */
class OneWayCluster extends TestCluster {
  mute = new Set<string>();

  override async probeDelays(links: readonly FaultLink[], bytes?: number): Promise<readonly DelayProbe[]> {
    const probes = await super.probeDelays(links, bytes);
    return probes.filter(({ from, to }) => !this.mute.has(`${from}>${to}`));
  }
}

const links: readonly FaultLink[] = [
  ['n1', 'n2'],
  ['n2', 'n1'],
];
const plan: FaultPlan = {
  ...{ kind: 'planned', variant: 'link/limits', targets: ['n1', 'n2'], links, nodes: [] },
  amounts: { limitBytes: 8192 },
};

const { clock } = new SimWorld(1).host('n1').start();

describe('the proof of lossy links', () => {
  it('does without a link that nobody can ask, but not without all', async () => {
    const cluster = new OneWayCluster();
    cluster.mute = new Set(['n2>n1']);
    const fault = await lossy.inject(cluster, plan, clock);
    assert.equal((await fault.probeBit()).proven, true);
    cluster.mute = new Set(['n1>n2', 'n2>n1']);
    const again = await lossy.inject(cluster, plan, clock);
    assert.equal((await again.probeBit()).proven, false);
  });

  it('waits for each link that can be asked', async () => {
    const cluster = new OneWayCluster();
    cluster.stubborn.add('n2');
    const fault = await lossy.inject(cluster, plan, clock);
    const { proven, proof } = await fault.probeBit();
    assert.deepEqual([proven, proof['otherwise']], [false, ['n2>n1']]);
  });
});
