/** SIGKILL, and a new start at the heal. */
import type { ActiveFault, BreakableCluster, Nemesis, ProbeResult } from './nemesis.ts';
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
    await Promise.all(plan.nodes.map((node) => cluster.kill(node)));
    return {
      probeBit: () => probeBit(cluster, plan.nodes),
      heal: async () => {
        await Promise.all(plan.nodes.map((node) => cluster.start(node)));
      },
      probeHealed: () => probeHealed(cluster, plan.nodes),
    };
  },
};

async function probeBit(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const gone = probes.filter(({ state, answered }) => state === 'absent' && !answered);
  return { proven: gone.length === nodes.length, proof: { gone: gone.map(({ node }) => node) } };
}

/** A node that another fault has paused since was started all the same. */
async function probeHealed(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const back = probes.filter(({ state, answered }) => answered || state === 'paused');
  return {
    proven: back.length === nodes.length,
    proof: {
      answering: probes.filter(({ answered }) => answered).map(({ node }) => node),
      ...(back.length === nodes.length
        ? {}
        : {
            silent: probes
              .filter((probe) => !back.includes(probe))
              .map(({ node, state }) => `${node} (${state})`),
          }),
    },
  };
}
