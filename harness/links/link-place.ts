/**
 * One direction of one proxy, the cuts that hold it and the shapes it is given. Toxics of a cut come with the first one and go with the last: cuts
 * that overlap share them, in the flavour of the first. Of shapes the last one counts. (Shopify's server loses its place in the chain, and panics,
 * when toxics of several cuts are taken from a connection that is closing: link.go, RemoveToxic returns early without dropping the stub. Seen with
 * 2.5.0 and 2.12.0. So toxics are taken away last first, always: while a place is cut its shape neither comes nor goes, for no byte passes to feel it.)
 */
import { RunInOrder } from '../../cluster/runtime/run-in-order.ts';
import type { RemovableToxic, ToxicDirection, ToxicSpec, ToxiproxyClient } from './toxiproxy-client.ts';

export class LinkPlace {
  readonly #client: ToxiproxyClient;
  readonly #proxy: string;
  readonly #stream: ToxicDirection;
  readonly #cuts = new Set<object>();
  readonly #shapings = new Map<object, readonly ToxicSpec[]>();
  readonly #changes = new RunInOrder();
  readonly #cutChain: RemovableToxic[] = [];
  readonly #shapeChain: RemovableToxic[] = [];
  /** Whose shape it has. */
  #shapedBy: object | undefined;

  constructor(client: ToxiproxyClient, proxy: string, stream: ToxicDirection) {
    this.#client = client;
    this.#proxy = proxy;
    this.#stream = stream;
  }

  hold(cut: object, toxics: readonly ToxicSpec[]): Promise<void> {
    return this.#changes.run(async () => {
      this.#cuts.add(cut);
      if (this.#cutChain.length === 0) await this.#add('cut', toxics, this.#cutChain);
    });
  }

  letGo(cut: object): Promise<void> {
    return this.#changes.run(async () => {
      this.#cuts.delete(cut);
      if (this.#cuts.size > 0) return;
      await removeAll(this.#cutChain);
      await this.#settleShape();
    });
  }

  shape(shaping: object, toxics: readonly ToxicSpec[]): Promise<void> {
    return this.#changes.run(async () => {
      this.#shapings.set(shaping, toxics);
      await this.#settleShape();
    });
  }

  unshape(shaping: object): Promise<void> {
    return this.#changes.run(async () => {
      this.#shapings.delete(shaping);
      await this.#settleShape();
    });
  }

  async #settleShape(): Promise<void> {
    const [shaping, toxics = []] = [...this.#shapings].at(-1) ?? [];
    if (this.#cutChain.length > 0 || this.#shapedBy === shaping) return;
    await removeAll(this.#shapeChain);
    this.#shapedBy = shaping;
    await this.#add('shape', toxics, this.#shapeChain);
  }

  async #add(what: string, toxics: readonly ToxicSpec[], chain: RemovableToxic[]): Promise<void> {
    for (const toxic of toxics) {
      const name = `${what}-${toxic.type}-${this.#stream}`;
      chain.push(await this.#client.addToxic(this.#proxy, name, this.#stream, toxic));
    }
  }
}

/** Last first: what a later toxic holds must be out before an earlier one lets a close through (the same place in link.go). */
async function removeAll(chain: RemovableToxic[]): Promise<void> {
  for (let toxic = chain.at(-1); toxic !== undefined; toxic = chain.at(-1)) {
    await toxic.remove();
    chain.pop();
  }
}
