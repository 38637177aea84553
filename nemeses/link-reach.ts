/** Which links a fault of links takes, and which of them can tell how they are. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type { BreakableCluster, ClusterView, FaultPlan, LinkShape, Nemesis } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';
import { twoPartVariants } from './two-part-variants.ts';

/**
 * - `one-way`: the bytes of one server to another.
 * - `link`: those of the other to the one, too.
 * - `minority`: all that a minority of the brokers and of the controllers says and hears.
 * - `all`: everything.
 */
const reaches = ['one-way', 'link', 'minority', 'all'] as const;
type Reach = (typeof reaches)[number];

export interface ShapesOfLinks<Kind extends string> extends Pick<Nemesis, 'variants' | 'plan' | 'fallback'> {
  kindOf(variant: string): Kind;
}

/** How a fault that gives links a shape is planned: each kind at each reach, its amounts drawn by `shapeOf`. */
export function shapesOfLinks<Kind extends string>(
  what: string,
  kinds: readonly Kind[],
  shapeOf: (kind: Kind, random: Random) => LinkShape,
): ShapesOfLinks<Kind> {
  const { all, parse } = twoPartVariants(what, reaches, kinds);
  return {
    variants: all,
    plan(variant, random, view) {
      const [reach, kind] = parse(variant);
      const chosen = chooseLinks(reach, random, view);
      if (typeof chosen === 'string') return { kind: 'no-target', variant, reason: chosen };
      const amounts = { ...shapeOf(kind, random) };
      return { kind: 'planned', variant, ...chosen, nodes: [], amounts };
    },
    fallback(variant) {
      const [reach, kind] = parse(variant);
      return reach === 'all' ? undefined : `all/${kind}`;
    },
    kindOf: (variant) => parse(variant)[1],
  };
}

/** A text is the reason why there are none. */
function chooseLinks(
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
function allLinks({ hosts }: Pick<ClusterView, 'hosts'>): readonly FaultLink[] {
  const clients = new Set(hosts.filter(({ kind }) => kind === 'client').map(({ name }) => name));
  const names = hosts.map(({ name }) => name);
  return names.flatMap((from) =>
    names
      .filter((to) => from !== to && !(clients.has(from) && clients.has(to)))
      .map((to): FaultLink => [from, to]),
  );
}

/** Links that have no shape now, and can tell. */
export function unshapedLinks(cluster: BreakableCluster): readonly FaultLink[] {
  return healedLinks(cluster, allLinks(cluster));
}

/** Of links that have another shape nobody can tell that this one is gone. */
export function healedLinks(cluster: BreakableCluster, links: readonly FaultLink[]): readonly FaultLink[] {
  const shaped = new Set(cluster.shapedLinks().map((link) => link.join('>')));
  return tellingLinks(cluster, links).filter((link) => !shaped.has(link.join('>')));
}

/** A link that is cut, or whose machine is down, tells nothing: that is another fault's. */
export function tellingLinks(cluster: BreakableCluster, links: readonly FaultLink[]): readonly FaultLink[] {
  const cut = new Set(cluster.cutLinks().map((link) => link.join('>')));
  const servers = new Set(cluster.hosts.filter(({ kind }) => kind !== 'client').map(({ name }) => name));
  const isUp = (host: string) => !servers.has(host) || cluster.state(host) !== 'absent';
  return links.filter((link) => !cut.has(link.join('>')) && link.every(isUp));
}
