import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { FaultLink } from '../checkers/history/fault.ts';
import { SimWorld } from '../harness/deployment/sim/sim-world.ts';
import { type DelayProbe, delayProbeBytes, type FaultPlan } from './nemesis.ts';
import { slow } from './slow.ts';
import { TestCluster } from './test-cluster.ts';

class TimedCluster extends TestCluster {
  tookMs = 0;

  override probeDelays(links: readonly FaultLink[]): Promise<readonly DelayProbe[]> {
    return Promise.resolve(links.map(([from, to]) => ({ from, to, ms: this.tookMs })));
  }
}

const { clock } = new SimWorld(1).host('n1').start();
const plan: FaultPlan = {
  ...{ kind: 'planned', variant: 'link/narrow', targets: ['n1'], links: [['n1', 'n2']], nodes: [] },
  amounts: { bytesPerMs: 100 },
};

describe('the proof of a narrow link', () => {
  it('bears timers that count whole milliseconds, and no healthy link', async () => {
    const cluster = new TimedCluster();
    const fault = await slow.inject(cluster, plan, clock);
    const shortestMs = delayProbeBytes / 100;
    for (const [tookMs, proven] of [
      [shortestMs - 1.5, true],
      [shortestMs - 2.5, false],
      [1, false],
    ] as const) {
      cluster.tookMs = tookMs;
      assert.equal((await fault.probeBit()).proven, proven, `${tookMs} ms of ${shortestMs}`);
    }
  });
});
