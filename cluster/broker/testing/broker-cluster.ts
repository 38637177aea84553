/** Three nameservers with controllers (c1-c3), three brokers (n1-n3) and a client host (w1) in the simulated world, for tests. */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import { parseControllerConfig } from '../../controller/controller-config.ts';
import { decodeMessages } from '../../message/decode-message.ts';
import { NameServer } from '../../nameserver/nameserver.ts';
import { parseNameServerConfig } from '../../nameserver/nameserver-config.ts';
import { type FastjsonObject, parseFastjsonObject } from '../../remoting/fastjson.ts';
import { encodeSendMessageRequestHeaderV2 } from '../../remoting/header/send-message-v2.ts';
import { RemotingClient } from '../../remoting/remoting-client.ts';
import type { RemotingCommand } from '../../remoting/remoting-command.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import type { Clock } from '../../runtime/clock.ts';
import { readConfig } from '../../runtime/config-key.ts';
import type { SeededBug } from '../../runtime/seeded-bug.ts';
import { Broker } from '../broker.ts';
import { type BrokerConfig, brokerConfigKeys, completeBrokerConfig } from '../broker-config.ts';

export const controllerNames = ['c1', 'c2', 'c3'] as const;
export const brokerNames = ['n1', 'n2', 'n3'] as const;
const peers = controllerNames.map((name, index) => `n${index}-${name}:9878`).join(';');

export interface ClusterOptions {
  readonly seed?: number;
  readonly seededBugs?: Iterable<SeededBug>;
  /** Keys of the brokers' files. */
  readonly brokerKeys?: Readonly<Record<string, string>>;
}

export interface Pulled {
  readonly code: number;
  readonly remark: string | null;
  readonly nextBeginOffset: number;
  readonly maxOffset: number;
  readonly bodies: readonly string[];
}

export class BrokerCluster {
  readonly world: SimWorld;
  readonly brokers = new Map<string, Broker>();
  readonly nameservers = new Map<string, NameServer>();
  readonly client: RemotingClient;
  readonly clientClock: Clock;
  readonly #keys: Readonly<Record<string, string>>;
  /** What each broker that stopped itself said. */
  readonly failures = new Map<string, Error>();

  constructor(options: ClusterOptions = {}) {
    this.world = new SimWorld(options.seed ?? 1, { seededBugs: options.seededBugs ?? [] });
    this.#keys = options.brokerKeys ?? {};
    for (const name of [...controllerNames, ...brokerNames, 'w1']) this.world.host(name);
    const runtime = this.world.host('w1').start();
    this.clientClock = runtime.clock;
    this.client = new RemotingClient(runtime, { connectTimeoutMs: 500 });
  }

  /** All are up, one is master, all are in its SyncStateSet. */
  async startAll(): Promise<void> {
    for (const name of controllerNames) this.startController(name);
    for (const name of brokerNames) this.startBroker(name);
    await this.untilAllInSync();
  }

  startController(name: string): void {
    const values = new Map([
      ['bindAddress', name],
      ['enableControllerInNamesrv', 'true'],
      ['controllerDLegerGroup', 'group1'],
      ['controllerDLegerPeers', peers],
      ['controllerDLegerSelfId', `n${controllerNames.indexOf(name as 'c1')}`],
    ]);
    const runtime = this.world.host(name).start();
    const nameserver = new NameServer(runtime, parseNameServerConfig(values), parseControllerConfig(values));
    this.nameservers.set(name, nameserver);
    nameserver.start().catch((error: unknown) => runtime.fatal(error as Error));
  }

  startBroker(name: string): Broker {
    const runtime = this.world.host(name).start();
    const broker = new Broker(runtime, this.configOf(name), (error) => this.failures.set(name, error));
    this.brokers.set(name, broker);
    broker.start().catch((error: unknown) => runtime.fatal(error as Error));
    return broker;
  }

  configOf(name: string): BrokerConfig {
    const values = new Map(
      Object.entries({
        brokerName: 'broker-a',
        brokerIP1: name,
        bindAddress: name,
        namesrvAddr: controllerNames.map((controller) => `${controller}:9876`).join(';'),
        controllerAddr: controllerNames.map((controller) => `${controller}:9878`).join(';'),
        enableControllerMode: 'true',
        storePathRootDir: '/store',
        mappedFileSizeCommitLog: String(64 * 1024),
        mappedFileSizeConsumeQueue: String(200 * 20),
        flushDiskType: 'SYNC_FLUSH',
        minInSyncReplicas: '2',
        linearizableRead: 'true',
        ...this.#keys,
      }),
    );
    return completeBrokerConfig(readConfig(brokerConfigKeys, values), { nodeId: name, home: '/home' });
  }

  broker(name: string): Broker {
    const broker = this.brokers.get(name);
    assert(broker !== undefined, `${name} was never started`);
    return broker;
  }

  kill(name: string, options: { readonly powerCut?: boolean } = {}): void {
    this.world.host(name).kill(options);
    this.brokers.delete(name);
  }

  /** The active controller. */
  controllerLeader(): string {
    for (const [name, nameserver] of this.nameservers) {
      if (this.world.host(name).running && nameserver.controller?.isLeader() === true) return name;
    }
    return '';
  }

  /** The unfenced master of the newest epoch; undefined when there is none. */
  master(): string | undefined {
    let newest: { readonly name: string; readonly masterEpoch: number } | undefined;
    for (const [name, broker] of this.brokers) {
      const role = broker.role();
      if (role.kind !== 'master' || this.world.host(name).paused) continue;
      if (newest === undefined || role.masterEpoch > newest.masterEpoch) {
        newest = { name, masterEpoch: role.masterEpoch };
      }
    }
    return newest?.name;
  }

  masterEpoch(): number {
    const name = this.master();
    const role = name === undefined ? undefined : this.broker(name).role();
    return role?.kind === 'master' ? role.masterEpoch : 0;
  }

  inSync(): number {
    const name = this.master();
    return name === undefined ? 0 : (this.broker(name).ha?.status().master?.inSync ?? 0);
  }

  async untilMaster(not?: string): Promise<string> {
    await this.world.run(() => this.master() !== undefined && this.master() !== not, 20_000);
    return this.master() ?? '';
  }

  async untilAllInSync(count: number = brokerNames.length): Promise<void> {
    await this.world.run(() => this.inSync() === count, 20_000);
  }

  request(
    name: string,
    code: number,
    extFields: Readonly<Record<string, string>> = {},
    options: { readonly body?: string; readonly timeoutMs?: number } = {},
  ): Promise<RemotingCommand> {
    const request = {
      code,
      extFields,
      ...(options.body === undefined ? {} : { body: Buffer.from(options.body) }),
    };
    const address = `${name}:${name.startsWith('c') ? 9876 : 10911}`;
    return this.world.settle(this.client.request(address, request, options.timeoutMs ?? 4000));
  }

  createTopic(name: string, topic: string): Promise<RemotingCommand> {
    return this.request(name, RequestCode.UPDATE_AND_CREATE_TOPIC, {
      topic,
      defaultTopic: 'TBW102',
      readQueueNums: '2',
      writeQueueNums: '2',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: '0',
      order: 'false',
    });
  }

  /** Without waiting. */
  startSend(
    name: string,
    topic: string,
    body: string,
    options: { readonly properties?: string; readonly queueId?: number; readonly timeoutMs?: number } = {},
  ): Promise<RemotingCommand> {
    const extFields = encodeSendMessageRequestHeaderV2({
      producerGroup: 'pg',
      topic,
      defaultTopic: 'TBW102',
      defaultTopicQueueNums: 4,
      queueId: options.queueId ?? 0,
      sysFlag: 0,
      bornTimestamp: 1,
      flag: 0,
      properties: options.properties ?? '',
      reconsumeTimes: 0,
      unitMode: false,
      maxReconsumeTimes: undefined,
      batch: false,
    });
    const request = { code: RequestCode.SEND_MESSAGE_V2, extFields, body: Buffer.from(body) };
    return this.client.request(`${name}:10911`, request, options.timeoutMs ?? 4000);
  }

  send(name: string, topic: string, body: string, properties = ''): Promise<RemotingCommand> {
    return this.world.settle(this.startSend(name, topic, body, { properties }));
  }

  /** Without waiting. */
  async startPull(
    name: string,
    topic: string,
    queueOffset: number,
    extFields: Readonly<Record<string, string>> = {},
  ): Promise<Pulled> {
    const response = await this.client.request(
      `${name}:10911`,
      {
        code: RequestCode.PULL_MESSAGE,
        extFields: {
          consumerGroup: 'cg',
          topic,
          queueId: '0',
          queueOffset: String(queueOffset),
          maxMsgNums: '32',
          sysFlag: '0',
          commitOffset: '0',
          suspendTimeoutMillis: '0',
          subVersion: '0',
          ...extFields,
        },
      },
      90_000,
    );
    const messages = response.body === null ? [] : decodeMessages(response.body);
    return {
      code: response.code,
      remark: response.remark,
      nextBeginOffset: Number(response.extFields?.['nextBeginOffset']),
      maxOffset: Number(response.extFields?.['maxOffset']),
      bodies: messages.map((message) => Buffer.from(message.body).toString()),
    };
  }

  pull(
    name: string,
    topic: string,
    queueOffset: number,
    extFields: Readonly<Record<string, string>> = {},
  ): Promise<Pulled> {
    return this.world.settle(this.startPull(name, topic, queueOffset, extFields), 90_000);
  }

  /** All messages of queue 0, in order. */
  async pullAll(name: string, topic: string): Promise<readonly string[]> {
    const bodies: string[] = [];
    for (;;) {
      const pulled = await this.pull(name, topic, bodies.length);
      if (pulled.code !== 0) return bodies;
      bodies.push(...pulled.bodies);
    }
  }

  /** Addresses of a topic's brokers by id, as one nameserver tells them; undefined when it has no route. */
  async route(nameserver: string, topic: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const response = await this.request(nameserver, RequestCode.GET_ROUTEINFO_BY_TOPIC, { topic });
    if (response.code !== 0) return undefined;
    const route = parseFastjsonObject(Buffer.from(response.body ?? []).toString());
    const [brokerData] = route['brokerDatas'] as FastjsonObject[];
    return brokerData?.['brokerAddrs'] as FastjsonObject | undefined;
  }

  async runtimeInfo(name: string): Promise<Readonly<Record<string, string>>> {
    const response = await this.request(name, RequestCode.GET_BROKER_RUNTIME_INFO);
    const info = JSON.parse(Buffer.from(response.body ?? []).toString()) as { table: Record<string, string> };
    return info.table;
  }
}
