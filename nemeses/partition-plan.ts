/** Which links a partition cuts: shapes over the hosts of a cluster. Pure. */
import type { FaultLink } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type { ClusterView } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { pick, shuffle } from './shuffle.ts';

/**
 * - `one`: one broker or controller, with half of the clients, apart from all others.
 * - `half`: brokers and controllers each cut in two; who has the greater part of which is luck.
 * - `majority`: the lesser parts of brokers and of controllers, together, apart from the greater ones.
 * - `majorities-ring`: every server sees a majority of the servers, no two the same one.
 * - `bridge`: two halves, and one server that sees both.
 * - `master-from-controllers`: the master and the controllers; the slaves see both.
 * - `clients`: half of the client hosts, away from the master, from all brokers or from all servers.
 * - `one-way`: as `one` or `majority`, but only the bytes of one direction are lost.
 */
export const partitionShapes = [
  'one',
  'half',
  'majority',
  'majorities-ring',
  'bridge',
  'master-from-controllers',
  'clients',
  'one-way',
] as const;
export type PartitionShape = (typeof partitionShapes)[number];

export interface PartitionPlan {
  /** The lesser side, or whoever is at the centre of it; sorted. */
  readonly targets: readonly string[];
  readonly links: readonly FaultLink[];
}

/** A text is the reason why there is nothing to cut now. */
export function planPartition(
  shape: PartitionShape,
  random: Random,
  view: ClusterView,
): PartitionPlan | string {
  const servers = [...namesOf(view, 'broker'), ...namesOf(view, 'controller')];
  switch (shape) {
    case 'one': {
      const victim = pick(servers, random);
      if (victim === undefined) return 'there is no server';
      return betweenSides([victim], without(servers, [victim]), random, view);
    }
    case 'half': {
      const brokers = halves(namesOf(view, 'broker'), random);
      const controllers = halves(namesOf(view, 'controller'), random);
      return betweenSides(
        [...brokers[0], ...controllers[0]],
        [...brokers[1], ...controllers[1]],
        random,
        view,
      );
    }
    case 'majority': {
      const minority = [
        ...minorityOf(namesOf(view, 'broker'), random),
        ...minorityOf(namesOf(view, 'controller'), random),
      ];
      if (minority.length === 0) return 'a minority of so few servers is nobody; use at least 3 of a kind';
      return betweenSides(minority, without(servers, minority), random, view);
    }
    case 'majorities-ring':
      return ring(shuffle(servers, random), random, view);
    case 'bridge': {
      const bridge = pick(servers, random);
      if (bridge === undefined) return 'there is no server';
      const [left, right] = halvesByKind(view, bridge, random);
      const plan = betweenSides(left, right, random, view);
      return typeof plan === 'string' ? plan : { targets: [bridge], links: plan.links };
    }
    case 'master-from-controllers': {
      const { master } = view;
      if (master === undefined) return 'the controllers name no living master';
      return betweenSides([master], namesOf(view, 'controller'), random, view);
    }
    case 'clients':
      return awayFromServers(random, view);
    case 'one-way': {
      const inner: PartitionShape = random.below(2) === 0 ? 'one' : 'majority';
      const plan = planPartition(inner, random, view);
      if (typeof plan === 'string') return plan;
      const outwards = random.below(2) === 0;
      return { ...plan, links: plan.links.filter(([from]) => plan.targets.includes(from) === outwards) };
    }
  }
}

/** Clients of both habits stand on both sides, as far as there are enough of them. */
function betweenSides(
  left: readonly string[],
  right: readonly string[],
  random: Random,
  view: ClusterView,
): PartitionPlan | string {
  if (left.length === 0 || right.length === 0) return 'one of the two sides would be empty';
  const [leftClients, rightClients] = divideClients(random, view);
  const [a, b] = [
    [...left, ...leftClients],
    [...right, ...rightClients],
  ];
  return { targets: [...a].sort(), links: sorted(bothWays(a, b, view)) };
}

function awayFromServers(random: Random, view: ClusterView): PartitionPlan | string {
  const [away] = divideClients(random, view);
  if (away.length === 0) return 'there are no client hosts';
  const brokers = namesOf(view, 'broker');
  const choices = [brokers, [...brokers, ...namesOf(view, 'controller')]];
  if (view.master !== undefined) choices.push([view.master]);
  return { targets: [...away].sort(), links: sorted(bothWays(away, pick(choices, random) ?? brokers, view)) };
}

/**
 * Places on a circle, each seeing so many neighbours on both sides (and the one opposite, where the number needs it) that it sees a majority.
 * A client host sees what the server at its place sees.
 */
function ring(servers: readonly string[], random: Random, view: ClusterView): PartitionPlan | string {
  const count = servers.length;
  const neighbours = Math.floor(count / 2);
  const reach = Math.floor(neighbours / 2);
  const isEven = count % 2 === 0;
  const sees = (a: number, b: number): boolean => {
    const distance = Math.min((a - b + count) % count, (b - a + count) % count);
    if (distance <= reach) return true;
    if (neighbours % 2 === 0) return false;
    // An odd number of neighbours needs an opposite; on an odd circle there is none, so one more on each side.
    return isEven ? distance === count / 2 : distance <= reach + 1;
  };
  const links: FaultLink[] = [];
  for (const [a, from] of servers.entries()) {
    for (const [b, to] of servers.entries()) if (!sees(a, b)) links.push([from, to]);
  }
  if (links.length === 0) return `on a ring of ${count} servers all see all; use more`;
  for (const [index, client] of shuffle(namesOf(view, 'client'), random).entries()) {
    for (const [b, server] of servers.entries()) {
      if (!sees(index % count, b)) links.push([client, server], [server, client]);
    }
  }
  return { targets: [...servers].sort(), links: sorted(links) };
}

function divideClients(random: Random, view: ClusterView): readonly [string[], string[]] {
  const sides: [string[], string[]] = [[], []];
  let nextSide = random.below(2);
  for (const habit of ['follows-route', 'keeps-node', undefined] as const) {
    const clients = view.hosts.filter((host) => host.kind === 'client' && host.habit === habit);
    for (const { name } of shuffle(clients, random)) {
      sides[nextSide === 0 ? 0 : 1].push(name);
      nextSide = 1 - nextSide;
    }
  }
  return sides;
}

function halvesByKind(view: ClusterView, except: string, random: Random): readonly [string[], string[]] {
  const brokers = halves(without(namesOf(view, 'broker'), [except]), random);
  const controllers = halves(without(namesOf(view, 'controller'), [except]), random);
  return [
    [...brokers[0], ...controllers[0]],
    [...brokers[1], ...controllers[1]],
  ];
}

/** Which of the two is greater, when one must be, is luck. */
function halves(names: readonly string[], random: Random): readonly [string[], string[]] {
  const mixed = shuffle(names, random);
  const middle = random.below(2) === 0 ? Math.floor(mixed.length / 2) : Math.ceil(mixed.length / 2);
  return [mixed.slice(0, middle), mixed.slice(middle)];
}

function minorityOf(names: readonly string[], random: Random): readonly string[] {
  return shuffle(names, random).slice(0, Math.floor((names.length - 1) / 2));
}

function without(names: readonly string[], removed: readonly string[]): readonly string[] {
  return names.filter((name) => !removed.includes(name));
}

/** Clients have nothing to say to each other, so there is nothing to cut between them. */
function bothWays(left: readonly string[], right: readonly string[], view: ClusterView): FaultLink[] {
  const clients = new Set(namesOf(view, 'client'));
  return left.flatMap((a) =>
    right.flatMap((b): FaultLink[] => {
      if (clients.has(a) && clients.has(b)) return [];
      return [
        [a, b],
        [b, a],
      ];
    }),
  );
}

function sorted(links: readonly FaultLink[]): readonly FaultLink[] {
  return [...links].sort((a, b) => (a.join('>') < b.join('>') ? -1 : 1));
}
