/** One broker: a store, the HA service that replicates it, a role given by the controller, and a server for clients. */

import { LiveConfig } from '../controller/live-config.ts';
import { AutoSwitchHaService } from '../ha/auto-switch-ha-service.ts';
import type { HaDelegate } from '../ha/ha-delegate.ts';
import type { HaOptions } from '../ha/ha-options.ts';
import type { HostAddress } from '../message/host-address.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { MessageStore } from '../store/message-store.ts';
import { type BrokerConfig, brokerConfigKeys, brokerLiveKeys, builtInTopics } from './broker-config.ts';
import { BrokerCounters } from './broker-counters.ts';
import { BrokerIdentityFiles } from './broker-identity.ts';
import type { BrokerServices } from './broker-services.ts';
import { ControllerClient } from './controller-client.ts';
import { haRuntimeInfo } from './ha-runtime-info.ts';
import { Incarnation } from './incarnation.ts';
import { BrokerAdminProcessor } from './processor/broker-admin.ts';
import { PullMessageProcessor } from './processor/pull-message.ts';
import { QueueOffsetProcessor } from './processor/queue-offset.ts';
import { SendMessageProcessor } from './processor/send-message.ts';
import { TopicAdminProcessor } from './processor/topic-admin.ts';
import { repeat } from './repeat.ts';
import type { BrokerRole } from './replicas-decision.ts';
import { ReplicasManager } from './replicas-manager.ts';
import { RouteRegistrar } from './route-registrar.ts';
import { TopicConfigLog } from './topic-config-log.ts';
import { TopicTable } from './topic-table.ts';

/** Short: a controller or nameserver that is cut off must not hold back what follows. */
const connectTimeoutMs = 1000;
const sampleIntervalMs = 1000;
const lastingRoomMs = 5000;

interface Parts {
  readonly store: MessageStore;
  readonly ha: AutoSwitchHaService;
  readonly client: RemotingClient;
  readonly server: RemotingServer;
  readonly topics: TopicConfigLog;
  readonly controllers: ControllerClient;
  readonly manager: ReplicasManager;
  readonly registrar: RouteRegistrar;
  readonly pulls: PullMessageProcessor;
}

export class Broker {
  readonly #runtime: Runtime;
  readonly #config: BrokerConfig;
  readonly #onFailure: (error: Error) => void;
  #parts: Parts | undefined;
  #sampler: Timer | undefined;
  #roomTimer: Timer | undefined;
  #isToldFull = false;
  #isStopping = false;
  #isReady = false;

  /** `onFailure` is called once when the broker has stopped itself because its store is broken. */
  constructor(runtime: Runtime, config: BrokerConfig, onFailure: (error: Error) => void = () => undefined) {
    this.#runtime = runtime;
    this.#config = config;
    this.#onFailure = onFailure;
  }

  /**
   * Recovers the store and listens; the role follows when the controller gives one. Rejects with what stands in the way: StoreError, DiskError,
   * NetworkError, BrokerIdentityError.
   */
  async start(): Promise<void> {
    const store = await MessageStore.open(this.#runtime, this.#storeConfig());
    const parts = this.#assemble(store);
    this.#parts = parts;
    try {
      await parts.ha.start();
      await parts.topics.start();
      await parts.server.start();
      parts.registrar.start();
      parts.controllers.start();
      await parts.manager.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** A clean stop: out of the routes, everything that was taken in on disk. Idempotent. */
  async stop(): Promise<void> {
    const parts = this.#parts;
    if (parts === undefined || this.#isStopping) return;
    this.#isStopping = true;
    this.#sampler?.cancel();
    this.#roomTimer?.cancel();
    parts.controllers.stop();
    parts.manager.stop();
    await parts.registrar.stop();
    // Answers what waits for replicas, so the server has answered everything when it stops.
    await parts.ha.stop();
    parts.pulls.stop();
    await parts.server.stop();
    await parts.topics.stop();
    parts.client.stop();
    await parts.store.close();
  }

  role(): BrokerRole {
    return this.#parts?.manager.role() ?? { kind: 'fenced', reason: 'the broker starts' };
  }

  /** Undefined before the controller gave one. */
  brokerId(): number | undefined {
    return this.#parts?.manager.brokerId();
  }

  /** For tests and tools that live in the same process. */
  get store(): MessageStore | undefined {
    return this.#parts?.store;
  }

  get ha(): AutoSwitchHaService | undefined {
    return this.#parts?.ha;
  }

  #assemble(store: MessageStore): Parts {
    const runtime = this.#runtime;
    const config = this.#config;
    const incarnation = new Incarnation(runtime.random);
    const server = new RemotingServer(runtime, {
      listen: { host: config.bindAddress, port: config.listenPort },
    });
    const client = new RemotingClient(runtime, {
      connectTimeoutMs,
      // Controllers push over the connections that carry the heartbeats.
      onRequest: ({ request }) => {
        if (request.code === RequestCode.NOTIFY_BROKER_ROLE_CHANGED)
          this.#parts?.manager.onRoleNotice(request);
      },
    });
    const ha = new AutoSwitchHaService(runtime, store, this.#haOptions(incarnation), this.#haDelegate());
    const topics = new TopicConfigLog(
      runtime,
      { store, ha, table: new TopicTable(builtInTopics(config)) },
      {
        snapshotPath: `${config.storePathRootDir}/config/topics.json`,
        storeHost: this.#storeHost(),
        changeTimeoutMs: config.slaveTimeout,
      },
    );
    const live = new LiveConfig(brokerConfigKeys, brokerLiveKeys, config);
    const services: BrokerServices = {
      runtime,
      get config() {
        return live.current;
      },
      store,
      ha,
      topics,
      role: () => this.role(),
    };
    const addresses = {
      clusterName: config.brokerClusterName,
      brokerName: config.brokerName,
      brokerAddress: `${config.brokerIP1}:${config.listenPort}`,
      haAddress: `${config.brokerIP2}:${config.haListenPort}`,
    };
    const registrar = new RouteRegistrar(runtime, client, topics, {
      ...addresses,
      nameservers: config.namesrvAddresses,
      heartbeatTimeoutMs: config.brokerNotActiveTimeoutMillis,
      periodMs: config.registerNameServerPeriod,
      timeoutMs: config.registerBrokerTimeoutMills,
    });
    const controllers = new ControllerClient(runtime, client, {
      addresses: config.controllerAddresses,
      probePeriodMs: config.syncControllerMetadataPeriod,
    });
    const manager = new ReplicasManager(runtime, {
      broker: addresses,
      incarnation,
      controllers,
      identities: new BrokerIdentityFiles(runtime, config.storePathBrokerIdentity, addresses),
      ha,
      store,
      heartbeatIntervalMs: config.brokerHeartbeatInterval,
      heartbeatTimeoutMs: config.controllerHeartBeatTimeoutMills,
      pollIntervalMs: config.syncBrokerMetadataPeriod,
      electionPriority: config.brokerElectionPriority,
      onRole: (role) => this.#onRole(role),
    });
    topics.onChange(() => registrar.announce());
    store.onState((state) => {
      if (state.kind === 'failed') this.#fail(state.error);
      else this.#tellRoom(state.kind === 'ok');
    });
    const pulls = this.#serve(server, services, { ha, store, manager, incarnation, live });
    store.onArrival((topic, queueId, queueMaxOffset, tagsCode) => {
      topics.onArrival(topic);
      pulls.onArrival(topic, queueId, queueMaxOffset, tagsCode);
    });
    return { store, ha, client, server, topics, controllers, manager, registrar, pulls };
  }

  #serve(
    server: RemotingServer,
    services: BrokerServices,
    parts: {
      readonly ha: AutoSwitchHaService;
      readonly store: MessageStore;
      readonly manager: ReplicasManager;
      readonly incarnation: Incarnation;
      readonly live: LiveConfig<BrokerConfig>;
    },
  ): PullMessageProcessor {
    const { ha, store, manager, incarnation, live } = parts;
    const counters = new BrokerCounters();
    const sends = new SendMessageProcessor(services, counters);
    const pulls = new PullMessageProcessor(services, counters);
    const insight = {
      brokerId: () => manager.brokerId(),
      incarnation: () => incarnation.current(),
      epochs: () => ha.epochs(),
      haStatus: () =>
        haRuntimeInfo(ha.status(), {
          maxOffset: store.maxOffset(),
          masterAddress: masterHaAddressOf(manager.role()),
        }),
      configText: () => live.text(),
      updateConfig: (text: string) => live.update(text, ''),
      waitingSends: () => sends.waitingSends(),
      heldPulls: () => pulls.heldPulls(),
      unansweredRequests: () => server.unansweredRequests(),
      openChannels: () => server.openChannels(),
    };
    sends.register(server);
    pulls.register(server);
    new QueueOffsetProcessor(services).register(server);
    new TopicAdminProcessor(services).register(server);
    new BrokerAdminProcessor(services, insight, counters).register(server);
    // Anybody can send it here; so it is no news, but a reason to ask the controller.
    server.handle(RequestCode.NOTIFY_BROKER_ROLE_CHANGED, (context) => {
      manager.poll();
      context.respond({ code: ResponseCode.SUCCESS });
    });
    this.#sampler = repeat(this.#runtime, 'the sampling of rates', sampleIntervalMs, () =>
      counters.sample(this.#runtime.clock),
    );
    return pulls;
  }

  #onRole(role: BrokerRole): void {
    const parts = this.#parts;
    if (parts === undefined) return;
    parts.pulls.onRole();
    if (role.kind === 'fenced') {
      parts.registrar.setRouteId(undefined);
      return;
    }
    parts.topics.setStateVersion(role.masterEpoch);
    parts.registrar.setRouteId(role.kind === 'master' ? 0 : parts.manager.brokerId());
    if (!this.#isReady) parts.registrar.onFirstSuccess(() => this.#ready());
  }

  #ready(): void {
    if (this.#isReady || this.#isStopping) return;
    this.#isReady = true;
    const { brokerName, brokerIP1, listenPort, namesrvAddr } = this.#config;
    this.#runtime.trace.emit('node-ready');
    this.#runtime.trace.log(
      'info',
      `The broker[${brokerName}, ${brokerIP1}:${listenPort}] boot success. serializeType=JSON and name server is ${namesrvAddr}`,
    );
  }

  /** What has its room already is still written in between: only the first word of a full disk is news, and room that lasts. */
  #tellRoom(hasRoom: boolean): void {
    const { clock, trace } = this.#runtime;
    const { storePathRootDir } = this.#config;
    this.#roomTimer?.cancel();
    if (hasRoom) {
      if (!this.#isToldFull) return;
      this.#roomTimer = clock.after(lastingRoomMs, () => {
        this.#isToldFull = false;
        trace.log('info', `the disk of ${storePathRootDir} has room again`);
      });
    } else if (!this.#isToldFull) {
      this.#isToldFull = true;
      const advice = 'what finds no room is refused until there is some; a restart is not needed';
      trace.log('error', `the disk of ${storePathRootDir} is full: ${advice}`);
    }
  }

  #fail(error: Error): void {
    if (this.#isStopping) return;
    this.#runtime.trace.log(
      'error',
      `the store in ${this.#config.storePathRootDir} is broken, stopping this broker: ${error.message}`,
    );
    void this.stop().then(
      () => this.#onFailure(error),
      (stopError: unknown) => {
        this.#runtime.trace.log('error', `the stop did not go well either: ${String(stopError)}`);
        this.#onFailure(error);
      },
    );
  }

  #haDelegate(): HaDelegate {
    return {
      proposeSyncStateSet: async (masterEpoch, syncStateSetEpoch, syncStateSet, incarnations) =>
        (await this.#parts?.manager.proposeSyncStateSet({
          ...{ masterEpoch, syncStateSetEpoch, syncStateSet, incarnations },
        })) ?? { kind: 'rejected', code: ResponseCode.CONTROLLER_INVALID_MASTER },
      deposed: (newerEpoch) => this.#parts?.manager.deposed(newerEpoch),
      connectionState: (event) => {
        if (event.kind === 'other-epoch') this.#parts?.manager.poll();
      },
    };
  }

  #haOptions(incarnation: Incarnation): HaOptions {
    const config = this.#config;
    return {
      selfBrokerId: () => this.#parts?.manager.brokerId() ?? -1,
      listen: { host: config.bindAddress, port: config.haListenPort },
      minInSyncReplicas: config.minInSyncReplicas,
      inSyncReplicas: config.inSyncReplicas,
      allAckInSyncStateSet: config.allAckInSyncStateSet,
      haSendHeartbeatInterval: config.haSendHeartbeatInterval,
      haHousekeepingInterval: config.haHousekeepingInterval,
      haMaxTimeSlaveNotCatchup: config.haMaxTimeSlaveNotCatchup,
      haTransferBatchSize: config.haTransferBatchSize,
      epochFilePath: config.storePathEpochFile,
      // Read at each handshake: a life may have to register anew.
      get incarnation() {
        return incarnation.current();
      },
    };
  }

  #storeConfig() {
    const config = this.#config;
    return {
      storePathRootDir: config.storePathRootDir,
      storePathCommitLog: config.storePathCommitLog,
      storeHost: this.#storeHost(),
      mappedFileSizeCommitLog: config.mappedFileSizeCommitLog,
      mappedFileSizeConsumeQueue: config.mappedFileSizeConsumeQueue,
      flushDiskType: config.flushDiskType,
      maxMessageSize: config.maxMessageSize,
    };
  }

  /** Records and message ids have room for a numeric address only: a name becomes 0.0.0.0 there. */
  #storeHost(): HostAddress {
    return { ip: this.#config.brokerIP1, port: this.#config.listenPort };
  }
}

function masterHaAddressOf(role: BrokerRole): string {
  return role.kind === 'slave' ? role.masterHaAddress : '';
}
