/** The links of one cluster: made all at once, cut and healed by direction. */
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { Cut, CutFlavour } from '../../nemeses/nemesis.ts';
import { CutPlace } from './cut-place.ts';
import { directHostsTable, hostsTableOf, type LinkPlan } from './link-plan.ts';
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

export class Links {
  readonly plan: LinkPlan;
  readonly #client: ToxiproxyClient;
  readonly #listens: ReadonlyMap<string, string>;
  /** By "from>to": where its bytes pass, upstream on the proxies that `from` dials, downstream on those that `to` dials. */
  readonly #places: ReadonlyMap<string, readonly CutPlace[]>;
  readonly #cuts = new Set<ActiveCut>();

  private constructor(client: ToxiproxyClient, plan: LinkPlan, listens: ReadonlyMap<string, string>) {
    this.#client = client;
    this.plan = plan;
    this.#listens = listens;
    const places = new Map<string, CutPlace[]>();
    const add = (from: string, to: string, place: CutPlace) => {
      const key = linkKey([from, to]);
      places.set(key, [...(places.get(key) ?? []), place]);
    };
    for (const { name, source, destination } of plan.proxies) {
      add(source, destination, new CutPlace(client, name, 'upstream'));
      add(destination, source, new CutPlace(client, name, 'downstream'));
    }
    this.#places = places;
  }

  /** All proxies exist when it resolves, so no connection of a node that starts afterwards can escape a cut. */
  static async open(client: ToxiproxyClient, plan: LinkPlan): Promise<Links> {
    const listens = await client.populate(
      plan.proxies.map(({ name, listen, upstream }) => ({ name, listen, upstream })),
    );
    return new Links(client, plan, listens);
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
    const places = links.flatMap((link) => {
      const found = this.#places.get(linkKey(link));
      if (found === undefined) throw new Error(`wanted to cut ${link.join(' -> ')}: nobody dials there`);
      return found;
    });
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

  /** Removes the proxies, and with them their toxics and connections: for a server that goes on without us. */
  close(): Promise<void> {
    return this.#client.removeProxies(this.plan.proxies.map(({ name }) => name));
  }
}

class ActiveCut implements Cut {
  readonly links: readonly FaultLink[];
  readonly #places: readonly CutPlace[];
  readonly #forget: () => void;
  #healing: Promise<void> | undefined;

  constructor(links: readonly FaultLink[], places: readonly CutPlace[], forget: () => void) {
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
