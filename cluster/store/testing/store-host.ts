/** A machine with a store on it, whose life a test ends and begins again. */
import type { Runtime } from '../../runtime/runtime.ts';
import { MessageStore } from '../message-store.ts';
import type { StoreConfig } from '../store-config.ts';
import { smallConfig } from './store-life.ts';

/** What the tests of this folder use of the simulated world, which lies on a higher floor and is handed in. */
export interface TestWorld {
  host(name: string): { start(): Runtime; kill(options?: { readonly powerCut?: boolean }): void };
  settle<T>(promise: Promise<T>): Promise<T>;
}

export class StoreHost {
  readonly #world: TestWorld;
  readonly #config: StoreConfig;
  #running = false;

  constructor(world: TestWorld, config: Partial<StoreConfig> = {}) {
    this.#world = world;
    this.#config = { ...smallConfig, ...config };
  }

  /** Opens the store in a new life, as a master's. What ran before was killed, or loses its power. */
  async open(
    options: { readonly powerCut?: boolean; readonly config?: Partial<StoreConfig> } = {},
  ): Promise<MessageStore> {
    const host = this.#world.host('n1');
    if (this.#running) host.kill(options);
    this.#running = true;
    const store = await this.#world.settle(
      MessageStore.open(host.start(), { ...this.#config, ...options.config }),
    );
    store.setRole('master', 1);
    return store;
  }

  kill(options: { readonly powerCut?: boolean } = {}): void {
    this.#world.host('n1').kill(options);
    this.#running = false;
  }

  /** Ends a use of the store that waits for the disk. */
  settle<T>(promise: Promise<T>): Promise<T> {
    return this.#world.settle(promise);
  }
}
