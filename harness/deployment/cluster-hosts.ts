/** The hosts of a cluster, by its plan. Pure. */
import type { ClusterView, Host, HostKind, NodeState } from '../../nemeses/nemesis.ts';
import { type ClusterPlan, ports } from './deployment.ts';

/**
 * Brokers n1.., nameserver-and-controllers c1.., spare ones behind the last of each, client hosts w1.. (the odd ones follow the route, the even
 * ones keep to the node they know).
 */
export function clusterHosts(
  plan: Pick<ClusterPlan, 'brokers' | 'controllers' | 'clients' | 'spareBrokers' | 'spareControllers'>,
): readonly Host[] {
  return [
    ...servers('n', 'broker', plan.brokers, plan.spareBrokers),
    ...servers('c', 'controller', plan.controllers, plan.spareControllers),
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

function servers(letter: string, kind: HostKind, count: number, spares = 0): readonly Host[] {
  return Array.from({ length: count + spares }, (_, index): Host => {
    const host = { name: `${letter}${index + 1}`, kind };
    return index < count ? host : { ...host, isSpare: true };
  });
}

/** Spare hosts are of the cluster from their first start on. */
export function presentHosts(
  hosts: readonly Host[],
  states: ReadonlyMap<string, NodeState>,
): Pick<ClusterView, 'hosts' | 'spares'> {
  const isAway = ({ isSpare, name }: Host) => isSpare === true && states.get(name) === 'absent';
  const spares = hosts.filter(isAway);
  return spares.length === 0 ? { hosts } : { hosts: hosts.filter((host) => !isAway(host)), spares };
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
