/** Whom a fault of machines hits, broker or controller alike: names chosen from the living cluster, never nobody. */
import type { Random } from '../cluster/runtime/random.ts';
import type { ClusterView } from './nemesis.ts';
import { namesOf } from './node-targets.ts';
import { shuffle } from './shuffle.ts';

/** Of all brokers and controllers that run. */
export const serverTargets = ['one', 'minority', 'majority', 'all'] as const;
export type ServerTarget = (typeof serverTargets)[number];

/** Sorted names; a text is the reason why there are none. */
export function chooseServers(
  target: ServerTarget,
  random: Random,
  view: ClusterView,
): readonly string[] | string {
  const servers = [...namesOf(view, 'broker'), ...namesOf(view, 'controller')];
  const running = shuffle(
    servers.filter((name) => view.states.get(name) === 'running'),
    random,
  );
  if (running.length === 0) return 'no broker and no controller runs';
  const lesser = Math.max(1, Math.floor((servers.length - 1) / 2));
  switch (target) {
    case 'one':
      return running.slice(0, 1);
    case 'minority':
      return running.slice(0, 1 + random.below(lesser)).sort();
    case 'majority':
      return running.slice(0, Math.floor(servers.length / 2) + 1).sort();
    case 'all':
      return running.sort();
    default:
      return target satisfies never;
  }
}
