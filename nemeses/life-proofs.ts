/** Proof that nodes are gone, and that they are back. */
import type { BreakableCluster, ProbeResult } from './nemesis.ts';

export async function probeGone(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const gone = probes.filter(({ state, answered }) => state === 'absent' && !answered);
  return { proven: gone.length === nodes.length, proof: { gone: gone.map(({ node }) => node) } };
}

/** A node that another fault has paused since was started all the same. */
export async function probeBack(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
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
