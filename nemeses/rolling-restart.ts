/** One server after another is stopped cleanly and started again, each when the one before is whole again: an upgrade. */
import type { Clock } from '../cluster/runtime/clock.ts';
import { doToEach, probeBack, probeGone } from './life-proofs.ts';
import type { ActiveFault, BreakableCluster, Nemesis, ProbeResult } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';
import { waitUnlessStopped } from './wait.ts';

const variants = ['brokers', 'controllers', 'servers'] as const;
/** A broker has to recover, register and catch up. */
const wholePatienceMs = 15_000;
const askAgainMs = 100;

export const rollingRestart: Nemesis = {
  name: 'rolling-restart',
  colours: ['#a0d8e9', '#2f6a7a'],
  purpose:
    'what an upgrade does: clean stops that lose their last words, a group that loses its majority step by step',
  variants,
  plan(variant, random, view) {
    const kinds = [
      ...(variant === 'controllers' ? [] : (['broker'] as const)),
      ...(variant === 'brokers' ? [] : (['controller'] as const)),
    ];
    const nodes = kinds.flatMap((kind) => shuffle(namesOf(view, kind), random));
    const away = nodes.find((node) => view.states.get(node) !== 'running');
    if (away !== undefined) return { kind: 'no-target', variant, reason: `${away} does not run` };
    return { kind: 'planned', variant, targets: nodes, links: [], nodes };
  },
  fallback: () => undefined,
  async inject(cluster, { nodes }, clock): Promise<ActiveFault> {
    const [first = '', ...others] = nodes;
    const done = await doToEach(cluster, [first], (node) => cluster.stop(node));
    return {
      probeBit: () => probeGone(cluster, done),
      goOn: async (stop) => {
        const restarted: string[] = [];
        for (const node of [first, ...others]) {
          if (stop.aborted) break;
          await cluster.stop(node);
          await cluster.start(node);
          if (!(await whole(cluster, node, clock, stop)))
            return { proven: false, proof: { restarted, reason: `${node} was not whole again in time` } };
          restarted.push(node);
        }
        return { proven: true, proof: { restarted } };
      },
      heal: async () => {
        await Promise.all(nodes.map((node) => cluster.start(node)));
      },
      probeHealed: () => probeBack(cluster, nodes),
    };
  },
};

/** It answers; a broker is in the SyncStateSet; of a controller: somebody leads. True when nobody waits for it any more. */
async function whole(
  cluster: BreakableCluster,
  node: string,
  clock: Clock,
  stop: AbortSignal,
): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + wholePatienceMs;
  const isBroker = cluster.hosts.some(({ name, kind }) => name === node && kind === 'broker');
  for (;;) {
    const { proven } = await probeBack(cluster, [node]).catch(
      (): ProbeResult => ({ proven: false, proof: {} }),
    );
    const { controllerLeader, syncStateSet } = await cluster.view();
    if (proven && (isBroker ? syncStateSet.includes(node) : controllerLeader !== undefined)) return true;
    if (stop.aborted) return true;
    if (clock.monotonicMs() >= deadlineMs) return false;
    await waitUnlessStopped(askAgainMs, clock, stop);
  }
}
