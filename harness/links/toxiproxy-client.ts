/** The one file that knows toxiproxy-node-client: it drives any Toxiproxy, the embedded one and Shopify's. */
import { type Proxy as ClientProxy, Toxiproxy } from 'toxiproxy-node-client';

export type ToxicDirection = 'upstream' | 'downstream';

/** The toxics we use, each with its own attributes (the package lets any type go with any attributes). */
export type ToxicSpec = {
  /** The share of connections that have it, 0 to 1; all unless told. */
  readonly toxicity?: number;
} & ToxicAttributes;

type ToxicAttributes =
  | { readonly type: 'latency'; readonly attributes: { readonly latency: number; readonly jitter: number } }
  | { readonly type: 'timeout'; readonly attributes: { readonly timeout: number } }
  | { readonly type: 'reset_peer'; readonly attributes: { readonly timeout: number } }
  | { readonly type: 'slow_close'; readonly attributes: { readonly delay: number } }
  | { readonly type: 'bandwidth'; readonly attributes: { readonly rate: number } }
  | { readonly type: 'limit_data'; readonly attributes: { readonly bytes: number } }
  | {
      readonly type: 'slicer';
      readonly attributes: {
        readonly average_size: number;
        readonly size_variation: number;
        readonly delay: number;
      };
    };

export interface ProxySpec {
  readonly name: string;
  /** "host:port"; port 0 asks for a free one. */
  readonly listen: string;
  readonly upstream: string;
}

/** fetch opens a connection for every request that finds none free; a partition makes hundreds at once. */
const requestsAtOnceMax = 12;
const removalAttemptsMax = 3;

export class ToxiproxyError extends Error {
  override readonly name = 'ToxiproxyError';
}

export interface RemovableToxic {
  remove(): Promise<void>;
}

export class ToxiproxyClient {
  readonly url: string;
  readonly #client: Toxiproxy;
  readonly #proxies = new Map<string, ClientProxy>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(url: string) {
    this.url = url;
    this.#client = new Toxiproxy(url);
  }

  /** The Go server says "git" or a number, older ones as plain text. */
  async version(): Promise<string> {
    const text = await this.#ask('ask for its version', () => this.#client.getVersion());
    return /"version"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? text.trim();
  }

  /** Makes all proxies in one call. Returns the addresses they really listen on, by name. */
  async populate(specs: readonly ProxySpec[]): Promise<ReadonlyMap<string, string>> {
    if (specs.length === 0) return new Map();
    const made = await this.#ask(`make ${specs.length} proxies`, () =>
      this.#client.populate(specs.map((spec) => ({ ...spec, enabled: true }))),
    );
    for (const [name, proxy] of Object.entries(made)) this.#proxies.set(name, proxy);
    return new Map(Object.entries(made).map(([name, proxy]) => [name, proxy.listen]));
  }

  async addToxic(
    proxyName: string,
    name: string,
    stream: ToxicDirection,
    spec: ToxicSpec,
  ): Promise<RemovableToxic> {
    const proxy = await this.#proxy(proxyName);
    const toxic = await this.#ask(`put ${spec.type} on ${proxyName}`, () =>
      proxy.addToxic({
        name,
        type: spec.type,
        stream,
        toxicity: spec.toxicity ?? 1,
        attributes: spec.attributes,
      }),
    );
    return {
      remove: () => this.#remove(`take ${spec.type} off ${proxyName}`, () => toxic.remove()),
    };
  }

  /** `false` is what Toxiproxy's documents call the "down" toxic. */
  async setEnabled(proxyName: string, enabled: boolean): Promise<void> {
    const proxy = await this.#proxy(proxyName);
    const { listen, upstream } = proxy;
    await this.#ask(`${enabled ? 'enable' : 'disable'} ${proxyName}`, () =>
      proxy.update({ enabled, listen, upstream }),
    );
  }

  async removeProxies(names: readonly string[]): Promise<void> {
    await Promise.all(
      names.map(async (name) => {
        const proxy = this.#proxies.get(name);
        this.#proxies.delete(name);
        if (proxy !== undefined) await this.#remove(`remove ${name}`, () => proxy.remove());
      }),
    );
  }

  async #proxy(name: string): Promise<ClientProxy> {
    const known = this.#proxies.get(name) ?? (await this.#ask(`find ${name}`, () => this.#client.get(name)));
    this.#proxies.set(name, known);
    return known;
  }

  /**
   * Shopify's server answers 503 after 25 s when a connection keeps it busy, and goes on with the removal; the next request waits for that,
   * and finds nothing to remove. What is not there any more is removed.
   */
  async #remove(wanted: string, call: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#ask(wanted, call);
        return;
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (message.endsWith('status code 404')) return;
        if (!message.endsWith('status code 503') || attempt === removalAttemptsMax) throw error;
      }
    }
  }

  async #ask<T>(wanted: string, call: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await call();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ToxiproxyError(`Toxiproxy at ${this.url} did not ${wanted}: ${reason}`, { cause: error });
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= requestsAtOnceMax) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
    this.#running += 1;
  }
}
