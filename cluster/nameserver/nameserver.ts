/** One nameserver: tells clients where topics live. Stateless but for the KV configuration; needs no other server, controllers neither. */

import type { ControllerConfig } from '../controller/controller-config.ts';
import { ControllerServer } from '../controller/controller-server.ts';
import { LiveConfig } from '../controller/live-config.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import type { Timer } from '../runtime/clock.ts';
import type { HostPort } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { serveAdministration } from './administration.ts';
import { KvConfig } from './kv-config.ts';
import { type NameServerConfig, nameServerConfigKeys, nameServerLiveKeys } from './nameserver-config.ts';
import { type LiveBroker, RouteTable } from './route-table.ts';
import { serveRoutes } from './routes.ts';

/** A look that comes later than this was held up: nobody was silent but us. */
const lateLookMs = 300;

export class NameServer {
  readonly #runtime: Runtime;
  readonly #config: LiveConfig<NameServerConfig>;
  readonly #server: RemotingServer;
  readonly #routes: RouteTable;
  readonly #controller: ControllerServer | undefined;
  #timer: Timer | undefined;
  #nextLookMs = Number.POSITIVE_INFINITY;

  /** `controllerConfig` embeds a controller, which listens on a port of its own. */
  constructor(runtime: Runtime, config: NameServerConfig, controllerConfig?: ControllerConfig) {
    this.#runtime = runtime;
    this.#routes = new RouteTable(runtime.seededBugs, (change) =>
      runtime.trace.emit('route-master', { ...change }),
    );
    this.#config = new LiveConfig(nameServerConfigKeys, nameServerLiveKeys, config);
    this.#server = new RemotingServer(runtime, { listen: config.listen });
    this.#controller =
      controllerConfig === undefined ? undefined : new ControllerServer(runtime, controllerConfig);
  }

  get controller(): ControllerServer | undefined {
    return this.#controller;
  }

  /** Resolves with the nameserver's address once it serves, and its controller listens; that may be long before it has a leader. */
  async start(): Promise<HostPort> {
    const kvConfig = await KvConfig.load(this.#runtime.disk, this.#config.current.kvConfigPath);
    const { clock } = this.#runtime;
    const parts = {
      ...{ server: this.#server, routes: this.#routes, kvConfig, config: this.#config },
      ...{ nowMs: () => clock.monotonicMs(), startedMs: clock.monotonicMs() },
      log: (line: string) => this.#runtime.trace.log('warn', line),
    };
    serveRoutes(parts);
    serveAdministration(parts);
    this.#server.onChannelClose((channel) => {
      for (const live of this.#routes.channelClosed(channel.id)) this.#logEnd(live, 'closed its connection');
    });
    const address = await this.#server.start();
    this.#lookLater();
    try {
      await this.#controller?.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    return address;
  }

  async stop(): Promise<void> {
    this.#timer?.cancel();
    await this.#controller?.stop();
    await this.#server.stop();
  }

  #look(): void {
    const nowMs = this.#runtime.clock.monotonicMs();
    if (nowMs > this.#nextLookMs + lateLookMs) this.#routes.startFresh(nowMs);
    this.#lookLater();
    for (const live of this.#routes.expire(nowMs)) this.#logEnd(live, `was silent for ${live.timeoutMs} ms`);
  }

  #lookLater(): void {
    const intervalMs = this.#config.current.scanNotActiveBrokerInterval;
    this.#nextLookMs = this.#runtime.clock.monotonicMs() + intervalMs;
    this.#timer = this.#runtime.clock.after(intervalMs, () => this.#look());
  }

  #logEnd(live: LiveBroker, what: string): void {
    const { brokerName, brokerId, brokerAddress } = live;
    this.#runtime.trace.log('info', `${brokerName} ${brokerId} at ${brokerAddress} ${what}: unregistered`);
  }
}
