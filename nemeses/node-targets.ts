/** Whom a fault of nodes hits: names chosen from the living cluster, never nobody. */
import type { Random } from '../cluster/runtime/random.ts';
import type { ClusterView, FaultPlan, HostKind, NoTarget } from './nemesis.ts';
import { pick, shuffle } from './shuffle.ts';

/** `minority`, `majority` and `all` are of the brokers; `one` is any broker or controller. */
export const nodeTargets = [
  'one',
  'master',
  'slave',
  'minority',
  'majority',
  'all',
  'controller-leader',
] as const;
export type NodeTarget = (typeof nodeTargets)[number];

export function isNodeTarget(text: string): text is NodeTarget {
  return nodeTargets.some((target) => target === text);
}

/** Only nodes that run are hit: one that is down or paused is another fault's. */
export function planNodes(variant: string, random: Random, view: ClusterView): FaultPlan | NoTarget {
  if (!isNodeTarget(variant))
    throw new RangeError(`no target named "${variant}"; known: ${nodeTargets.join(', ')}`);
  const chosen = choose(variant, random, view);
  if (typeof chosen === 'string') return { kind: 'no-target', variant, reason: chosen };
  const running = chosen.filter((name) => view.states.get(name) === 'running').sort();
  if (running.length === 0) {
    return { kind: 'no-target', variant, reason: `${chosen.join(', ')}: not running already` };
  }
  return { kind: 'planned', variant, targets: running, links: [], nodes: running };
}

/** Names, or the reason why there are none. */
function choose(target: NodeTarget, random: Random, view: ClusterView): readonly string[] | string {
  const brokers = namesOf(view, 'broker');
  switch (target) {
    case 'one': {
      const running = [...brokers, ...namesOf(view, 'controller')].filter(
        (name) => view.states.get(name) === 'running',
      );
      return some(pick(running, random), 'no broker and no controller runs');
    }
    case 'master':
      return some(view.master, 'the controllers name no living master');
    case 'slave': {
      if (view.master === undefined)
        return 'the controllers name no living master, so nobody is known to be a slave';
      const slaves = brokers.filter((name) => name !== view.master && view.states.get(name) === 'running');
      return some(pick(slaves, random), `no broker but the master ${view.master} runs`);
    }
    case 'minority': {
      const count = Math.floor((brokers.length - 1) / 2);
      if (count === 0) return `a minority of ${brokers.length} brokers is nobody; use at least 3`;
      return shuffle(brokers, random).slice(0, count);
    }
    case 'majority':
      return shuffle(brokers, random).slice(0, Math.floor(brokers.length / 2) + 1);
    case 'all':
      return brokers;
    case 'controller-leader':
      return some(view.controllerLeader, 'the controllers have no leader');
  }
}

function some(name: string | undefined, otherwise: string): readonly string[] | string {
  return name === undefined ? otherwise : [name];
}

export function namesOf(view: ClusterView, kind: HostKind): readonly string[] {
  return view.hosts.filter((host) => host.kind === kind).map(({ name }) => name);
}
