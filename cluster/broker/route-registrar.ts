/** Keeps every nameserver informed of this broker's address, role and topics: at once when they change, and again and again. */
import { Buffer } from 'node:buffer';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { registerBrokerRequestHeader } from '../remoting/header/register-broker.ts';
import { unregisterBrokerRequestHeader } from '../remoting/header/unregister-broker.ts';
import type { RemotingClient } from '../remoting/remoting-client.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { repeat } from './repeat.ts';
import { type TopicConfig, topicConfigJson } from './topic-config.ts';
import type { DataVersion } from './topic-table.ts';

export interface RouteRegistrarOptions {
  readonly nameservers: readonly string[];
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddress: string;
  readonly haAddress: string;
  /** Ms after which a nameserver forgets a silent broker. */
  readonly heartbeatTimeoutMs: number;
  readonly periodMs: number;
  readonly timeoutMs: number;
}

/** The table that routes are made of. */
export interface RegisteredTopics {
  all(): readonly TopicConfig[];
  dataVersion(): DataVersion;
}

/** Registrations under way at one nameserver that does not answer. */
const underWayMax = 4;

export class RouteRegistrar {
  readonly #runtime: Runtime;
  readonly #client: RemotingClient;
  readonly #options: RouteRegistrarOptions;
  readonly #topics: RegisteredTopics;
  readonly #underWay = new Map<string, number>();
  /** What a nameserver last complained of, to say it once. */
  readonly #complaints = new Map<string, string>();
  #routeId: number | undefined;
  /** The last one that was told to anybody. */
  #toldId: number | undefined;
  #body: { readonly version: DataVersion; readonly bytes: Uint8Array } | undefined;
  #timer: Timer | undefined;
  #onFirstSuccess: (() => void) | undefined;
  #isStopped = false;

  constructor(
    runtime: Runtime,
    client: RemotingClient,
    topics: RegisteredTopics,
    options: RouteRegistrarOptions,
  ) {
    this.#runtime = runtime;
    this.#client = client;
    this.#topics = topics;
    this.#options = options;
    // A nameserver forgets who came by a connection that closes.
    client.onClose((address) => {
      if (options.nameservers.includes(address)) this.#registerAt(address);
    });
  }

  start(): void {
    this.#timer = repeat(this.#runtime, 'the registration at the nameservers', this.#options.periodMs, () =>
      this.announce(),
    );
  }

  /** Under which id clients find this broker: 0 for a master. Undefined: not at all; what is registered stays (HOLES.md B50). */
  setRouteId(routeId: number | undefined): void {
    this.#routeId = routeId;
    this.announce();
  }

  /** Registers everywhere, now. */
  announce(): void {
    for (const address of this.#options.nameservers) this.#registerAt(address);
  }

  /** `listener` is called once, when the first nameserver has taken a registration; at once when there is none to register at. */
  onFirstSuccess(listener: () => void): void {
    if (this.#options.nameservers.length === 0) listener();
    else this.#onFirstSuccess = listener;
  }

  /** Takes the broker out of the routes; resolves when every nameserver has answered or had its time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    const brokerId = this.#toldId;
    if (brokerId === undefined) return;
    const { clusterName, brokerName, brokerAddress: brokerAddr, timeoutMs } = this.#options;
    const request = {
      code: RequestCode.UNREGISTER_BROKER,
      extFields: unregisterBrokerRequestHeader.encode({
        brokerName,
        brokerAddr,
        clusterName,
        brokerId,
      }),
    };
    await Promise.allSettled(
      this.#options.nameservers.map((address) => this.#client.request(address, request, timeoutMs)),
    );
  }

  #registerAt(address: string): void {
    if (this.#routeId === undefined || this.#isStopped) return;
    const underWay = this.#underWay.get(address) ?? 0;
    if (underWay >= underWayMax) return;
    this.#underWay.set(address, underWay + 1);
    this.#toldId = this.#routeId;
    const body = this.#registrationBody();
    const request = {
      code: RequestCode.REGISTER_BROKER,
      extFields: registerBrokerRequestHeader.encode({
        brokerName: this.#options.brokerName,
        brokerAddr: this.#options.brokerAddress,
        clusterName: this.#options.clusterName,
        haServerAddr: this.#options.haAddress,
        brokerId: this.#routeId,
        heartbeatTimeoutMillis: this.#options.heartbeatTimeoutMs,
        enableActingMaster: false,
        compressed: false,
        bodyCrc32: bodyCrc32(body),
      }),
      body,
    };
    this.#client.send(address, request, this.#options.timeoutMs, (error, response) => {
      this.#underWay.set(address, (this.#underWay.get(address) ?? 1) - 1);
      if (this.#isStopped) return;
      if (response?.code === ResponseCode.SUCCESS) this.#succeeded(address);
      else this.#complain(address, error?.message ?? `${response?.code} ${response?.remark ?? ''}`);
    });
  }

  #succeeded(address: string): void {
    if (this.#complaints.delete(address)) {
      this.#runtime.trace.log('info', `registered at nameserver ${address} again`);
    }
    this.#onFirstSuccess?.();
    this.#onFirstSuccess = undefined;
  }

  #complain(address: string, complaint: string): void {
    if (this.#complaints.has(address)) return;
    this.#complaints.set(address, complaint);
    this.#runtime.trace.log('warn', `not registered at nameserver ${address}, trying again: ${complaint}`);
  }

  /** The same bytes as long as the topics are the same. */
  #registrationBody(): Uint8Array {
    const version = this.#topics.dataVersion();
    const known = this.#body;
    if (
      known !== undefined &&
      known.version.counter === version.counter &&
      known.version.stateVersion === version.stateVersion
    ) {
      return known.bytes;
    }
    const topicConfigTable = Object.fromEntries(
      this.#topics.all().map((config) => [config.topicName, topicConfigJson(config)]),
    );
    const bytes = Buffer.from(
      JSON.stringify({
        filterServerList: [],
        topicConfigSerializeWrapper: {
          dataVersion: version,
          mappingDataVersion: version,
          topicConfigTable,
          topicQueueMappingDetailMap: {},
          topicQueueMappingInfoMap: {},
        },
      }),
      'utf8',
    );
    this.#body = { version, bytes };
    return bytes;
  }
}
