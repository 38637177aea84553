/** Proof that nodes are gone, and that they are back. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { BreakableCluster, NodeState, ProbeResult } from './nemesis.ts';

const probedLinksMax = 6;

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

/** Nodes that were hit answer, or another fault has paused them since; bytes pass links that were cut and that no other fault holds. */
export async function probeWhole(
  cluster: BreakableCluster,
  { nodes, links }: { readonly nodes: readonly string[]; readonly links: readonly FaultLink[] },
): Promise<ProbeResult> {
  const cut = new Set(cluster.cutLinks().map((link) => link.join('>')));
  const free = links.filter((link) => !cut.has(link.join('>'))).slice(0, probedLinksMax);
  const probes = await cluster.probeLinks(free);
  const failing = probes.filter(
    (probe) => probe.onConnectionsOfFrom === false || probe.onConnectionsOfTo === false,
  );
  const back = await probeBack(cluster, nodes);
  return {
    proven: back.proven && failing.length === 0,
    proof: {
      ...back.proof,
      linksThatWork: probes.length - failing.length,
      ...(failing.length === 0 ? {} : { linksThatFail: failing.map(({ from, to }) => `${from}>${to}`) }),
    },
  };
}
