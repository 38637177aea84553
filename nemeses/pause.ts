/** SIGSTOP, and SIGCONT at the heal: a node that stands still, with all its connections open, and wakes up in another time. */
import { doToEach, probeBack, probeStill } from './life-proofs.ts';
import type { ActiveFault, Nemesis } from './nemesis.ts';
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
    const done = await doToEach(cluster, plan.nodes, (node) => cluster.pause(node));
    return {
      probeBit: () => probeStill(cluster, done),
      heal: async () => {
        await Promise.all(plan.nodes.map((node) => cluster.resume(node)));
      },
      probeHealed: () => probeBack(cluster, plan.nodes, 'absent'),
    };
  },
};
