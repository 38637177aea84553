/** All are killed, and started again in an order drawn from the seed, with time between. */
import type { Clock } from '../cluster/runtime/clock.ts';
import { doToEach, probeBack, probeGone } from './life-proofs.ts';
import type { ActiveFault, ClusterView, Nemesis } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';

const variants = ['brokers', 'servers'] as const;
type Variant = (typeof variants)[number];
const gapMsMax = 3000;

export const restartOrder: Nemesis = {
  name: 'restart-order',
  colours: ['#e9a0c7', '#8a3a64'],
  purpose:
    'a master elected from who is there first, not from who has everything; a start that waits for others',
  variants,
  plan(variant, random, view) {
    const nodes = shuffle(running(parseVariant(variant), view), random);
    if (nodes.length === 0) return { kind: 'no-target', variant, reason: 'no broker runs' };
    const amounts = { gapMs: random.below(gapMsMax + 1) };
    return { kind: 'planned', variant, targets: nodes, links: [], nodes, amounts };
  },
  fallback: () => undefined,
  async inject(cluster, { nodes, amounts }, clock): Promise<ActiveFault> {
    const done = await doToEach(cluster, nodes, (node) => cluster.kill(node));
    return {
      probeBit: () => probeGone(cluster, done),
      heal: async () => {
        for (const [index, node] of nodes.entries()) {
          if (index > 0) await pause(amounts?.['gapMs'] ?? 0, clock);
          await cluster.start(node);
        }
      },
      probeHealed: () => probeBack(cluster, nodes),
    };
  },
};

function parseVariant(text: string): Variant {
  const variant = variants.find((known) => known === text);
  if (variant === undefined)
    throw new RangeError(`no restart order of "${text}"; known: ${variants.join(', ')}`);
  return variant;
}

function running(variant: Variant, view: ClusterView): readonly string[] {
  const isRunning = (name: string) => view.states.get(name) === 'running';
  const brokers = namesOf(view, 'broker').filter(isRunning);
  return variant === 'brokers' ? brokers : [...brokers, ...namesOf(view, 'controller').filter(isRunning)];
}

function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
