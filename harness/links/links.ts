/** The links of one cluster: made all at once, cut and healed by direction. */
import type { FaultLink } from '../../checkers/history/fault.ts';
import type { Cut, CutFlavour } from '../../nemeses/nemesis.ts';
import { directHostsTable, hostsTableOf, type LinkPlan } from './link-plan.ts';
import type { RemovableToxic, ToxicDirection, ToxicSpec, ToxiproxyClient } from './toxiproxy-client.ts';

/** Longer than any run: only the removal of the toxic ends it. */
const foreverMs = 24 * 60 * 60 * 1000;

/**
 * In the order of the chain, which is also the order of removal. `slow_close` first: a host that dies behind a cut says nothing across it, so
 * neither may its closes. Measured on the Go server: what `latency` holds arrives in order within milliseconds of its removal.
 */
const flavourToxics: Readonly<Record<CutFlavour, readonly ToxicSpec[]>> = {
  drop: [
    { type: 'slow_close', attributes: { delay: foreverMs } },
    { type: 'timeout', attributes: { timeout: 0 } },
  ],
  hold: [
    { type: 'slow_close', attributes: { delay: foreverMs } },
    { type: 'latency', attributes: { latency: foreverMs, jitter: 0 } },
  ],
  reset: [{ type: 'reset_peer', attributes: { timeout: 0 } }],
};

export class Links {
  readonly plan: LinkPlan;
  readonly #client: ToxiproxyClient;
  readonly #listens: ReadonlyMap<string, string>;
  readonly #cuts = new Set<ActiveCut>();
  #cutCount = 0;

  private constructor(client: ToxiproxyClient, plan: LinkPlan, listens: ReadonlyMap<string, string>) {
    this.#client = client;
    this.plan = plan;
    this.#listens = listens;
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
    const links = new Map<string, FaultLink>();
    for (const cut of this.#cuts) for (const link of cut.links) links.set(link.join('>'), link);
    return [...links.values()];
  }

  /**
   * Stops bytes from the first to the second host of each link, whoever dialled: upstream on the proxies of its own connections, downstream
   * on those of the other's. When it fails half-way, what was put is taken away again.
   */
  async cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut> {
    this.#cutCount += 1;
    const cut = new ActiveCut(links, `cut${this.#cutCount}-${flavour}`, () => this.#cuts.delete(cut));
    this.#cuts.add(cut);
    try {
      await Promise.all(
        this.#places(links).map(({ proxy, stream }) =>
          cut.put(this.#client, proxy, stream, flavourToxics[flavour]),
        ),
      );
    } catch (error) {
      await cut.heal();
      throw error;
    }
    return cut;
  }

  /** Heals what is cut and removes the proxies. */
  async close(): Promise<void> {
    for (const cut of [...this.#cuts]) await cut.heal();
    await this.#client.removeProxies(this.plan.proxies.map(({ name }) => name));
  }

  #places(links: readonly FaultLink[]): { readonly proxy: string; readonly stream: ToxicDirection }[] {
    const wanted = new Set(links.map((link) => link.join('>')));
    return this.plan.proxies.flatMap(({ name, source, destination }) => [
      ...(wanted.has(`${source}>${destination}`) ? [{ proxy: name, stream: 'upstream' as const }] : []),
      ...(wanted.has(`${destination}>${source}`) ? [{ proxy: name, stream: 'downstream' as const }] : []),
    ]);
  }
}

class ActiveCut implements Cut {
  readonly links: readonly FaultLink[];
  readonly #name: string;
  readonly #forget: () => void;
  readonly #chains: RemovableToxic[][] = [];
  #healing: Promise<void> | undefined;

  constructor(links: readonly FaultLink[], name: string, forget: () => void) {
    this.links = links;
    this.#name = name;
    this.#forget = forget;
  }

  async put(
    client: ToxiproxyClient,
    proxy: string,
    stream: ToxicDirection,
    toxics: readonly ToxicSpec[],
  ): Promise<void> {
    const chain: RemovableToxic[] = [];
    this.#chains.push(chain);
    for (const toxic of toxics) {
      chain.push(await client.addToxic(proxy, `${this.#name}-${toxic.type}-${stream}`, stream, toxic));
    }
  }

  heal(): Promise<void> {
    this.#healing ??= this.#heal();
    return this.#healing;
  }

  async #heal(): Promise<void> {
    await Promise.all(
      this.#chains.map(async (chain) => {
        for (const toxic of chain) await toxic.remove();
      }),
    );
    this.#forget();
  }
}
