/**
 * One direction of one proxy, and the cuts that hold it. Its toxics come with the first cut and go with the last: cuts that overlap share them,
 * in the flavour of the first. (Shopify's server loses its place in the chain, and panics, when toxics of several cuts are taken from a
 * connection that is closing: link.go, RemoveToxic returns early without dropping the stub. Seen with 2.5.0 and 2.12.0.)
 */
import { RunInOrder } from '../../cluster/runtime/run-in-order.ts';
import type { RemovableToxic, ToxicDirection, ToxicSpec, ToxiproxyClient } from './toxiproxy-client.ts';

export class CutPlace {
  readonly #client: ToxiproxyClient;
  readonly #proxy: string;
  readonly #stream: ToxicDirection;
  readonly #holders = new Set<object>();
  readonly #changes = new RunInOrder();
  #chain: RemovableToxic[] = [];

  constructor(client: ToxiproxyClient, proxy: string, stream: ToxicDirection) {
    this.#client = client;
    this.#proxy = proxy;
    this.#stream = stream;
  }

  hold(holder: object, toxics: readonly ToxicSpec[]): Promise<void> {
    return this.#changes.run(async () => {
      this.#holders.add(holder);
      if (this.#chain.length > 0) return;
      for (const toxic of toxics) {
        const name = `cut-${toxic.type}-${this.#stream}`;
        this.#chain.push(await this.#client.addToxic(this.#proxy, name, this.#stream, toxic));
      }
    });
  }

  letGo(holder: object): Promise<void> {
    return this.#changes.run(async () => {
      this.#holders.delete(holder);
      if (this.#holders.size > 0) return;
      // Last first: what a later toxic holds must be out before an earlier one lets a close through (the same place in link.go).
      for (let toxic = this.#chain.at(-1); toxic !== undefined; toxic = this.#chain.at(-1)) {
        await toxic.remove();
        this.#chain.pop();
      }
    });
  }
}
