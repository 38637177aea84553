/** Proof that nodes are gone, and that they are back. */
import type { BreakableCluster, NodeState, ProbeResult } from './nemesis.ts';

export async function probeGone(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const gone = probes.filter(({ state, answered }) => state === 'absent' && !answered);
  return { proven: gone.length === nodes.length, proof: { gone: gone.map(({ node }) => node) } };
}

/** They answer again, or another fault has them in the state `elsewhere` since, and is the one to heal them. */
export async function probeBack(
  cluster: BreakableCluster,
  nodes: readonly string[],
  elsewhere: NodeState = 'paused',
): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const back = probes.filter(({ state, answered }) => answered || state === elsewhere);
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
