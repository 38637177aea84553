/** The links of one cluster: made all at once, cut, shaped and healed by direction. */
import type { FaultLink } from '../../checkers/history/fault.ts';
import { ActiveShapings } from '../../nemeses/active-shapings.ts';
import type { Cut, CutFlavour, LinkShape, Shaping } from '../../nemeses/nemesis.ts';
import { LinkPlace } from './link-place.ts';
import { directHostsTable, hostsTableOf, type LinkPlan, type LinkProxy } from './link-plan.ts';
import { shapeToxics } from './shape-toxics.ts';
import type { ToxicSpec, ToxiproxyClient } from './toxiproxy-client.ts';

/** Longer than any run: only the removal of the toxic ends it. */
const foreverMs = 24 * 60 * 60 * 1000;

/**
 * In the order of the chain. `slow_close` before `timeout`: a host that dies behind a cut says nothing across it, so neither may its closes.
 * `hold` is a bandwidth of 0, not a huge latency: the bytes wait in the system's buffers and the sender feels it, as with a real lost link; and
 * Shopify's server, when it takes `latency` off a connection that died meanwhile, waits 5 s for each chunk it held (link.go, WriteOutput) and
 * answers 503.
 */
const flavourToxics: Readonly<Record<CutFlavour, readonly ToxicSpec[]>> = {
  drop: [
    { type: 'slow_close', attributes: { delay: foreverMs } },
    { type: 'timeout', attributes: { timeout: 0 } },
  ],
  hold: [{ type: 'bandwidth', attributes: { rate: 0 } }],
  reset: [{ type: 'reset_peer', attributes: { timeout: 0 } }],
};

/** The server that carries the links of a source: one for all, or in each host's own network namespace its own. */
export type ToxiproxyOf = (source: string) => ToxiproxyClient;

export class Links {
  readonly plan: LinkPlan;
  readonly #clientOf: ToxiproxyOf;
  readonly #listens: ReadonlyMap<string, string>;
  /** By "from>to": where its bytes pass, upstream on the proxies that `from` dials, downstream on those that `to` dials. */
  readonly #places: ReadonlyMap<string, readonly LinkPlace[]>;
  readonly #cuts = new Set<ActiveCut>();
  readonly #shapings = new ActiveShapings<LinkShape>();

  private constructor(clientOf: ToxiproxyOf, plan: LinkPlan, listens: ReadonlyMap<string, string>) {
    this.#clientOf = clientOf;
    this.plan = plan;
    this.#listens = listens;
    const places = new Map<string, LinkPlace[]>();
    const add = (from: string, to: string, place: LinkPlace) => {
      const key = linkKey([from, to]);
      places.set(key, [...(places.get(key) ?? []), place]);
    };
    for (const { name, source, destination } of plan.proxies) {
      add(source, destination, new LinkPlace(clientOf(source), name, 'upstream'));
      add(destination, source, new LinkPlace(clientOf(source), name, 'downstream'));
    }
    this.#places = places;
  }

  /** All proxies exist when it resolves, so no connection of a node that starts afterwards can escape a cut. */
  static async open(clientOf: ToxiproxyOf, plan: LinkPlan): Promise<Links> {
    const listens = await Promise.all(
      [...proxiesByClient(clientOf, plan)].map(([client, proxies]) =>
        client.populate(proxies.map(({ name, listen, upstream }) => ({ name, listen, upstream }))),
      ),
    );
    return new Links(clientOf, plan, new Map(listens.flatMap((some) => [...some])));
  }

  /** Lines of the host's own table. */
  hostsTable(source: string): readonly string[] {
    return hostsTableOf(this.plan, source, this.#listens);
  }

  directHostsTable(): readonly string[] {
    return directHostsTable(this.plan);
  }

  /** The links some cut holds now, each once. */
  cutLinks(): readonly FaultLink[] {
    const links = [...this.#cuts].flatMap((cut) => cut.links);
    return [...new Map(links.map((link) => [linkKey(link), link])).values()];
  }

  /** Stops bytes from the first to the second host of each link, whoever dialled. When it fails half-way, what was put is taken away again. */
  async cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut> {
    const places = this.#placesOf(links, 'cut');
    const cut = new ActiveCut(links, places, () => this.#cuts.delete(cut));
    this.#cuts.add(cut);
    try {
      await Promise.all(places.map((place) => place.hold(cut, flavourToxics[flavour])));
    } catch (error) {
      await cut.heal().catch(() => undefined);
      throw error;
    }
    return cut;
  }

  /** Shapes what the first host of each link says to the second, whoever dialled. */
  async shape(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping> {
    const places = this.#placesOf(links, 'shape');
    const toxics = shapeToxics(shape);
    let healing: Promise<void> | undefined;
    const heal = (): Promise<void> => {
      this.#shapings.end(shaping);
      healing ??= Promise.all(places.map((place) => place.unshape(shaping))).then(() => undefined);
      return healing;
    };
    const shaping: Shaping = { links, effective: () => this.#shapings.effective(shaping), heal };
    this.#shapings.add(shaping, links, shape);
    try {
      await Promise.all(places.map((place) => place.shape(shaping, toxics)));
    } catch (error) {
      await heal().catch(() => undefined);
      throw error;
    }
    return shaping;
  }

  shapedLinks(): readonly FaultLink[] {
    return this.#shapings.links();
  }

  #placesOf(links: readonly FaultLink[], verb: string): readonly LinkPlace[] {
    return links.flatMap((link) => {
      const found = this.#places.get(linkKey(link));
      if (found === undefined) throw new Error(`wanted to ${verb} ${link.join(' -> ')}: nobody dials there`);
      return found;
    });
  }

  /** Removes the proxies, and with them their toxics and connections: for a server that goes on without us. */
  async close(): Promise<void> {
    await Promise.all(
      [...proxiesByClient(this.#clientOf, this.plan)].map(([client, proxies]) =>
        client.removeProxies(proxies.map(({ name }) => name)),
      ),
    );
  }
}

function proxiesByClient(
  clientOf: ToxiproxyOf,
  plan: LinkPlan,
): ReadonlyMap<ToxiproxyClient, readonly LinkProxy[]> {
  const byClient = new Map<ToxiproxyClient, LinkProxy[]>();
  for (const proxy of plan.proxies) {
    const client = clientOf(proxy.source);
    byClient.set(client, [...(byClient.get(client) ?? []), proxy]);
  }
  return byClient;
}

class ActiveCut implements Cut {
  readonly links: readonly FaultLink[];
  readonly #places: readonly LinkPlace[];
  readonly #forget: () => void;
  #healing: Promise<void> | undefined;

  constructor(links: readonly FaultLink[], places: readonly LinkPlace[], forget: () => void) {
    this.links = links;
    this.#places = places;
    this.#forget = forget;
  }

  heal(): Promise<void> {
    this.#healing ??= Promise.all(this.#places.map((place) => place.letGo(this))).then(() => this.#forget());
    return this.#healing;
  }
}

function linkKey([from, to]: FaultLink): string {
  return `${from}>${to}`;
}
