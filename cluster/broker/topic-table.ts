/** The topics of a broker: built-in ones, and those that the log holds, as far as it was applied. */
import { Buffer } from 'node:buffer';
import { type TopicConfig, topicConfigFromJson, topicConfigJson } from './topic-config.ts';
import type { TopicRecord } from './topic-record.ts';

export interface DataVersion {
  /** The masterEpoch: a nameserver never replaces a newer one by an older one. */
  readonly stateVersion: number;
  /** Wall clock, for people. */
  readonly timestamp: number;
  /** Grows with every applied record, alike on every replica. */
  readonly counter: number;
}

export class TopicTable {
  readonly #builtIn: ReadonlyMap<string, TopicConfig>;
  #fromLog = new Map<string, TopicConfig>();
  #nextQueueOffset = 0;
  #endPhysicalOffset = 0;
  #stateVersion = 0;
  #timestamp = 0;

  constructor(builtIn: readonly TopicConfig[]) {
    this.#builtIn = new Map(builtIn.map((config) => [config.topicName, config]));
  }

  get(topic: string): TopicConfig | undefined {
    return this.#fromLog.get(topic) ?? this.#builtIn.get(topic);
  }

  all(): readonly TopicConfig[] {
    const topics = new Map([...this.#builtIn, ...this.#fromLog]);
    return [...topics.values()].sort((a, b) => (a.topicName < b.topicName ? -1 : 1));
  }

  /** The queue offset of the first record that was not applied. */
  nextQueueOffset(): number {
    return this.#nextQueueOffset;
  }

  /** Where the last applied record ends in the log; 0 when there was none. */
  endPhysicalOffset(): number {
    return this.#endPhysicalOffset;
  }

  dataVersion(): DataVersion {
    return {
      stateVersion: this.#stateVersion,
      timestamp: this.#timestamp,
      counter: this.#nextQueueOffset,
    };
  }

  setStateVersion(masterEpoch: number): void {
    this.#stateVersion = masterEpoch;
  }

  /** Applies records in the order of the log; one that was applied before changes nothing. `record` is undefined for an unreadable one. */
  apply(
    record: TopicRecord | undefined,
    at: { queueOffset: number; endPhysicalOffset: number; timestamp: number },
  ): void {
    if (at.queueOffset < this.#nextQueueOffset) return;
    if (record?.kind === 'put') this.#fromLog.set(record.config.topicName, record.config);
    if (record?.kind === 'delete') this.#fromLog.delete(record.topic);
    this.#nextQueueOffset = at.queueOffset + 1;
    this.#endPhysicalOffset = at.endPhysicalOffset;
    this.#timestamp = at.timestamp;
  }

  /** RocketMQ's topics.json, with the place in the log that it stands for. */
  toJson(): Record<string, unknown> {
    const topics = this.all();
    return {
      dataVersion: this.dataVersion(),
      topicConfigTable: Object.fromEntries(
        topics.map((config) => [config.topicName, topicConfigJson(config)]),
      ),
      nextQueueOffset: this.#nextQueueOffset,
      endPhysicalOffset: this.#endPhysicalOffset,
    };
  }

  /**
   * Takes over a snapshot that covers the log up to `confirmOffset` at most. Returns false, changing nothing, when it is unreadable or claims more:
   * queue offsets beyond what the log confirmed may yet be given to other records, which would then be passed over.
   */
  restore(text: string, confirmOffset: number): boolean {
    const snapshot = parseSnapshot(text);
    if (snapshot === undefined || snapshot.endPhysicalOffset > confirmOffset) return false;
    this.#fromLog = new Map(
      snapshot.topics
        .filter((config) => !this.#builtIn.has(config.topicName))
        .map((config) => [config.topicName, config]),
    );
    this.#nextQueueOffset = snapshot.nextQueueOffset;
    this.#endPhysicalOffset = snapshot.endPhysicalOffset;
    return true;
  }
}

export function encodeSnapshot(table: TopicTable): Uint8Array {
  return Buffer.from(`${JSON.stringify(table.toJson(), null, 1)}\n`, 'utf8');
}

interface Snapshot {
  readonly topics: readonly TopicConfig[];
  readonly nextQueueOffset: number;
  readonly endPhysicalOffset: number;
}

function parseSnapshot(text: string): Snapshot | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { topicConfigTable, nextQueueOffset, endPhysicalOffset } = value as Readonly<Record<string, unknown>>;
  if (typeof topicConfigTable !== 'object' || topicConfigTable === null) return undefined;
  if (!isOffset(nextQueueOffset) || !isOffset(endPhysicalOffset)) return undefined;
  const topics: TopicConfig[] = [];
  for (const entry of Object.values(topicConfigTable)) {
    const config = topicConfigFromJson(entry);
    if (config === undefined) return undefined;
    topics.push(config);
  }
  return { topics, nextQueueOffset, endPhysicalOffset };
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
