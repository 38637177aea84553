/** Turns drafts into records at the end of the log, synchronously. */
import { Buffer } from 'node:buffer';
import { withHostBits } from '../message/encode-message.ts';
import { type HostAddress, HostBytes, ipToBytes } from '../message/host-address.ts';
import { MessageIds } from '../message/message-id.ts';
import {
  PROPERTIES_BYTES_MAX,
  RECORD_OVERHEAD_MAX,
  recordSize,
  TOPIC_BYTES_MAX,
} from '../message/record-layout.ts';
import { hasQueueOffset } from '../message/system-flag.ts';
import { writeRecord } from '../message/write-record.ts';
import type { Clock } from '../runtime/clock.ts';
import { Appended, type AppendRefused, type AppendResult } from './append-result.ts';
import type { CommitLog } from './commit-log/commit-log.ts';
import type { ConsumeQueue } from './consume-queue/consume-queue.ts';
import type { ConsumeQueues } from './consume-queue/consume-queues.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { MessageDraft } from './message-draft.ts';

/** What the checks of a draft found out. */
interface Plan {
  readonly queue: ConsumeQueue;
  readonly bornIp: Uint8Array;
  readonly sysFlag: number;
  readonly propertiesBytes: number;
  readonly size: number;
}

const noProperties = new Uint8Array(0);

export class Appender {
  readonly #clock: Clock;
  readonly #log: CommitLog;
  readonly #queues: ConsumeQueues;
  readonly #dispatcher: Dispatcher;
  readonly #maxMessageSize: number;
  readonly #bornHosts = new HostBytes();
  readonly #storeIp: Uint8Array;
  readonly #storePort: number;
  readonly #ids: MessageIds;

  constructor(
    clock: Clock,
    log: CommitLog,
    queues: ConsumeQueues,
    dispatcher: Dispatcher,
    options: { readonly maxMessageSize: number; readonly storeHost: HostAddress },
  ) {
    this.#clock = clock;
    this.#log = log;
    this.#queues = queues;
    this.#dispatcher = dispatcher;
    this.#maxMessageSize = options.maxMessageSize;
    this.#storeIp = ipToBytes(options.storeHost.ip);
    this.#storePort = options.storeHost.port;
    this.#ids = new MessageIds(options.storeHost);
  }

  /** All drafts, one behind the other in one file, or none. */
  append(drafts: readonly MessageDraft[]): AppendResult {
    const first = drafts[0];
    if (first === undefined) return illegal('no message');
    return drafts.length === 1 ? this.#appendSingle(first) : this.#appendBatch(drafts, first);
  }

  /** The way of nearly every message. */
  #appendSingle(draft: MessageDraft): AppendResult {
    const plan = this.#plan(draft);
    if ('kind' in plan) return plan;
    if (plan.size > this.#log.recordBytesMax) return this.#tooLong(plan.size);
    this.#log.makeRoomInFile(plan.size);
    const storeTimestamp = this.#clock.wallMs();
    const start = this.#log.end;
    const queueOffset = hasQueueOffset(draft.sysFlag) ? plan.queue.nextOffset : 0;
    this.#appendOne(draft, plan, storeTimestamp);
    return new Appended(start, this.#log.end, queueOffset, storeTimestamp, this.#ids, undefined);
  }

  #appendBatch(drafts: readonly MessageDraft[], first: MessageDraft): AppendResult {
    const plans: Plan[] = [];
    let total = 0;
    for (const draft of drafts) {
      const plan = this.#plan(draft);
      if ('kind' in plan) return plan;
      plans.push(plan);
      total += plan.size;
    }
    if (total > this.#log.recordBytesMax) return this.#tooLong(total);
    this.#log.makeRoomInFile(total);
    const storeTimestamp = this.#clock.wallMs();
    const start = this.#log.end;
    const queueOffset = hasQueueOffset(first.sysFlag) ? (plans[0]?.queue.nextOffset ?? 0) : 0;
    const offsets: number[] = [];
    for (let index = 0; index < drafts.length; index += 1) {
      const draft = drafts[index];
      const plan = plans[index];
      if (draft === undefined || plan === undefined) continue;
      offsets.push(this.#log.end);
      this.#appendOne(draft, plan, storeTimestamp);
    }
    return new Appended(start, this.#log.end, queueOffset, storeTimestamp, this.#ids, offsets);
  }

  #tooLong(bytes: number): AppendRefused {
    return illegal(
      `wanted at most ${this.#log.recordBytesMax} bytes of records (mappedFileSizeCommitLog), got ${bytes}`,
    );
  }

  #plan(draft: MessageDraft): Plan | AppendRefused {
    if (draft.body.length > this.#maxMessageSize) {
      return illegal(
        `body: wanted at most ${this.#maxMessageSize} bytes (maxMessageSize), got ${draft.body.length}`,
      );
    }
    const { properties } = draft;
    const isText = typeof properties === 'string';
    const ownBytes = isText ? Buffer.byteLength(properties) : properties.bytes.length;
    const propertiesBytes = ownBytes + (draft.commonProperties?.length ?? 0);
    if (propertiesBytes > PROPERTIES_BYTES_MAX) {
      return {
        kind: 'refused',
        reason: 'properties-too-long',
        detail: `properties: wanted at most ${PROPERTIES_BYTES_MAX} bytes, got ${propertiesBytes}`,
      };
    }
    // Zeros are how recovery tells a torn record (see RecordReader.textIsWhole).
    if (isText && properties.includes('\0')) return illegal('properties: a zero byte');
    if (!this.#queues.has(draft.topic)) {
      const topicBytes = Buffer.byteLength(draft.topic);
      if (topicBytes > TOPIC_BYTES_MAX || !isFolderName(draft.topic)) {
        return illegal(
          `topic: wanted a name of 1 to ${TOPIC_BYTES_MAX} bytes, got ${JSON.stringify(draft.topic.slice(0, 300))}`,
        );
      }
    }
    const queue = this.#queues.of(draft.topic, draft.queueId);
    const bornIp = this.#bornHosts.of(draft.bornHost.ip);
    const sysFlag = withHostBits(draft.sysFlag, bornIp, this.#storeIp);
    const size = recordSize(sysFlag, queue.topicBytes.length, draft.body.length, propertiesBytes);
    if (size > this.#maxMessageSize + RECORD_OVERHEAD_MAX) return illegal(`record: got ${size} bytes`);
    return { queue, bornIp, sysFlag, propertiesBytes, size };
  }

  #appendOne(draft: MessageDraft, plan: Plan, storeTimestamp: number): void {
    const { queue, size } = plan;
    const queued = hasQueueOffset(draft.sysFlag);
    const queueOffset = queued ? queue.nextOffset : 0;
    const physicalOffset = this.#log.end;
    const chunk = this.#log.room(size);
    writeRecord(chunk.bytes, chunk.view, chunk.used, {
      size,
      topic: queue.topicBytes,
      queueId: draft.queueId,
      queueOffset,
      physicalOffset,
      flag: draft.flag,
      sysFlag: plan.sysFlag,
      bornTimestamp: draft.bornTimestamp,
      bornIp: plan.bornIp,
      bornPort: draft.bornHost.port,
      storeTimestamp,
      storeIp: this.#storeIp,
      storePort: this.#storePort,
      reconsumeTimes: draft.reconsumeTimes,
      preparedTransactionOffset: draft.preparedTransactionOffset,
      body: draft.body,
      properties: typeof draft.properties === 'string' ? draft.properties : draft.properties.bytes,
      commonProperties: draft.commonProperties ?? noProperties,
      propertiesBytes: plan.propertiesBytes,
    });
    this.#log.grow(chunk, size);
    this.#dispatcher.noteOwn(
      physicalOffset,
      size,
      queued ? queue : undefined,
      queueOffset,
      draft.properties,
      storeTimestamp,
    );
  }
}

/** A queue's folder has the topic's name. */
function isFolderName(topic: string): boolean {
  return topic !== '' && topic !== '.' && topic !== '..' && !topic.includes('/') && !topic.includes('\0');
}

function illegal(detail: string): AppendRefused {
  return { kind: 'refused', reason: 'message-illegal', detail };
}
