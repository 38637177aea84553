/** The administrative requests of mqadmin. All reject with AdminError. */
import { Buffer } from 'node:buffer';
import type { OutgoingRequest } from '../remoting/channel.ts';
import { parseFastjsonObject } from '../remoting/fastjson.ts';
import { cleanBrokerDataRequestHeader } from '../remoting/header/clean-broker-data.ts';
import { changePeerRequestHeader } from '../remoting/header/controller-change-peer.ts';
import {
  type ElectMasterResponseHeader,
  electMasterRequestHeader,
  electMasterResponseHeader,
} from '../remoting/header/controller-elect-master.ts';
import {
  type GetMetadataResponseHeader,
  getMetadataResponseHeader,
} from '../remoting/header/controller-get-metadata-info.ts';
import { deleteTopicRequestHeader } from '../remoting/header/delete-topic-in-broker.ts';
import { getRouteInfoRequestHeader } from '../remoting/header/get-route-info-by-topic.ts';
import { createTopicRequestHeader } from '../remoting/header/update-and-create-topic.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RemotingError } from '../remoting/remoting-error.ts';
import { RequestCode, requestCodeName } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { formatProperties, parseProperties } from '../runtime/properties.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { AdminError } from './admin-error.ts';
import { type ClusterInfo, parseClusterInfo } from './cluster-info.ts';
import {
  type BrokerEpochs,
  parseBrokerEpochs,
  parseSyncStateData,
  type SyncStateInfo,
} from './replica-info.ts';
import { responseReason } from './send-outcome.ts';
import { masterId, parseTopicRoute, type TopicRoute } from './topic-route.ts';

export interface AdminOptions {
  /** "host:port" each. */
  readonly nameservers: readonly string[];
  readonly controllers?: readonly string[];
  readonly requestTimeoutMs?: number;
  /** Shared with others; it is not stopped with the admin. */
  readonly client?: RemotingClient;
}

export interface NewTopic {
  readonly topic: string;
  readonly queueNums: number;
  /** 4 read, 2 write. */
  readonly perm?: number;
  /** "+key=value,-key". */
  readonly attributes?: string;
}

const changeCodes = {
  'add-learner': RequestCode.CONTROLLER_ADD_LEARNER,
  promote: RequestCode.CONTROLLER_LEARNER_TO_FOLLOWER,
  remove: RequestCode.CONTROLLER_REMOVE_PEER,
} as const;

const requestTimeoutMsDefault = 3_000;
const permReadWrite = 6;

export class Admin {
  readonly #runtime: Runtime;
  readonly #options: AdminOptions;
  readonly #client: RemotingClient;

  constructor(runtime: Runtime, options: AdminOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#client = options.client ?? new RemotingClient(runtime);
  }

  /** Any request to any node: resolves with the response when its code is SUCCESS. */
  async ask(
    address: string,
    request: OutgoingRequest,
    timeoutMs = this.#timeoutMs(),
  ): Promise<RemotingCommand> {
    const what = requestCodeName(request.code);
    let response: RemotingCommand;
    try {
      response = await this.#client.request(address, request, timeoutMs);
    } catch (error) {
      if (!(error instanceof RemotingError)) throw error;
      throw new AdminError(error.message, { what, address, cause: error });
    }
    if (response.code === ResponseCode.SUCCESS) return response;
    throw new AdminError(responseReason(response.code, response.remark), {
      what,
      address,
      code: response.code,
    });
  }

  async clusterInfo(): Promise<ClusterInfo> {
    const response = await this.#askAny(this.#options.nameservers, {
      code: RequestCode.GET_BROKER_CLUSTER_INFO,
    });
    return parseClusterInfo(bodyText(response));
  }

  async topicRoute(topic: string): Promise<TopicRoute> {
    const response = await this.#askAny(this.#options.nameservers, routeRequest(topic));
    return parseTopicRoute(topic, response.body);
  }

  /** Makes or changes the topic at the broker of this address. */
  async createTopicAt(address: string, topic: NewTopic): Promise<void> {
    const extFields = createTopicRequestHeader.encode({
      topic: topic.topic,
      defaultTopic: 'TBW102',
      readQueueNums: topic.queueNums,
      writeQueueNums: topic.queueNums,
      perm: topic.perm ?? permReadWrite,
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: 0,
      order: false,
      attributes: topic.attributes,
      force: false,
    });
    await this.ask(address, { code: RequestCode.UPDATE_AND_CREATE_TOPIC, extFields });
  }

  /** At every master that the nameservers know, of the cluster if one is named. Returns the broker names. */
  async createTopic(topic: NewTopic, cluster?: string): Promise<readonly string[]> {
    const masters = await this.#masters(cluster);
    for (const { address } of masters) await this.createTopicAt(address, topic);
    return masters.map(({ brokerName }) => brokerName);
  }

  /** Resolves with true once every nameserver has a route of the topic with a master; false when the time is over. */
  async topicIsKnown(topic: string, timeoutMs: number): Promise<boolean> {
    const { clock } = this.#runtime;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    for (;;) {
      const known = await Promise.all(
        this.#options.nameservers.map((nameserver) => this.#knowsTopic(nameserver, topic)),
      );
      if (known.every(Boolean)) return true;
      if (clock.monotonicMs() >= deadlineMs) return false;
      await new Promise<void>((resolve) => clock.after(50, resolve));
    }
  }

  async deleteTopicAt(address: string, topic: string): Promise<void> {
    const extFields = deleteTopicRequestHeader.encode({ topic });
    await this.ask(address, { code: RequestCode.DELETE_TOPIC_IN_BROKER, extFields });
  }

  /** The broker's figures by name, all as text (mqadmin brokerStatus). */
  async runtimeInfo(address: string): Promise<ReadonlyMap<string, string>> {
    const body = parseFastjsonObject(
      bodyText(await this.ask(address, { code: RequestCode.GET_BROKER_RUNTIME_INFO })),
    );
    const table = body['table'];
    const entries =
      typeof table === 'object' && table !== null && !Array.isArray(table) ? Object.entries(table) : [];
    return new Map(entries.map(([key, value]) => [key, String(value)]));
  }

  /** The body as it came (mqadmin haStatus). */
  async haStatus(address: string): Promise<Record<string, unknown>> {
    return parseFastjsonObject(bodyText(await this.ask(address, { code: RequestCode.GET_BROKER_HA_STATUS })));
  }

  async brokerEpoch(address: string): Promise<BrokerEpochs> {
    return parseBrokerEpochs(bodyText(await this.ask(address, { code: RequestCode.GET_BROKER_EPOCH_CACHE })));
  }

  async brokerConfig(address: string): Promise<ReadonlyMap<string, string>> {
    const text = bodyText(await this.ask(address, { code: RequestCode.GET_BROKER_CONFIG }));
    return new Map(parseProperties(text).map(({ key, value }) => [key, value]));
  }

  async updateBrokerConfig(address: string, entries: Iterable<readonly [string, string]>): Promise<void> {
    await this.ask(address, {
      code: RequestCode.UPDATE_BROKER_CONFIG,
      body: Buffer.from(formatProperties(entries)),
    });
  }

  /** What this controller says of its group; any member answers. */
  async controllerMetadata(controller: string): Promise<GetMetadataResponseHeader> {
    const response = await this.ask(controller, { code: RequestCode.CONTROLLER_GET_METADATA_INFO });
    return getMetadataResponseHeader.decode(response.extFields);
  }

  /** The address of the leader that a controller names. */
  async controllerLeader(): Promise<string> {
    const controllers = this.#options.controllers ?? [];
    let failed = new AdminError('none is given', {
      what: 'CONTROLLER_GET_METADATA_INFO',
      address: 'the controllers',
    });
    for (const controller of controllers) {
      try {
        const { controllerLeaderAddress } = await this.controllerMetadata(controller);
        if (controllerLeaderAddress !== undefined && controllerLeaderAddress !== '')
          return controllerLeaderAddress;
        failed = new AdminError('it knows no leader', {
          what: 'CONTROLLER_GET_METADATA_INFO',
          address: controller,
        });
      } catch (error) {
        if (!(error instanceof AdminError)) throw error;
        failed = error;
      }
    }
    throw failed;
  }

  /** From the leader, by broker name; without the broker sets that it does not know. */
  async syncStateSet(brokerNames: readonly string[]): Promise<ReadonlyMap<string, SyncStateInfo>> {
    const leader = await this.controllerLeader();
    const body = Buffer.from(JSON.stringify(brokerNames));
    const response = await this.ask(leader, { code: RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, body });
    return parseSyncStateData(bodyText(response));
  }

  /** Makes this broker the master, or rejects. */
  async electMaster(
    clusterName: string,
    brokerName: string,
    brokerId: number,
  ): Promise<ElectMasterResponseHeader> {
    const leader = await this.controllerLeader();
    const extFields = electMasterRequestHeader.encode({
      clusterName,
      brokerName,
      brokerId,
      designateElect: true,
      invokeTime: this.#runtime.clock.wallMs(),
    });
    const response = await this.ask(leader, { code: RequestCode.CONTROLLER_ELECT_MASTER, extFields });
    return electMasterResponseHeader.decode(response.extFields);
  }

  /** Removes these brokers from the controllers' memory, dead ones only unless `evenAlive`; or rejects. */
  async cleanBrokerData(
    clusterName: string,
    brokerName: string,
    brokerIds: readonly number[],
    evenAlive = false,
  ): Promise<void> {
    const leader = await this.controllerLeader();
    const extFields = cleanBrokerDataRequestHeader.encode({
      clusterName,
      brokerName,
      brokerControllerIdsToClean: brokerIds.join(';'),
      isCleanLivingBroker: evenAlive,
      invokeTime: this.#runtime.clock.wallMs(),
    });
    await this.ask(leader, { code: RequestCode.CLEAN_BROKER_DATA, extFields });
  }

  /** Adds a controller that learns the log first, lets a learner vote, or removes one; resolves once that is committed. */
  async changeController(
    change: 'add-learner' | 'promote' | 'remove',
    peerId: string,
    peerAddress?: string,
  ): Promise<void> {
    const leader = await this.controllerLeader();
    const extFields = changePeerRequestHeader.encode({ peerId, peerAddress });
    await this.ask(leader, { code: changeCodes[change], extFields });
  }

  stop(): void {
    if (this.#options.client === undefined) this.#client.stop();
  }

  async #masters(cluster: string | undefined): Promise<{ brokerName: string; address: string }[]> {
    const { brokers } = await this.clusterInfo();
    const masters = brokers
      .filter((broker) => cluster === undefined || broker.cluster === cluster)
      .flatMap(({ brokerName, addresses }) => {
        const address = addresses.get(masterId);
        return address === undefined ? [] : [{ brokerName, address }];
      });
    if (masters.length > 0) return masters;
    const where = cluster === undefined ? 'the nameservers' : `cluster ${cluster}`;
    throw new AdminError('no master is registered', { what: 'GET_BROKER_CLUSTER_INFO', address: where });
  }

  async #knowsTopic(nameserver: string, topic: string): Promise<boolean> {
    try {
      const response = await this.ask(nameserver, routeRequest(topic));
      return parseTopicRoute(topic, response.body).brokers.some(({ addresses }) => addresses.has(masterId));
    } catch (error) {
      if (error instanceof AdminError) return false;
      throw error;
    }
  }

  /** The first that answers, in their order. */
  async #askAny(addresses: readonly string[], request: OutgoingRequest): Promise<RemotingCommand> {
    let failed = new AdminError('no address is given', {
      what: requestCodeName(request.code),
      address: 'nowhere',
    });
    for (const address of addresses) {
      try {
        return await this.ask(address, request);
      } catch (error) {
        if (!(error instanceof AdminError)) throw error;
        failed = error;
      }
    }
    throw failed;
  }

  #timeoutMs(): number {
    return this.#options.requestTimeoutMs ?? requestTimeoutMsDefault;
  }
}

function routeRequest(topic: string): OutgoingRequest {
  return {
    code: RequestCode.GET_ROUTEINFO_BY_TOPIC,
    extFields: getRouteInfoRequestHeader.encode({ topic, acceptStandardJsonOnly: true }),
  };
}

function bodyText(response: RemotingCommand): string {
  return Buffer.from(response.body ?? []).toString('utf8');
}
