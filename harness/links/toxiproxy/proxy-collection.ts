/** All proxies of one server, by name. Changes happen one after another, so that two requests never meet half-way. */
import { RunInOrder } from '../../../cluster/runtime/run-in-order.ts';
import { ApiError, apiErrors } from './api-error.ts';
import { ToxicProxy } from './toxic-proxy.ts';

export interface ProxyDraft {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
}

export class ProxyCollection {
  readonly #proxies = new Map<string, ToxicProxy>();
  readonly #changes = new RunInOrder();

  get(name: string): ToxicProxy {
    const proxy = this.#proxies.get(name);
    if (proxy === undefined) throw apiErrors.proxyNotFound();
    return proxy;
  }

  all(): readonly ToxicProxy[] {
    return [...this.#proxies.values()];
  }

  create(draft: ProxyDraft): Promise<ToxicProxy> {
    return this.#changes.run(() => {
      if (this.#proxies.has(draft.name)) throw apiErrors.proxyAlreadyExists();
      return this.#put(draft);
    });
  }

  update(name: string, change: (proxy: ToxicProxy) => Promise<void>): Promise<ToxicProxy> {
    return this.#changes.run(async () => {
      const proxy = this.get(name);
      await change(proxy);
      return proxy;
    });
  }

  remove(name: string): Promise<void> {
    return this.#changes.run(async () => {
      await this.get(name).stop();
      this.#proxies.delete(name);
    });
  }

  /** Stops at the first that fails; what was made before stays. A proxy that is there already and alike is left as it is. */
  populate(
    drafts: readonly ProxyDraft[],
  ): Promise<{ readonly proxies: readonly ToxicProxy[]; readonly error: ApiError | undefined }> {
    return this.#changes.run(async () => {
      const proxies: ToxicProxy[] = [];
      for (const draft of drafts) {
        try {
          proxies.push(await this.#putOrKeep(draft));
        } catch (error) {
          return { proxies, error: error instanceof ApiError ? error : apiErrors.internal(String(error)) };
        }
      }
      return { proxies, error: undefined };
    });
  }

  /** Enables every proxy and removes every toxic. */
  reset(): Promise<void> {
    return this.#changes.run(async () => {
      for (const proxy of this.all()) {
        await proxy.start();
        proxy.removeAllToxics();
      }
    });
  }

  close(): Promise<void> {
    return this.#changes.run(async () => {
      await Promise.all(this.all().map((proxy) => proxy.stop()));
      this.#proxies.clear();
    });
  }

  async #putOrKeep(draft: ProxyDraft): Promise<ToxicProxy> {
    const existing = this.#proxies.get(draft.name);
    if (existing?.isLike(draft.listen, draft.upstream)) return existing;
    await existing?.stop();
    return this.#put(draft);
  }

  async #put(draft: ProxyDraft): Promise<ToxicProxy> {
    const proxy = new ToxicProxy(draft.name, draft.listen, draft.upstream);
    if (draft.enabled) await proxy.start();
    this.#proxies.set(draft.name, proxy);
    return proxy;
  }
}
