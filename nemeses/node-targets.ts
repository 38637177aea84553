/** Whom a fault of nodes hits: names chosen from the living cluster, never nobody. */
import type { Random } from '../cluster/runtime/random.ts';
import type { ClusterView, FaultPlan, HostKind, NoTarget } from './nemesis.ts';
import { pick, shuffle } from './shuffle.ts';

/** `minority`, `majority` and `all` are of the brokers; `one` is any broker or controller; `heads` are the master and the leading controller. */
export const nodeTargets = [
  'one',
  'master',
  'slave',
  'minority',
  'majority',
  'all',
  'controller-leader',
  'heads',
] as const;
export type NodeTarget = (typeof nodeTargets)[number];

export function isNodeTarget(text: string): text is NodeTarget {
  return nodeTargets.some((target) => target === text);
}

/** Any server at all, when the one that was meant is not to be found. */
export function otherTarget(variant: string): string | undefined {
  return variant === 'one' ? undefined : 'one';
}

/** Only nodes that run are hit: one that is down or paused is another fault's. */
export function planNodes(variant: string, random: Random, view: ClusterView): FaultPlan | NoTarget {
  if (!isNodeTarget(variant)) {
    throw new RangeError(`no target named "${variant}"; known: ${nodeTargets.join(', ')}`);
  }
  const chosen = choose(variant, random, view);
  if (typeof chosen === 'string') return { kind: 'no-target', variant, reason: chosen };
  const nodes = [...chosen].sort();
  return { kind: 'planned', variant, targets: nodes, links: [], nodes };
}

/** Names of running nodes, or the reason why there are none. */
function choose(target: NodeTarget, random: Random, view: ClusterView): readonly string[] | string {
  const isRunning = (name: string) => view.states.get(name) === 'running';
  const brokers = namesOf(view, 'broker');
  const running = brokers.filter(isRunning);
  switch (target) {
    case 'one': {
      const one = pick([...running, ...namesOf(view, 'controller').filter(isRunning)], random);
      return one === undefined ? 'no broker and no controller runs' : [one];
    }
    case 'master':
      return theOne(view.master, isRunning, 'the controllers name no living master');
    case 'controller-leader':
      return theOne(view.controllerLeader, isRunning, 'the controllers have no leader');
    case 'heads': {
      const master = theOne(view.master, isRunning, 'the controllers name no living master');
      const leader = theOne(view.controllerLeader, isRunning, 'the controllers have no leader');
      return typeof master === 'string'
        ? master
        : typeof leader === 'string'
          ? leader
          : [...master, ...leader];
    }
    case 'slave': {
      const { master } = view;
      if (master === undefined)
        return 'the controllers name no living master, so nobody is known to be a slave';
      const slave = pick(
        running.filter((name) => name !== master),
        random,
      );
      return slave === undefined ? `no broker but the master ${master} runs` : [slave];
    }
    case 'minority': {
      const count = Math.floor((brokers.length - 1) / 2);
      if (count === 0) return `a minority of ${brokers.length} brokers is nobody; use at least 3`;
      return someOf(shuffle(running, random).slice(0, count));
    }
    case 'majority':
      return someOf(shuffle(running, random).slice(0, Math.floor(brokers.length / 2) + 1));
    case 'all':
      return someOf(running);
  }
}

function theOne(
  name: string | undefined,
  isRunning: (name: string) => boolean,
  otherwise: string,
): readonly string[] | string {
  if (name === undefined) return otherwise;
  return isRunning(name) ? [name] : `${name} does not run`;
}

function someOf(brokers: readonly string[]): readonly string[] | string {
  return brokers.length === 0 ? 'no broker runs' : brokers;
}

export function namesOf(view: ClusterView, kind: HostKind): readonly string[] {
  return view.hosts.filter((host) => host.kind === kind).map(({ name }) => name);
}
