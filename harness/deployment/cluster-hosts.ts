/** The hosts of a cluster, by its plan. Pure. */
import type { Host } from '../../nemeses/nemesis.ts';
import type { ClusterPlan } from './deployment.ts';

/** Brokers n1.., nameserver-and-controllers c1.., client hosts w1.. (the odd ones follow the route, the even ones keep to the node they know). */
export function clusterHosts(
  plan: Pick<ClusterPlan, 'brokers' | 'controllers' | 'clients'>,
): readonly Host[] {
  return [
    ...Array.from({ length: plan.brokers }, (_, index): Host => ({ name: `n${index + 1}`, kind: 'broker' })),
    ...Array.from(
      { length: plan.controllers },
      (_, index): Host => ({ name: `c${index + 1}`, kind: 'controller' }),
    ),
    ...Array.from(
      { length: plan.clients },
      (_, index): Host => ({
        name: `w${index + 1}`,
        kind: 'client',
        habit: index % 2 === 0 ? 'follows-route' : 'keeps-node',
      }),
    ),
  ];
}
