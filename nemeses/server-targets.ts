/** Whom a fault of machines hits, broker or controller alike, whether their processes run or not: never nobody. */
import type { Random } from '../cluster/runtime/random.ts';
import type { ClusterView } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';

/** Of all brokers and controllers. */
export const serverTargets = ['one', 'minority', 'majority', 'all'] as const;
export type ServerTarget = (typeof serverTargets)[number];

/** Sorted names; a text is the reason why there are none. */
export function chooseServers(
  target: ServerTarget,
  random: Random,
  view: ClusterView,
): readonly string[] | string {
  const servers = [...namesOf(view, 'broker'), ...namesOf(view, 'controller')];
  if (servers.length === 0) return 'there is no server';
  const mixed = shuffle(servers, random);
  const lesser = Math.max(1, Math.floor((servers.length - 1) / 2));
  switch (target) {
    case 'one':
      return mixed.slice(0, 1);
    case 'minority':
      return mixed.slice(0, 1 + random.below(lesser)).sort();
    case 'majority':
      return mixed.slice(0, Math.floor(servers.length / 2) + 1).sort();
    case 'all':
      return mixed.sort();
    default:
      return target satisfies never;
  }
}
