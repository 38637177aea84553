/** Proof that nodes are gone or stand still, and that they are back. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { BreakableCluster, NodeState, ProbeResult } from './nemesis.ts';

const probedLinksMax = 6;

/** The state of each node right after the deed. */
export type DeedDone = ReadonlyMap<string, NodeState>;

/** Looks at once: before a proof is through, another fault may have woken or started the node again. */
export async function doToEach(
  cluster: BreakableCluster,
  nodes: readonly string[],
  deed: (node: string) => Promise<unknown>,
): Promise<DeedDone> {
  const done = new Map<string, NodeState>();
  await Promise.all(
    nodes.map(async (node) => {
      await deed(node);
      done.set(node, cluster.state(node));
    }),
  );
  return done;
}

export function probeGone(cluster: BreakableCluster, done: DeedDone): Promise<ProbeResult> {
  return probeSilent(cluster, done, 'gone', ['absent']);
}

/** One that another fault has killed answers as little. */
export function probeStill(cluster: BreakableCluster, done: DeedDone): Promise<ProbeResult> {
  return probeSilent(cluster, done, 'standingStill', ['paused', 'absent']);
}

async function probeSilent(
  cluster: BreakableCluster,
  done: DeedDone,
  name: string,
  states: readonly NodeState[],
): Promise<ProbeResult> {
  const probes = await Promise.all([...done.keys()].map((node) => cluster.probeNode(node)));
  const silent = probes.filter(({ state, answered }) => states.includes(state) && !answered);
  // Another fault raised it, or took it over, since.
  const overtaken = probes.filter(
    ({ node, state }) => states.includes(done.get(node) ?? 'running') && !states.includes(state),
  );
  return {
    proven: silent.length + overtaken.length === done.size,
    proof: {
      [name]: silent.map(({ node }) => node),
      ...(overtaken.length === 0
        ? {}
        : { overtaken: overtaken.map(({ node, state }) => `${node} (${state})`) }),
    },
  };
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
