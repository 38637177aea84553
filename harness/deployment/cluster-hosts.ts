/** The hosts of a cluster, by its plan. Pure. */
import type { Host, HostKind } from '../../nemeses/nemesis.ts';
import { type ClusterPlan, ports } from './deployment.ts';

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

export function kindOf(hosts: readonly Host[], name: string): HostKind | undefined {
  return hosts.find((host) => host.name === name)?.kind;
}

/** Where `from` asks `to`. Controllers dial each other as controllers only; all others know a controller host as a nameserver. */
export function askedPort(hosts: readonly Host[], from: string, to: string): number {
  if (kindOf(hosts, to) === 'broker') return ports.broker;
  return kindOf(hosts, from) === 'controller' ? ports.controller : ports.nameServer;
}

export function unknownHost(hosts: readonly Host[], name: string): Error {
  return new Error(`no such host: ${name}; known: ${hosts.map((host) => host.name).join(', ')}`);
}
