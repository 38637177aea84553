/** Members that leave for good, and new ones with an empty disk in their place: brokers and controllers. */
import type { Random } from '../cluster/runtime/random.ts';
import { changeMember } from './changed-member.ts';
import type { ActiveFault, ClusterView, HostKind, Nemesis, NoTarget } from './nemesis.ts';
import { addMember, brokerJoins, controllerJoins } from './new-member.ts';
import { namesOf } from './node-targets.ts';
import { pick } from './shuffle.ts';

/**
 * `add`: a host that was no part of the cluster comes with an empty disk and stays; the next time it gives way to a newer one. `remove`: it is
 * gone until the heal, which adds a new one. `replace`: the new one comes at once.
 */
const variants = [
  'add-broker',
  'add-controller',
  'remove-broker/slave',
  'replace-broker/slave',
  'replace-broker/master',
  'remove-controller/follower',
  'remove-controller/leader',
  'replace-controller/follower',
  'replace-controller/leader',
] as const;
type Variant = (typeof variants)[number];

export const membership: Nemesis = {
  name: 'membership',
  needs: 'wipe',
  colours: ['#b9e9a0', '#4a7a2f'],
  purpose:
    'majorities of two groups that do not meet, a new member taken for the old one, promises that an empty disk forgot',
  variants,
  plan(variant, random, view) {
    const ofBrokers = isOfBrokers(parseVariant(variant));
    const chosen = ofBrokers ? chooseBroker(variant, random, view) : chooseController(variant, random, view);
    // Who is added is another one; the group must be as whole.
    const node =
      isAddition(variant) && typeof chosen === 'string'
        ? chooseSpare(variant, ofBrokers ? 'broker' : 'controller', view)
        : chosen;
    if (typeof node !== 'string') return node;
    return { kind: 'planned', variant, targets: [node], links: [], nodes: [node] };
  },
  fallback: () => undefined,
  spareFor(variant) {
    if (!isAddition(variant)) return undefined;
    return isOfBrokers(parseVariant(variant)) ? 'broker' : 'controller';
  },
  inject(cluster, { variant, nodes: [node = ''] }, clock): Promise<ActiveFault> {
    const joins = isOfBrokers(parseVariant(variant)) ? brokerJoins : controllerJoins;
    const joining = joins(cluster, node);
    return isAddition(variant)
      ? addMember(cluster, node, joining, clock)
      : changeMember(cluster, node, joining, variant.startsWith('replace-'));
  },
};

function parseVariant(text: string): Variant {
  const variant = variants.find((known) => known === text);
  if (variant === undefined)
    throw new RangeError(`no change of members named "${text}"; known: ${variants.join(', ')}`);
  return variant;
}

function isOfBrokers(variant: Variant): boolean {
  return variant.includes('-broker');
}

function isAddition(variant: string): boolean {
  return variant.startsWith('add-');
}

/** One that nobody has added yet, or the one that was added last. */
function chooseSpare(
  variant: string,
  kind: HostKind,
  { hosts, spares = [] }: ClusterView,
): string | NoTarget {
  const spare = [...spares, ...hosts].find((host) => host.isSpare === true && host.kind === kind);
  return spare?.name ?? { kind: 'no-target', variant, reason: `this run has no spare host for a ${kind}` };
}

/** Only out of a whole group: the disk that goes must not be one of the last with something on it. */
function chooseBroker(variant: string, random: Random, view: ClusterView): string | NoTarget {
  const { master, syncStateSet } = view;
  const brokers = namesOf(view, 'broker');
  const no = (reason: string): NoTarget => ({ kind: 'no-target', variant, reason });
  const away = notWell(brokers, view) ?? brokers.find((name) => !syncStateSet.includes(name));
  if (master === undefined) return no('the controllers name no living master');
  if (away !== undefined) return no(`${away} does not run, or is not in the SyncStateSet`);
  if (variant.endsWith('/master')) return master;
  const slaves = brokers.filter((name) => name !== master);
  return pick(slaves, random) ?? no('there is no slave');
}

function chooseController(variant: string, random: Random, view: ClusterView): string | NoTarget {
  const { controllerLeader } = view;
  const controllers = namesOf(view, 'controller');
  const no = (reason: string): NoTarget => ({ kind: 'no-target', variant, reason });
  if (controllerLeader === undefined) return no('the controllers have no leader');
  const away = notWell(controllers, view);
  if (away !== undefined) return no(`${away} does not run`);
  if (controllers.length < 3)
    return no(`of ${controllers.length} controllers none can be missed; use at least 3`);
  if (variant.endsWith('/leader')) return controllerLeader;
  const followers = controllers.filter((name) => name !== controllerLeader);
  return pick(followers, random) ?? no('there is no follower');
}

function notWell(nodes: readonly string[], { states }: ClusterView): string | undefined {
  return nodes.find((name) => states.get(name) !== 'running');
}
