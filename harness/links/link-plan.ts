/**
 * Which proxies a cluster needs and what each host's table says. Pure.
 *
 * A host is a number: brokers from 1, controllers from 101, client hosts from 201. In the address form the host d binds 127.x.d.d and the
 * link s->d is 127.x.s.d, on the well-known ports; in the port form (where only 127.0.0.1 exists) every one of them is a port of 127.0.0.1.
 * Where each host is a pod with loopback addresses of its own, the link s->d is 127.1.s.d inside the pod of s, and d has an address on the network.
 */
import type { HostPort } from '../../cluster/runtime/network.ts';
import type { Host, HostKind } from '../../nemeses/nemesis.ts';

export type AddressForm = 'addresses' | 'ports';

/** Every host answers here, whatever runs on it: for proofs that a link is cut. */
export const probePort = 10907;

/** The ports a host serves, by its kind. All but the probe's are RocketMQ's defaults. Nobody dials a client host. */
export const servedPorts: Readonly<Record<HostKind, readonly number[]>> = {
  broker: [10911, 10912, probePort],
  controller: [9876, 9878, probePort],
  client: [],
};

/** Who dials what: no more proxies than that, since a cut costs two requests for each. Java's controllers dial brokers. */
const dialledPorts: Readonly<Record<HostKind, Readonly<Record<HostKind, readonly number[]>>>> = {
  broker: { broker: [10911, 10912, probePort], controller: [9876, 9878, probePort], client: [] },
  controller: { broker: [10911, probePort], controller: [9878, probePort], client: [] },
  client: { broker: [10911, probePort], controller: [9876, 9878, probePort], client: [] },
};

export interface LinkProxy {
  /** "n1-c2-9878": dialled by n1. */
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** "host:port"; port 0 in the port form. */
  readonly listen: string;
  readonly upstream: string;
}

export interface LinkPlan {
  readonly form: AddressForm;
  readonly hosts: readonly Host[];
  readonly proxies: readonly LinkProxy[];
  /** Where the host itself listens for one of its ports. */
  directAddress(host: string, port: number): HostPort;
}

const firstNumber: Readonly<Record<HostKind, number>> = { broker: 1, controller: 101, client: 201 };
/** 1..100, 101..200, 201..254: the address has one byte for it. */
const hostsMax: Readonly<Record<HostKind, number>> = { broker: 100, controller: 100, client: 54 };

export class LinkPlanError extends Error {
  override readonly name = 'LinkPlanError';
}

export function hostNumbers(hosts: readonly Host[]): ReadonlyMap<string, number> {
  const next = { ...firstNumber };
  const numbers = new Map<string, number>();
  for (const { name, kind } of hosts) {
    numbers.set(name, next[kind]);
    next[kind] += 1;
    if (next[kind] - firstNumber[kind] > hostsMax[kind]) {
      throw new LinkPlanError(`wanted at most ${hostsMax[kind]} hosts of kind ${kind}, got more`);
    }
  }
  return numbers;
}

/** In a pod nobody else uses the loopback addresses. */
const podSlot = 1;

/** `slot` is the run's own; `portBase` the first port it may use in the port form; `addresses` those of the pods on their network. */
export type LinkPlace =
  | { readonly form: 'addresses'; readonly slot: number }
  | { readonly form: 'ports'; readonly portBase: number; readonly portCount: number }
  | { readonly form: 'pods'; readonly addresses: ReadonlyMap<string, string> };

export function planLinks(hosts: readonly Host[], place: LinkPlace): LinkPlan {
  const number = numberOf(hosts);
  const ownPorts = place.form === 'ports' ? assignPorts(hosts, place.portBase, place.portCount) : undefined;
  const directAddress = (host: string, port: number): HostPort => {
    if (place.form === 'addresses') {
      return { host: `127.${place.slot}.${number(host)}.${number(host)}`, port };
    }
    if (place.form === 'pods') {
      const address = place.addresses.get(host);
      if (address === undefined) throw new LinkPlanError(`the pod of ${host} has no address`);
      return { host: address, port };
    }
    const own = ownPorts?.get(`${host}:${port}`);
    if (own === undefined) throw new LinkPlanError(`${host} has no port ${port}`);
    return { host: '127.0.0.1', port: own };
  };
  const proxies = hosts.flatMap((source) =>
    hosts.flatMap((destination) =>
      linkPorts(source, destination).map((port): LinkProxy => {
        const direct = directAddress(destination.name, port);
        const slot = place.form === 'addresses' ? place.slot : podSlot;
        const listen =
          place.form === 'ports'
            ? '127.0.0.1:0'
            : `127.${slot}.${number(source.name)}.${number(destination.name)}:${port}`;
        return {
          name: `${source.name}-${destination.name}-${port}`,
          source: source.name,
          destination: destination.name,
          port,
          listen,
          upstream: `${direct.host}:${direct.port}`,
        };
      }),
    ),
  );
  return { form: place.form === 'ports' ? 'ports' : 'addresses', hosts, proxies, directAddress };
}

/** What the table of a pod says, before any pod has an address: [name, link address]. Its own name is for the pod to know. */
export function podHostsTable(
  hosts: readonly Host[],
  source: Host,
): readonly (readonly [name: string, address: string])[] {
  const number = numberOf(hosts);
  return hosts
    .filter((destination) => linkPorts(source, destination).length > 0)
    .map(({ name }) => [name, `127.${podSlot}.${number(source.name)}.${number(name)}`]);
}

function numberOf(hosts: readonly Host[]): (host: string) => number {
  const numbers = hostNumbers(hosts);
  return (host) => {
    const found = numbers.get(host);
    if (found === undefined)
      throw new LinkPlanError(`no host named ${host}; known: ${[...numbers.keys()].join(', ')}`);
    return found;
  };
}

/**
 * The host's table in the form of `HostsTable`. `listens` are the addresses the proxies really have, by name.
 * A host reaches itself directly; no proxy stands between.
 */
export function hostsTableOf(
  plan: LinkPlan,
  source: string,
  listens: ReadonlyMap<string, string>,
): readonly string[] {
  const direct = linesOfHost(plan, source);
  const proxied = plan.proxies.filter((proxy) => proxy.source === source);
  const listenOf = (proxy: LinkProxy): string => listens.get(proxy.name) ?? proxy.listen;
  if (plan.form === 'ports') {
    return [...direct, ...proxied.map((proxy) => `${proxy.destination}:${proxy.port} ${listenOf(proxy)}`)];
  }
  const addresses = new Map(
    proxied.map((proxy) => [proxy.destination, listenOf(proxy).replace(/:\d+$/, '')]),
  );
  return [...direct, ...[...addresses].map(([destination, address]) => `${address} ${destination}`)];
}

/** The table of one who is past all links. */
export function directHostsTable(plan: LinkPlan): readonly string[] {
  return plan.hosts.flatMap(({ name }) => linesOfHost(plan, name));
}

function linesOfHost(plan: LinkPlan, host: string): readonly string[] {
  if (plan.form === 'addresses') return [`${plan.directAddress(host, probePort).host} ${host}`];
  const kind = plan.hosts.find(({ name }) => name === host)?.kind ?? 'client';
  return servedPorts[kind].map((port) => {
    const direct = plan.directAddress(host, port);
    return `${host}:${port} ${direct.host}:${direct.port}`;
  });
}

function linkPorts(source: Host, destination: Host): readonly number[] {
  return source.name === destination.name ? [] : dialledPorts[source.kind][destination.kind];
}

function assignPorts(hosts: readonly Host[], base: number, count: number): ReadonlyMap<string, number> {
  const wanted = hosts.flatMap(({ name, kind }) => servedPorts[kind].map((port) => `${name}:${port}`));
  if (wanted.length > count) {
    throw new LinkPlanError(
      `${hosts.length} hosts need ${wanted.length} ports of 127.0.0.1, a run has ${count}; use fewer hosts`,
    );
  }
  return new Map(wanted.map((key, index) => [key, base + index]));
}
