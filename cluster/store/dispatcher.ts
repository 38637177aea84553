/** Puts confirmed records into their queues, and keeps account of those that are not confirmed yet. */
import { deliverTime, SCHEDULE_TOPIC } from '../message/delay-levels.ts';
import type { EncodedProperties } from '../message/encoded-properties.ts';
import type { RecordReader } from '../message/record-reader.ts';
import { hasQueueOffset } from '../message/system-flag.ts';
import { tagsCodeOf } from '../message/tags-code.ts';
import type { ConsumeQueue } from './consume-queue/consume-queue.ts';
import type { ConsumeQueues } from './consume-queue/consume-queues.ts';
import { PendingRecords } from './pending-records.ts';

export type ArrivalListener = (
  topic: string,
  queueId: number,
  queueMaxOffset: number,
  tagsCode: number,
) => void;

/** Java brokers have left gaps in queues; none of this size. */
const QUEUE_GAP_MAX = 1_000_000;
/** So many entries have a place in a stream of 2^53 bytes. */
const QUEUE_OFFSET_MAX = 2 ** 48;

export class Dispatcher {
  readonly #queues: ConsumeQueues;
  readonly #delayLevelsMs: readonly number[];
  readonly #pending = new PendingRecords();
  readonly #arrivals: ArrivalListener[] = [];
  #dispatchedOffset = 0;
  #dispatchedTimestamp = 0;

  constructor(queues: ConsumeQueues, delayLevelsMs: readonly number[]) {
    this.#queues = queues;
    this.#delayLevelsMs = delayLevelsMs;
  }

  onArrival(listener: ArrivalListener): void {
    this.#arrivals.push(listener);
  }

  /** All records below are in their queues. */
  get dispatchedOffset(): number {
    return this.#dispatchedOffset;
  }

  /** When the last dispatched record was stored; 0 when none was. */
  get dispatchedTimestamp(): number {
    return this.#dispatchedTimestamp;
  }

  get pendingCount(): number {
    return this.#pending.count;
  }

  /** The queues hold all records below `offset` and none above. */
  begin(offset: number): void {
    this.#pending.cut(offset);
    this.#dispatchedOffset = offset;
  }

  /** A record that this broker made. `queue` is undefined when it has no place in one. */
  noteOwn(
    offset: number,
    size: number,
    queue: ConsumeQueue | undefined,
    queueOffset: number,
    properties: string | EncodedProperties,
    storeTimestamp: number,
  ): void {
    const tagsCode = queue === undefined ? 0 : this.#tagsCode(queue.topic, properties, storeTimestamp);
    this.#pending.push(offset, size, queue, queueOffset, tagsCode, storeTimestamp);
  }

  /**
   * What is wrong with a record that came from a master or from disk, besides what can be seen in itself: no CRC covers its queue offset, and
   * a rotten one would make a queue of fillers without end.
   */
  faultOf(record: RecordReader): string | undefined {
    if (!hasQueueOffset(record.sysFlag)) return undefined;
    const next = this.#queues.find(record.topic, record.queueId)?.nextOffset ?? 0;
    const gap = record.queueOffset - next;
    if (
      record.queueOffset >= 0 &&
      record.queueOffset < QUEUE_OFFSET_MAX &&
      (next === 0 || gap <= QUEUE_GAP_MAX)
    ) {
      return undefined;
    }
    return `queue offset ${record.queueOffset} where ${next} is the next`;
  }

  /** A record that came from a master or from disk. */
  note(record: RecordReader): void {
    const { physicalOffset, size, storeTimestamp } = record;
    if (!hasQueueOffset(record.sysFlag)) {
      this.#pending.push(physicalOffset, size, undefined, 0, 0, storeTimestamp);
      return;
    }
    const queue = this.#queues.of(record.topic, record.queueId);
    const tagsCode =
      queue.topic === SCHEDULE_TOPIC
        ? this.#tagsCode(queue.topic, record.properties, storeTimestamp)
        : record.tagsCode;
    this.#pending.push(physicalOffset, size, queue, record.queueOffset, tagsCode, storeTimestamp);
  }

  /** Records up to `confirmOffset` go into their queues. */
  advance(confirmOffset: number): void {
    if (confirmOffset <= this.#dispatchedOffset) return;
    this.#pending.take(confirmOffset, this.#dispatch);
    // Never within a record: recovery may begin here.
    this.#dispatchedOffset = Math.min(confirmOffset, this.#pending.firstOffset ?? confirmOffset);
  }

  readonly #dispatch = (
    queue: ConsumeQueue | undefined,
    offset: number,
    size: number,
    queueOffset: number,
    tagsCode: number,
    storeTimestamp: number,
  ): void => {
    this.#dispatchedTimestamp = storeTimestamp;
    // An entry that is there already: recovery goes over some records twice.
    if (queue === undefined || queueOffset < queue.maxOffset) return;
    this.#queues.append(queue, queueOffset, offset, size, tagsCode);
    for (const listener of this.#arrivals) listener(queue.topic, queue.queueId, queue.maxOffset, tagsCode);
  };

  /** A record begins at `offset`, and is not dispatched. */
  isBoundary(offset: number): boolean {
    return offset === this.dispatchedOffset || this.#pending.isBoundary(offset);
  }

  /** Forgets the records from `offset` on, none of which may be dispatched. */
  cut(offset: number): void {
    this.#pending.cut(offset);
  }

  #tagsCode(topic: string, properties: string | EncodedProperties, storeTimestamp: number): number {
    if (topic === SCHEDULE_TOPIC) {
      const text = typeof properties === 'string' ? properties : new TextDecoder().decode(properties.bytes);
      const time = deliverTime(text, storeTimestamp, this.#delayLevelsMs);
      if (time !== undefined) return time;
    }
    return typeof properties === 'string' ? tagsCodeOf(properties) : properties.tagsCode;
  }
}
