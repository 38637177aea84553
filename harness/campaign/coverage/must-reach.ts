/** What a campaign of some hundred seeds under swarm must reach: what it misses, it has not tried. */
import { seededBugNames } from '../../../cluster/runtime/seeded-bug.ts';
import { commonVariants, usualSettings } from '../../../nemeses/chosen-nemeses.ts';
import { nemeses } from '../../../nemeses/nemesis-registry.ts';
import { worldAbilities } from '../../deployment/world-abilities.ts';
import { newToSwarm } from '../swarm-plan.ts';

const states = [
  'broker-inactive closed',
  'broker-inactive silent',
  'disk-full',
  'elected a master',
  'epoch-started',
  'ha-connection closed',
  'ha-connection following',
  'ha-connection handshake',
  'ha-connection lost',
  'ha-connection transfer',
  'leadership candidate',
  'leadership follower',
  'leadership leader',
  'leadership pre-candidate',
  'role-changed master',
  'role-changed slave',
  'route-master',
  'store-recovered clean',
  'store-recovered unclean',
  'store-recovered with a torn end',
  'sync-state-set grew',
  'sync-state-set kept its size',
  'sync-state-set shrank',
  'sync-state-set-proposed',
  'truncated',
] as const;

const outcomes = [
  'max-offset ok',
  'pull fail: SERVICE_NOT_AVAILABLE (#): this broker is a slave',
  'pull fail: SERVICE_NOT_AVAILABLE (#): this broker is fenced',
  'pull fail: timeout: HOST gave no answer within # ms',
  'pull ok',
  'replica-pull ok',
  'send fail: SERVICE_NOT_AVAILABLE (#): this broker is a slave',
  'send fail: SERVICE_NOT_AVAILABLE (#): this broker is fenced',
  'send fail: SYSTEM_ERROR (#): in-sync replicas not enough',
  'send info: FLUSH_SLAVE_TIMEOUT (#): this broker stopped being the master',
  'send info: closed: the connection to HOST closed before the answer',
  'send info: timeout: HOST gave no answer within # ms',
  'send ok',
] as const;

/** What the simulated world can do and the usual settings cover; all-random draws from the same. */
const faults = [...nemeses.values()].flatMap((nemesis) => {
  const { name, needs, partOf } = nemesis;
  if (name === 'all-random' || partOf !== undefined || newToSwarm.has(name)) return [];
  if (needs !== undefined && !worldAbilities.sim.has(needs)) return [];
  return commonVariants(nemesis, usualSettings).map((variant) => `fault ${name} ${variant}`);
});

export const mustReach: readonly string[] = [
  ...states,
  ...outcomes,
  // Whoever comes to the place of a guard asks whether it is there.
  ...seededBugNames.map((name) => `guard ${name}`),
  ...faults,
];
