/** Reads queues by offset, from the master or, when told so, from one replica; follows a failover within one read. */
import { decodeMessages, MessageDecodeError } from '../message/decode-message.ts';
import type { StoredMessage } from '../message/stored-message.ts';
import { getMaxOffsetRequestHeader, getMaxOffsetResponseHeader } from '../remoting/header/get-max-offset.ts';
import { getMinOffsetRequestHeader } from '../remoting/header/get-min-offset.ts';
import {
  PullSysFlag,
  pullMessageRequestHeader,
  pullMessageResponseHeader,
} from '../remoting/header/pull-message.ts';
import { HeaderError } from '../remoting/header-error.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { failure, MasterReader, type QueueName, type ReadAnswer } from './master-reader.ts';
import { type OffsetOutcome, type PullOutcome, pullStatuses, type ReadFailure } from './read-outcome.ts';
import { RouteCache } from './route-cache.ts';
import { responseReason } from './send-outcome.ts';
import { tagFilter } from './tag-filter.ts';

export interface PullConsumerOptions {
  readonly consumerGroup: string;
  /** "host:port" each. */
  readonly nameservers: readonly string[];
  /** For a whole read, with all that is tried within. */
  readonly readTimeoutMs?: number;
  /** For one attempt, beyond the time that a pull may be held. */
  readonly attemptTimeoutMs?: number;
  /** Keeps to the broker at this address, whatever the routes say, and tries once. */
  readonly stickTo?: string;
  readonly connectTimeoutMs?: number;
  /** Shared with others; it is not stopped with the consumer. */
  readonly client?: RemotingClient;
}

export interface ReadOptions {
  readonly timeoutMs?: number;
  /** Reads what this replica has confirmed, "host:port", whatever its role. */
  readonly replica?: string;
}

export interface PullOptions extends ReadOptions {
  readonly maxMessages?: number;
  /** The broker may hold the pull so long when there is nothing new. */
  readonly suspendMs?: number;
  /** Tags with "||" between them; absent: every message. */
  readonly subscription?: string;
}

const readTimeoutMsDefault = 3_000;
const attemptTimeoutMsDefault = 1_000;
const connectTimeoutMsDefault = 500;
const maxMessagesDefault = 32;
const everything = '*';

export class PullConsumer {
  readonly #runtime: Runtime;
  readonly #options: PullConsumerOptions;
  readonly #client: RemotingClient;
  readonly #routes: RouteCache;
  readonly #reader: MasterReader;

  constructor(runtime: Runtime, options: PullConsumerOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#client =
      options.client ??
      new RemotingClient(runtime, { connectTimeoutMs: options.connectTimeoutMs ?? connectTimeoutMsDefault });
    this.#routes = new RouteCache(runtime, this.#client, options);
    this.#reader = new MasterReader(runtime, this.#client, this.#routes);
  }

  /** Messages of the queue from `queueOffset` on. Never rejects. */
  async pull(queue: QueueName, queueOffset: number, options: PullOptions = {}): Promise<PullOutcome> {
    const { subscription = everything, suspendMs = 0 } = options;
    // The subscription goes with each pull, so that no broker has to know this consumer from heartbeats.
    const sysFlag = (suspendMs > 0 ? PullSysFlag.SUSPEND : 0) | PullSysFlag.SUBSCRIPTION;
    const extFields = pullMessageRequestHeader.encode({
      consumerGroup: this.#options.consumerGroup,
      topic: queue.topic,
      queueId: queue.queueId,
      queueOffset,
      maxMsgNums: options.maxMessages ?? maxMessagesDefault,
      sysFlag,
      commitOffset: 0,
      suspendTimeoutMillis: suspendMs,
      subscription,
      subVersion: 0,
      expressionType: 'TAG',
      replicaRead: options.replica !== undefined,
    });
    const answer = await this.#read(queue, { code: RequestCode.PULL_MESSAGE, extFields }, options, suspendMs);
    return answer.kind === 'fail' ? answer : this.#pulled(queue, answer, subscription);
  }

  /** One past the last message that may be read. Never rejects. */
  async maxOffset(queue: QueueName, options: ReadOptions = {}): Promise<OffsetOutcome> {
    const extFields = getMaxOffsetRequestHeader.encode({
      topic: queue.topic,
      queueId: queue.queueId,
      committed: true,
      replicaRead: options.replica !== undefined,
    });
    return this.#offset(await this.#read(queue, { code: RequestCode.GET_MAX_OFFSET, extFields }, options, 0));
  }

  /** The first message that is still there. Never rejects. */
  async minOffset(queue: QueueName, options: ReadOptions = {}): Promise<OffsetOutcome> {
    const extFields = getMinOffsetRequestHeader.encode({
      topic: queue.topic,
      queueId: queue.queueId,
      replicaRead: options.replica !== undefined,
    });
    return this.#offset(await this.#read(queue, { code: RequestCode.GET_MIN_OFFSET, extFields }, options, 0));
  }

  stop(): void {
    this.#routes.stop();
    if (this.#options.client === undefined) this.#client.stop();
  }

  #read(
    queue: QueueName,
    request: { readonly code: number; readonly extFields: Record<string, string> },
    options: ReadOptions,
    heldMs: number,
  ): Promise<ReadAnswer | ReadFailure> {
    const only = options.replica ?? this.#options.stickTo;
    return this.#reader.read(queue, {
      request,
      timeoutMs: options.timeoutMs ?? heldMs + (this.#options.readTimeoutMs ?? readTimeoutMsDefault),
      attemptTimeoutMs: heldMs + (this.#options.attemptTimeoutMs ?? attemptTimeoutMsDefault),
      ...(only === undefined ? undefined : { only }),
    });
  }

  #pulled(queue: QueueName, answer: ReadAnswer, subscription: string): PullOutcome {
    const { response, address } = answer;
    const status = pullStatuses.get(response.code);
    if (status === undefined)
      return failure(responseReason(response.code, response.remark), response.code, address);
    try {
      const header = pullMessageResponseHeader.decode(response.extFields);
      const { nextBeginOffset, minOffset, maxOffset } = header;
      const found: readonly StoredMessage[] =
        status === 'FOUND' && response.body !== null ? decodeMessages(response.body) : [];
      const messages = subscription === everything ? found : found.filter(tagFilter(subscription));
      return { kind: 'ok', status, messages, nextBeginOffset, minOffset, maxOffset, address };
    } catch (error) {
      if (!(error instanceof MessageDecodeError || error instanceof HeaderError)) throw error;
      // A broker that delivers broken bytes is worth more than a failed read: whoever judges the run must see it.
      const { topic, queueId } = queue;
      this.#runtime.trace.emit('broken-answer', { address, topic, queueId, fault: error.message });
      return failure(`the answer cannot be read: ${error.message}`, response.code, address);
    }
  }

  #offset(answer: ReadAnswer | ReadFailure): OffsetOutcome {
    if (answer.kind === 'fail') return answer;
    const { response, address } = answer;
    if (response.code !== ResponseCode.SUCCESS) {
      return failure(responseReason(response.code, response.remark), response.code, address);
    }
    try {
      return { kind: 'ok', offset: getMaxOffsetResponseHeader.decode(response.extFields).offset, address };
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error;
      return failure(`the answer cannot be read: ${error.message}`, response.code, address);
    }
  }
}
