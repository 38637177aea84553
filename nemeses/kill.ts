/** SIGKILL, and a new start at the heal. */
import { doToEach, probeBack, probeGone } from './life-proofs.ts';
import type { ActiveFault, Nemesis } from './nemesis.ts';
import { nodeTargets, otherTarget, planNodes } from './node-targets.ts';

export const kill: Nemesis = {
  name: 'kill',
  colours: ['#e9a4a0', '#8a3f3a'],
  purpose:
    'messages lost with a master, epochs without an owner, logs that recovery cuts too short or too long',
  variants: nodeTargets,
  plan: planNodes,
  fallback: otherTarget,
  async inject(cluster, plan): Promise<ActiveFault> {
    const done = await doToEach(cluster, plan.nodes, (node) => cluster.kill(node));
    return {
      probeBit: () => probeGone(cluster, done),
      heal: async () => {
        await Promise.all(plan.nodes.map((node) => cluster.start(node)));
      },
      probeHealed: () => probeBack(cluster, plan.nodes),
    };
  },
};
