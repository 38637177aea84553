/** Most of the controllers are away, or all: what must not change role goes on without them (G8). */
import { probeBack } from './life-proofs.ts';
import type { ActiveFault, BreakableCluster, Nemesis, ProbeResult } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';

const variants = ['majority/kill', 'majority/pause', 'all/kill', 'all/pause'] as const;

export const controllerMajorityDown: Nemesis = {
  name: 'controller-majority-down',
  colours: ['#c7a0e9', '#5a2f7a'],
  purpose: 'routes, sends or pulls that need a controller though nothing has to change',
  variants,
  plan(variant, random, view) {
    const controllers = namesOf(view, 'controller');
    const running = controllers.filter((name) => view.states.get(name) === 'running');
    const wanted = variant.startsWith('all/') ? controllers.length : Math.floor(controllers.length / 2) + 1;
    if (running.length < wanted || wanted === 0)
      return {
        kind: 'no-target',
        variant,
        reason: `${running.length} of ${controllers.length} controllers run`,
      };
    const nodes = shuffle(running, random).slice(0, wanted).sort();
    return { kind: 'planned', variant, targets: nodes, links: [], nodes };
  },
  fallback: () => undefined,
  async inject(cluster, { nodes, variant }): Promise<ActiveFault> {
    const isPaused = variant.endsWith('/pause');
    await Promise.all(nodes.map((node) => (isPaused ? cluster.pause(node) : cluster.kill(node))));
    return {
      probeBit: () => probeLeaderless(cluster, nodes),
      heal: async () => {
        await Promise.all(nodes.map((node) => (isPaused ? cluster.resume(node) : cluster.start(node))));
      },
      probeHealed: async () => {
        const back = await probeBack(cluster, nodes, isPaused ? 'absent' : 'paused');
        const { controllerLeader } = await cluster.view();
        return {
          proven: back.proven && controllerLeader !== undefined,
          proof: { ...back.proof, controllerLeader: controllerLeader ?? 'nobody' },
        };
      },
    };
  },
};

/** None of them answers, and nobody leads the rest. */
async function probeLeaderless(cluster: BreakableCluster, nodes: readonly string[]): Promise<ProbeResult> {
  const probes = await Promise.all(nodes.map((node) => cluster.probeNode(node)));
  const silent = probes.filter(({ answered }) => !answered).map(({ node }) => node);
  const { controllerLeader } = await cluster.view();
  return {
    proven: silent.length === nodes.length && controllerLeader === undefined,
    proof: { silent, controllerLeader: controllerLeader ?? 'nobody' },
  };
}
