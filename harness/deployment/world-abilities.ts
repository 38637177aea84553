/** What each world can do besides killing, pausing and cutting: asked before a run, when there is no cluster yet. */
import type { Ability } from '../../nemeses/nemesis.ts';
import type { DeploymentName } from './deployment.ts';

export const worldAbilities: Readonly<Record<DeploymentName, ReadonlySet<Ability>>> = {
  process: new Set<Ability>(['clock', 'disk', 'shape', 'lossy', 'wipe']),
  docker: new Set<Ability>(['clock', 'disk', 'shape', 'lossy', 'wipe']),
  sim: new Set<Ability>(['clock', 'timers', 'disk', 'shape', 'lossy', 'wipe']),
};

/** Names of the worlds that have it. */
export function worldsThatCan(ability: Ability): readonly string[] {
  return Object.entries(worldAbilities).flatMap(([name, abilities]) =>
    abilities.has(ability) ? [name] : [],
  );
}
