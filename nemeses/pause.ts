/** SIGSTOP, and SIGCONT at the heal: a node that stands still, with all its connections open, and wakes up in another time. */
import { probeBack } from './life-proofs.ts';
import type { ActiveFault, BreakableCluster, Nemesis, ProbeResult } from './nemesis.ts';
import { nodeTargets, otherTarget, planNodes } from './node-targets.ts';

export const pause: Nemesis = {
  name: 'pause',
  colours: ['#a0b1e9', '#3f4f8a'],
  purpose:
    'a deposed master that wakes up and acknowledges, leases and time-outs that trust the clock, late answers',
  variants: nodeTargets,
  plan: planNodes,
  fallback: otherTarget,
  async inject(cluster, plan): Promise<ActiveFault> {
    await Promise.all(plan.nodes.map((node) => cluster.pause(node)));
    return {
      probeBit: () => probeBit(cluster, plan.nodes),
      heal: async () => {
        await Promise.all(plan.nodes.map((node) => cluster.resume(node)));
      },
      probeHealed: () => probeBack(cluster, plan.nodes, 'absent'),
    };
  },
};

/** One that another fault killed in the meantime answers as little. */
async function probeBit(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const still = probes.filter(({ state, answered }) => state !== 'running' && !answered);
  return { proven: still.length === nodes.length, proof: { standingStill: still.map(({ node }) => node) } };
}
