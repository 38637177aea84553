/**
 * Which proxies a cluster needs and what each host's table says. Pure.
 *
 * A host is a number: brokers from 1, controllers from 101, client hosts from 201. In the address form the host d binds 127.x.d.d and the
 * link s->d is 127.x.s.d, on the well-known ports; in the port form (where only 127.0.0.1 exists) every one of them is a port of 127.0.0.1.
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

/** `slot` is the run's own; `portBase` the first port it may use in the port form. */
export function planLinks(
  hosts: readonly Host[],
  place:
    | { readonly form: 'addresses'; readonly slot: number }
    | { readonly form: 'ports'; readonly portBase: number; readonly portCount: number },
): LinkPlan {
  const numbers = hostNumbers(hosts);
  const number = (host: string): number => {
    const found = numbers.get(host);
    if (found === undefined)
      throw new LinkPlanError(`no host named ${host}; known: ${[...numbers.keys()].join(', ')}`);
    return found;
  };
  const ownPorts = place.form === 'ports' ? assignPorts(hosts, place.portBase, place.portCount) : undefined;
  const directAddress = (host: string, port: number): HostPort => {
    if (place.form === 'addresses') {
      return { host: `127.${place.slot}.${number(host)}.${number(host)}`, port };
    }
    const own = ownPorts?.get(`${host}:${port}`);
    if (own === undefined) throw new LinkPlanError(`${host} has no port ${port}`);
    return { host: '127.0.0.1', port: own };
  };
  const proxies = hosts.flatMap((source) =>
    hosts.flatMap((destination) =>
      linkPorts(source, destination).map((port): LinkProxy => {
        const direct = directAddress(destination.name, port);
        const listen =
          place.form === 'addresses'
            ? `127.${place.slot}.${number(source.name)}.${number(destination.name)}:${port}`
            : '127.0.0.1:0';
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
  return { form: place.form, hosts, proxies, directAddress };
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
