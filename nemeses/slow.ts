/** Links that are late, unsteady or narrow. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import {
  type ActiveFault,
  type BreakableCluster,
  type ClusterView,
  type DelayProbe,
  delayProbeBytes,
  type FaultPlan,
  type LinkShape,
  type Nemesis,
  type ProbeResult,
} from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';

/**
 * - `one-way`: the bytes of one server to another.
 * - `link`: those of the other to the one, too.
 * - `minority`: all that a minority of the brokers and of the controllers says and hears.
 * - `all`: everything.
 */
const reaches = ['one-way', 'link', 'minority', 'all'] as const;
type Reach = (typeof reaches)[number];
const kinds = ['latency', 'jitter', 'narrow'] as const;
type Kind = (typeof kinds)[number];

export const slow: Nemesis = {
  name: 'slow',
  needs: 'shape',
  colours: ['#e9c7a0', '#8a5a2a'],
  purpose: 'time-outs that are too short, queues without an end, a follower that is never quite there',
  variants: reaches.flatMap((reach) => kinds.map((kind) => `${reach}/${kind}`)),
  plan(variant, random, view) {
    const { reach, kind } = parseVariant(variant);
    const chosen = choose(reach, random, view);
    if (typeof chosen === 'string') return { kind: 'no-target', variant, reason: chosen };
    const amounts = { ...shapeOf(kind, random) };
    return { kind: 'planned', variant, ...chosen, nodes: [], amounts };
  },
  fallback(variant) {
    const { reach, kind } = parseVariant(variant);
    return reach === 'all' ? undefined : `all/${kind}`;
  },
  async inject(cluster, plan): Promise<ActiveFault> {
    const shape: LinkShape = plan.amounts ?? {};
    const shaping = await cluster.shapeLinks(plan.links, shape);
    const shortestMs =
      (shape.latencyMs ?? 0) + delayProbeBytes / (shape.bytesPerMs ?? Number.POSITIVE_INFINITY);
    return {
      // What does not arrive within the probe's patience stands in a queue: slow enough.
      probeBit: () => probe(cluster, plan, ({ ms }) => ms === undefined || ms >= shortestMs),
      heal: () => shaping.heal(),
      probeHealed: () => probe(cluster, plan, ({ ms }) => ms !== undefined && ms < shortestMs),
    };
  },
};

function parseVariant(variant: string): { readonly reach: Reach; readonly kind: Kind } {
  const [reachText, kindText] = variant.split('/');
  const reach = reaches.find((known) => known === reachText);
  const kind = kinds.find((known) => known === kindText);
  if (reach === undefined || kind === undefined) {
    throw new RangeError(`no slowness named "${variant}"; wanted ${reaches.join('|')} / ${kinds.join('|')}`);
  }
  return { reach, kind };
}

/** Never so little that a probe could take it for a healthy link. */
function shapeOf(kind: Kind, random: Random): LinkShape {
  switch (kind) {
    case 'latency':
      return { latencyMs: 20 + random.below(381), jitterMs: random.below(21) };
    case 'jitter':
      return { latencyMs: 10, jitterMs: 20 + random.below(181) };
    case 'narrow':
      return { bytesPerMs: 5 + random.below(96) };
    default:
      return kind satisfies never;
  }
}

function choose(
  reach: Reach,
  random: Random,
  view: ClusterView,
): Pick<FaultPlan, 'targets' | 'links'> | string {
  const brokers = namesOf(view, 'broker');
  const controllers = namesOf(view, 'controller');
  const servers = [...brokers, ...controllers];
  switch (reach) {
    case 'one-way':
    case 'link': {
      const [from, to] = shuffle(servers, random);
      if (from === undefined || to === undefined) return 'there are no two servers';
      const links: FaultLink[] =
        reach === 'link'
          ? [
              [from, to],
              [to, from],
            ]
          : [[from, to]];
      return { targets: [from, to].sort(), links };
    }
    case 'minority': {
      const minority = [...minorityOf(brokers, random), ...minorityOf(controllers, random)].sort();
      if (minority.length === 0) return 'a minority of so few servers is nobody; use at least 3 of a kind';
      return {
        targets: minority,
        links: allLinks(view).filter((link) => link.some((end) => minority.includes(end))),
      };
    }
    case 'all':
      return servers.length === 0 ? 'there is no server' : { targets: servers, links: allLinks(view) };
    default:
      return reach satisfies never;
  }
}

function minorityOf(names: readonly string[], random: Random): readonly string[] {
  return shuffle(names, random).slice(0, Math.floor((names.length - 1) / 2));
}

/** Clients have nothing to say to each other. */
function allLinks(view: ClusterView): readonly FaultLink[] {
  const clients = new Set(namesOf(view, 'client'));
  const names = view.hosts.map(({ name }) => name);
  return names.flatMap((from) =>
    names
      .filter((to) => from !== to && !(clients.has(from) && clients.has(to)))
      .map((to): FaultLink => [from, to]),
  );
}

/** A link that is cut, or whose machine is down, tells nothing: that is another fault's. */
async function probe(
  cluster: BreakableCluster,
  plan: FaultPlan,
  isProven: (probe: DelayProbe) => boolean,
): Promise<ProbeResult> {
  const cut = new Set(cluster.cutLinks().map((link) => link.join('>')));
  const servers = new Set(cluster.hosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name));
  const isUp = (host: string) => !servers.has(host) || cluster.state(host) !== 'absent';
  const free = plan.links.filter((link) => !cut.has(link.join('>')) && link.every(isUp));
  const probes = await cluster.probeDelays(free);
  const failing = probes.filter((one) => !isProven(one));
  const measured = probes.flatMap(({ ms }) => (ms === undefined ? [] : [ms])).sort((a, b) => a - b);
  return {
    proven: failing.length === 0,
    proof: {
      links: free.length,
      medianMs: Math.round((measured[measured.length >> 1] ?? 0) * 10) / 10,
      ...(failing.length === 0
        ? {}
        : { otherwise: failing.map(({ from, to, ms }) => `${from}>${to} ${ms?.toFixed(1) ?? 'nothing'}`) }),
    },
  };
}
