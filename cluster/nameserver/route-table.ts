/**
 * Which brokers are there, under which ids, and which topics they hold: pure, on monotonic times it is given.
 *
 * Rules in the order of RocketMQ's RouteInfoManager.registerBroker, with the fence first: a refused registration changes nothing.
 */
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { type DataVersion, isSameDataVersion } from './data-version.ts';
import { type QueueData, type TopicQueueData, TopicQueues } from './topic-queues.ts';

export const masterId = 0;

export interface Registration {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly haServerAddress: string;
  readonly timeoutMs: number;
  /** Undefined for brokers before 5.0. */
  readonly enableActingMaster: boolean | undefined;
  readonly dataVersion: DataVersion;
  readonly topics: readonly TopicQueueData[];
}

export type RegistrationResult =
  /** The master's addresses, for a registrant that is not the master. */
  | { readonly kind: 'registered'; readonly masterAddress?: string; readonly haServerAddress?: string }
  /** A master of an older epoch than one that registered before. */
  | { readonly kind: 'fenced'; readonly masterEpoch: number; readonly currentEpoch: number }
  /** Held-back bytes of a connection that the broker has replaced. */
  | { readonly kind: 'late' };

export interface BrokerData {
  readonly cluster: string;
  readonly brokerName: string;
  readonly brokerAddrs: ReadonlyMap<number, string>;
  readonly enableActingMaster: boolean;
}

export interface TopicRoute {
  readonly queueDatas: readonly QueueData[];
  readonly brokerDatas: readonly BrokerData[];
}

/** One registration that is alive. */
export interface LiveBroker {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerId: number;
  readonly brokerAddress: string;
  readonly haServerAddress: string;
  readonly timeoutMs: number;
  readonly heardMs: number;
  /** The connection it came by last. */
  readonly channelId: number;
  /** Undefined when the topics we hold are not known to be all of that version. */
  readonly dataVersion: DataVersion | undefined;
}

/** The route to the master of a broker set is another one now. */
export interface MasterRoute {
  readonly brokerName: string;
  /** Null: there is none any more. */
  readonly brokerAddress: string | null;
  /** Of who registered, or of who was there before. */
  readonly masterEpoch: number;
  readonly cause: 'registered' | 'unregistered' | 'fenced' | 'closed' | 'silent';
  /** Whose word it was. */
  readonly by: string;
}

export class RouteTable {
  readonly #brokerSets = new Map<string, BrokerData & { brokerAddrs: Map<number, string> }>();
  /** By cluster and address. */
  readonly #live = new Map<string, LiveBroker>();
  /** The highest epoch that registered as master, per broker name. Outlives the registration itself (HOLES.md B47). */
  readonly #masterEpochs = new Map<string, number>();
  readonly #topics = new TopicQueues();
  readonly #seededBugs: ReadonlySet<SeededBug>;

  readonly #onMaster: (change: MasterRoute) => void;

  constructor(
    seededBugs: ReadonlySet<SeededBug> = new Set(),
    onMaster: (change: MasterRoute) => void = () => undefined,
  ) {
    this.#seededBugs = seededBugs;
    this.#onMaster = onMaster;
  }

  register(
    registration: Registration,
    channelId: number,
    nowMs: number,
    dropMissingTopics = false,
  ): RegistrationResult {
    const { clusterName, brokerName, brokerId, brokerAddress, dataVersion } = registration;
    const known = this.#live.get(liveKey(clusterName, brokerAddress));
    if (known !== undefined && channelId < known.channelId) return { kind: 'late' };
    if (brokerId === masterId) {
      const currentEpoch = this.#masterEpochs.get(brokerName) ?? 0;
      if (dataVersion.stateVersion < currentEpoch && !this.#seededBugs.has('ignore-epoch-in-routes')) {
        this.#remove(known, 'fenced', brokerAddress);
        return { kind: 'fenced', masterEpoch: dataVersion.stateVersion, currentEpoch };
      }
      this.#masterEpochs.set(brokerName, dataVersion.stateVersion);
    }
    const isNewHolder = this.#map(registration);
    if (isNewHolder && brokerId === masterId) {
      const masterEpoch = dataVersion.stateVersion;
      this.#onMaster({ brokerName, brokerAddress, masterEpoch, cause: 'registered', by: brokerAddress });
    }
    if (this.#speaksForTopics(registration)) {
      if (
        isNewHolder ||
        known?.dataVersion === undefined ||
        !isSameDataVersion(known.dataVersion, dataVersion)
      ) {
        this.#takeTopics(registration, dropMissingTopics);
      }
    }
    // One topic alone from a broker we do not know is one that changed, not its table (RocketMQ refuses it): take it, and ask for the rest.
    const isPart = isNewHolder && registration.topics.length === 1;
    const { haServerAddress, timeoutMs } = registration;
    this.#live.set(liveKey(clusterName, brokerAddress), {
      ...{ clusterName, brokerName, brokerId, brokerAddress, haServerAddress, timeoutMs },
      ...{ heardMs: nowMs, channelId, dataVersion: isPart ? undefined : dataVersion },
    });
    return { kind: 'registered', ...this.#masterOf(registration) };
  }

  /** Only the mapping of this id to this address: a late good-bye of an old master must not take the new one along (B48). */
  unregister(
    broker: Pick<Registration, 'clusterName' | 'brokerName' | 'brokerId' | 'brokerAddress'>,
    channelId: number,
  ): void {
    if (this.#seededBugs.has('unregister-by-id')) {
      const holder = this.#brokerSets.get(broker.brokerName)?.brokerAddrs.get(broker.brokerId);
      const live = holder === undefined ? undefined : this.#live.get(liveKey(broker.clusterName, holder));
      this.#remove(live, 'unregistered', broker.brokerAddress);
      return;
    }
    const known = this.#live.get(liveKey(broker.clusterName, broker.brokerAddress));
    if (known === undefined || channelId < known.channelId) return;
    if (known.brokerName !== broker.brokerName || known.brokerId !== broker.brokerId) return;
    this.#remove(known, 'unregistered', broker.brokerAddress);
  }

  /** False when the broker has to register. */
  heard(clusterName: string, brokerAddress: string, channelId: number, nowMs: number): boolean {
    const key = liveKey(clusterName, brokerAddress);
    const known = this.#live.get(key);
    if (known === undefined || channelId < known.channelId) return known !== undefined;
    this.#live.set(key, { ...known, heardMs: nowMs, channelId });
    return true;
  }

  dataVersion(clusterName: string, brokerAddress: string): DataVersion | undefined {
    return this.#live.get(liveKey(clusterName, brokerAddress))?.dataVersion;
  }

  /** Ends what came by this connection and by no newer one. */
  channelClosed(channelId: number): readonly LiveBroker[] {
    return this.#removeAll((live) => live.channelId === channelId, 'closed');
  }

  expire(nowMs: number): readonly LiveBroker[] {
    return this.#removeAll((live) => nowMs - live.heardMs > live.timeoutMs, 'silent');
  }

  /** After a stop of our own: nobody was silent but us. */
  startFresh(nowMs: number): void {
    for (const [key, live] of this.#live) this.#live.set(key, { ...live, heardMs: nowMs });
  }

  /** Undefined when no broker that is there holds the topic. */
  route(topic: string): TopicRoute | undefined {
    const queueDatas = this.#topics.of(topic);
    const brokerDatas = queueDatas.flatMap(({ brokerName }) => this.#brokerSets.get(brokerName) ?? []);
    return brokerDatas.length === 0 ? undefined : { queueDatas, brokerDatas };
  }

  brokerSets(): readonly BrokerData[] {
    return [...this.#brokerSets.values()];
  }

  brokerSet(brokerName: string): BrokerData | undefined {
    return this.#brokerSets.get(brokerName);
  }

  topicNames(): readonly string[] {
    return this.#topics.names();
  }

  topicsOf(cluster: string): readonly string[] {
    return this.topicNames().filter((topic) =>
      this.queueDatas(topic).some(({ brokerName }) => this.brokerSet(brokerName)?.cluster === cluster),
    );
  }

  queueDatas(topic: string): readonly QueueData[] {
    return this.#topics.of(topic);
  }

  setWritable(brokerName: string, isWritable: boolean): number {
    return this.#topics.setWritable(brokerName, isWritable);
  }

  /** Of one cluster's brokers, or of all. */
  deleteTopic(topic: string, cluster?: string): void {
    for (const { brokerName } of this.queueDatas(topic)) {
      if (cluster === undefined || this.brokerSet(brokerName)?.cluster === cluster) {
        this.#topics.drop(topic, brokerName);
      }
    }
  }

  putTopic(topicName: string, queueDatas: readonly QueueData[]): void {
    for (const queueData of queueDatas) this.#topics.put(queueData.brokerName, { ...queueData, topicName });
  }

  /** Gives the id to the address, and takes other ids from it (a role switch). Returns true when the id was not the address's before. */
  #map(registration: Registration): boolean {
    const { clusterName, brokerName, brokerId, brokerAddress } = registration;
    const brokerSet = this.#brokerSets.get(brokerName);
    const brokerAddrs = brokerSet?.brokerAddrs ?? new Map<number, string>();
    const isNewHolder = brokerAddrs.get(brokerId) !== brokerAddress;
    for (const [id, address] of brokerAddrs) {
      if (address === brokerAddress && id !== brokerId) brokerAddrs.delete(id);
    }
    brokerAddrs.set(brokerId, brokerAddress);
    const enableActingMaster = registration.enableActingMaster ?? false;
    this.#brokerSets.set(brokerName, { cluster: clusterName, brokerName, brokerAddrs, enableActingMaster });
    return isNewHolder;
  }

  /** The master, or with brokers from 5.0 on the smallest id that is left. */
  #speaksForTopics({ brokerName, brokerId, enableActingMaster }: Registration): boolean {
    if (brokerId === masterId) return true;
    const ids = [...(this.#brokerSets.get(brokerName)?.brokerAddrs.keys() ?? [])];
    return enableActingMaster !== undefined && brokerId === Math.min(...ids);
  }

  #takeTopics({ brokerName, topics }: Registration, dropMissing: boolean): void {
    if (dropMissing) {
      this.#topics.dropOthers(brokerName, new Set(topics.map(({ topicName }) => topicName)));
    }
    for (const topic of topics) this.#topics.put(brokerName, topic);
  }

  #masterOf(registration: Registration): { masterAddress?: string; haServerAddress?: string } {
    if (registration.brokerId === masterId) return {};
    const masterAddress = this.#brokerSets.get(registration.brokerName)?.brokerAddrs.get(masterId);
    if (masterAddress === undefined) return {};
    const master = this.#live.get(liveKey(registration.clusterName, masterAddress));
    return master === undefined ? {} : { masterAddress, haServerAddress: master.haServerAddress };
  }

  #removeAll(ends: (live: LiveBroker) => boolean, cause: MasterRoute['cause']): readonly LiveBroker[] {
    const ended = [...this.#live.values()].filter(ends);
    for (const live of ended) this.#remove(live, cause, live.brokerAddress);
    return ended;
  }

  #remove(live: LiveBroker | undefined, cause: MasterRoute['cause'], by: string): void {
    if (live === undefined) return;
    const { clusterName, brokerName, brokerId, brokerAddress } = live;
    this.#live.delete(liveKey(clusterName, brokerAddress));
    const brokerSet = this.#brokerSets.get(brokerName);
    if (brokerSet?.brokerAddrs.get(brokerId) !== brokerAddress) return;
    brokerSet.brokerAddrs.delete(brokerId);
    if (brokerId === masterId) {
      const masterEpoch = this.#masterEpochs.get(brokerName) ?? 0;
      this.#onMaster({ brokerName, brokerAddress: null, masterEpoch, cause, by });
    }
    if (brokerSet.brokerAddrs.size > 0) return;
    this.#brokerSets.delete(brokerName);
    this.#topics.dropOthers(brokerName, new Set());
  }
}

function liveKey(clusterName: string, brokerAddress: string): string {
  return `${brokerAddress}/${clusterName}`;
}
