/** Sends messages: by callback, promise, batch or one-way; follows a failover within the time of one send. */
import type { OutgoingRequest } from '../remoting/channel.ts';
import { FrameError } from '../remoting/frame-error.ts';
import { decodeSendMessageResponse } from '../remoting/header/send-message-fast.ts';
import { HeaderError } from '../remoting/header-error.ts';
import { RemotingClient } from '../remoting/remoting-client.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import type { RemotingError } from '../remoting/remoting-error.ts';
import { RequestCode } from '../remoting/request-code.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { encodeMessages, mayBatch, outcomeOfMember, ProduceAccumulator } from './produce-accumulator.ts';
import { chooseQueue, type QueueChoice } from './queue-choice.ts';
import { RouteCache } from './route-cache.ts';
import { responseReason, type SendOutcome, sendVerdict } from './send-outcome.ts';
import { SendTemplate } from './send-template.ts';
import {
  failure,
  type Gathered,
  newSending,
  noQueueReason,
  type SendDone,
  type Sending,
  type Why,
} from './sending.ts';
import { SilenceWatch } from './silence-watch.ts';
import { masterAddress, type TopicRoute } from './topic-route.ts';
import { UniqueIds } from './unique-ids.ts';

export interface ProducerOptions {
  readonly producerGroup: string;
  /** "host:port" each. */
  readonly nameservers: readonly string[];
  /** For a whole send, with all that is tried within. */
  readonly sendTimeoutMs?: number;
  /**
   * True, as in RocketMQ: a send whose outcome is unknown is sent again while there is time, and may be stored twice.
   * False: it is never sent again.
   */
  readonly retryUnknown?: boolean;
  /**
   * Keeps to the broker at this address, "host:port", whatever the routes say, and tries once: for those who want to
   * know what a deposed master answers.
   */
  readonly stickTo?: string;
  readonly connectTimeoutMs?: number;
  readonly pollNameServerIntervalMs?: number;
  /** Shared with others; it is not stopped with the producer. */
  readonly client?: RemotingClient;
  /**
   * Messages that are sent in one turn of the event loop travel in batches (RocketMQ's autoBatch), those of a batch to one queue, one
   * behind the other. Each has an outcome of its own, of the same kind as the others'; where it is unknown, a part of them may be stored.
   */
  readonly autoBatch?: boolean;
}

const sendTimeoutMsDefault = 3_000;
const connectTimeoutMsDefault = 500;

/** Of the bodies of one automatic batch, as in RocketMQ. */
const autoBatchBytesMax = 32 * 1024;

/** Lets the broker choose. */
const anyQueue = -1;

export class Producer {
  readonly #runtime: Runtime;
  readonly #options: ProducerOptions;
  readonly #sendTimeoutMs: number;
  readonly #retryUnknown: boolean;
  readonly #client: RemotingClient;
  readonly #routes: RouteCache;
  readonly #silence: SilenceWatch;
  readonly #ids: UniqueIds;
  readonly #templates: SendTemplate;
  readonly #accumulator: ProduceAccumulator | undefined;
  #turn = 0;
  #isStopped = false;

  constructor(runtime: Runtime, options: ProducerOptions) {
    this.#runtime = runtime;
    this.#options = options;
    this.#sendTimeoutMs = options.sendTimeoutMs ?? sendTimeoutMsDefault;
    this.#retryUnknown = options.retryUnknown ?? true;
    this.#client =
      options.client ??
      new RemotingClient(runtime, { connectTimeoutMs: options.connectTimeoutMs ?? connectTimeoutMsDefault });
    this.#routes = new RouteCache(runtime, this.#client, options);
    this.#silence = new SilenceWatch(runtime.clock, (address) => this.#routes.suspectAddress(address));
    this.#ids = new UniqueIds(runtime);
    this.#templates = new SendTemplate(options.producerGroup);
    this.#accumulator =
      options.autoBatch === true
        ? new ProduceAccumulator(runtime.clock, autoBatchBytesMax, (gathered) => this.#sendGathered(gathered))
        : undefined;
  }

  /** Calls `done` once, in a later turn. */
  send(message: OutgoingMessage, done: SendDone, timeoutMs = this.#sendTimeoutMs): void {
    const wallMs = this.#runtime.clock.wallMs();
    const messageId = this.#ids.next(wallMs);
    const deadlineMs = this.#runtime.clock.monotonicMs() + timeoutMs;
    if (this.#accumulator !== undefined && mayBatch(message))
      this.#accumulator.add({ message, messageId, bornTimestamp: wallMs, deadlineMs, done });
    else this.#sendOne({ message, messageId, bornTimestamp: wallMs, deadlineMs, done });
  }

  /** Never rejects: every outcome is a value. */
  sendSync(message: OutgoingMessage, timeoutMs = this.#sendTimeoutMs): Promise<SendOutcome> {
    return new Promise((resolve) => this.send(message, resolve, timeoutMs));
  }

  /** Stores all of them in one queue, one behind the other, or none; a part where the outcome is unknown. Topic and queue are those of the first. */
  sendBatch(messages: readonly OutgoingMessage[], timeoutMs = this.#sendTimeoutMs): Promise<SendOutcome> {
    const bornTimestamp = this.#runtime.clock.wallMs();
    const ids = messages.map(() => this.#ids.next(bornTimestamp));
    const [first] = messages;
    if (first === undefined) return Promise.resolve(failure('the batch is empty'));
    const deadlineMs = this.#runtime.clock.monotonicMs() + timeoutMs;
    const messageId = ids.join(',');
    return new Promise((done) =>
      this.#sendBatch({ message: first, messageId, bornTimestamp, deadlineMs, done }, messages, ids),
    );
  }

  /** Nobody learns what became of it. Without a route at hand it is sent once there is one, if soon. */
  sendOneway(message: OutgoingMessage): void {
    const wallMs = this.#runtime.clock.wallMs();
    const uniqueId = this.#ids.next(wallMs);
    const deadlineMs = this.#runtime.clock.monotonicMs() + this.#sendTimeoutMs;
    this.#withRoute(message.topic, deadlineMs, (route) => {
      const queue = this.#queueOf(message, route);
      const address = queue === undefined ? undefined : this.#addressOf(route, queue);
      if (queue === undefined || address === undefined) return;
      this.#client.oneway(address, {
        code: RequestCode.SEND_MESSAGE_V2,
        fieldsWriter: this.#templates.fields(message, queue.queueId, wallMs, uniqueId, false),
        body: message.body,
      });
    });
  }

  /** Sends in flight end as unknown, later ones fail. */
  stop(): void {
    this.#isStopped = true;
    this.#routes.stop();
    this.#silence.stop();
    if (this.#options.client === undefined) this.#client.stop();
  }

  #sendOne(gathered: Gathered): void {
    const { message, messageId } = gathered;
    this.#start(newSending(gathered, { uniqueId: messageId, body: message.body, isBatch: false }));
  }

  /** `batch`: its message is the first one. */
  #sendBatch(batch: Gathered, messages: readonly OutgoingMessage[], ids: readonly string[]): void {
    const uniqueId = this.#ids.next(batch.bornTimestamp);
    this.#start(newSending(batch, { uniqueId, body: encodeMessages(messages, ids), isBatch: true }));
  }

  #sendGathered(gathered: readonly Gathered[]): void {
    const [first] = gathered;
    if (first === undefined) return;
    if (gathered.length === 1) {
      this.#sendOne(first);
      return;
    }
    const done: SendDone = (outcome) => {
      for (const [at, member] of gathered.entries())
        member.done(outcomeOfMember(outcome, member, at, gathered.length));
    };
    // Each caller has its answer in time.
    const deadlineMs = Math.min(...gathered.map((member) => member.deadlineMs));
    this.#sendBatch(
      { ...first, deadlineMs, done },
      gathered.map(({ message }) => message),
      gathered.map(({ messageId }) => messageId),
    );
  }

  #start(sending: Sending): void {
    if (this.#isStopped) {
      this.#runtime.clock.soon(() => sending.done(failure('the producer is stopped')));
      return;
    }
    this.#withRoute(sending.message.topic, sending.deadlineMs, (route) => this.#try(sending, route));
  }

  /** At once when the route is known, the way of nearly every message. */
  #withRoute(topic: string, deadlineMs: number, use: (route: TopicRoute | undefined) => void): void {
    const known = this.#routes.get(topic);
    if (known !== undefined || this.#options.stickTo !== undefined) {
      use(known);
      return;
    }
    void this.#routes.loadOrDerive(topic, deadlineMs).then(
      (route) => use(route),
      (error: Error) => this.#runtime.fatal(error),
    );
  }

  #try(sending: Sending, route: TopicRoute | undefined): void {
    const { message } = sending;
    const queue = this.#queueOf(message, route);
    if (queue === undefined) {
      this.#refused(sending, noQueueReason(message, route), undefined, undefined);
      return;
    }
    const address = this.#addressOf(route, queue);
    const leftMs = sending.deadlineMs - this.#runtime.clock.monotonicMs();
    if (address === undefined || leftMs <= 0) {
      const reason =
        address === undefined ? `${queue.brokerName} has no master at present` : 'the time is over';
      this.#tryElsewhere(sending, queue, address, sending.lastFailure ?? { reason });
      return;
    }
    const request: OutgoingRequest = {
      code: sending.isBatch ? RequestCode.SEND_BATCH_MESSAGE : RequestCode.SEND_MESSAGE_V2,
      fieldsWriter: this.#templates.fields(
        message,
        queue.queueId,
        sending.bornTimestamp,
        sending.uniqueId,
        sending.isBatch,
      ),
      body: sending.body,
    };
    this.#silence.sent(address);
    this.#client.sendLazily(address, request, leftMs, (error, response) => {
      this.#silence.ended(address, response !== undefined);
      if (response !== undefined) this.#answered(sending, queue, address, response);
      else if (error !== undefined) this.#unanswered(sending, queue, address, error);
    });
  }

  #answered(sending: Sending, queue: QueueChoice, address: string, response: RemotingCommand): void {
    const { code } = response;
    const verdict = sendVerdict(code);
    if (verdict === 'ok') {
      this.#stored(sending, queue, address, response);
      return;
    }
    const reason = responseReason(code, response.remark);
    if (verdict === 'refused') this.#refused(sending, reason, code, address);
    else if (verdict === 'elsewhere') this.#tryElsewhere(sending, queue, address, { reason, code });
    else this.#unknown(sending, queue, address, { reason, code });
  }

  #stored(sending: Sending, queue: QueueChoice, address: string, response: RemotingCommand): void {
    let stored: { msgId: string; queueId: number; queueOffset: number };
    try {
      stored = decodeSendMessageResponse(response);
    } catch (error) {
      if (!(error instanceof HeaderError || error instanceof FrameError)) throw error;
      this.#unknown(sending, queue, address, {
        reason: `the answer cannot be read: ${error.message}`,
        code: 0,
      });
      return;
    }
    if (this.#routes.hasSuspects()) this.#routes.trust(queue.brokerName, address);
    sending.done({
      kind: 'ok',
      messageId: sending.messageId,
      offsetMessageId: stored.msgId,
      brokerName: queue.brokerName,
      queueId: stored.queueId,
      queueOffset: stored.queueOffset,
      address,
    });
  }

  #unanswered(sending: Sending, queue: QueueChoice, address: string, error: RemotingError): void {
    const reason = `${error.kind}: ${error.message}`;
    if (error.sent) this.#unknown(sending, queue, address, { reason });
    else this.#tryElsewhere(sending, queue, address, { reason });
  }

  #unknown(sending: Sending, queue: QueueChoice, address: string, why: Why): void {
    this.#routes.suspect(queue.brokerName, address);
    const outcome: SendOutcome = { kind: 'unknown', ...why, address };
    if (this.#retryUnknown && this.#mayTryAgain(sending)) {
      sending.maybeStored = outcome;
      this.#tryAgain(sending, queue, address);
    } else {
      sending.done(outcome);
    }
  }

  #tryElsewhere(sending: Sending, queue: QueueChoice, address: string | undefined, why: Why): void {
    sending.lastFailure = why;
    if (this.#mayTryAgain(sending)) this.#tryAgain(sending, queue, address);
    else this.#refused(sending, why.reason, why.code, address);
  }

  #refused(sending: Sending, reason: string, code: number | undefined, address: string | undefined): void {
    sending.done(sending.maybeStored ?? failure(reason, code, address));
  }

  #mayTryAgain(sending: Sending): boolean {
    return (
      this.#options.stickTo === undefined &&
      !this.#isStopped &&
      this.#runtime.clock.monotonicMs() < sending.deadlineMs
    );
  }

  #tryAgain(sending: Sending, queue: QueueChoice, address: string | undefined): void {
    const { topic } = sending.message;
    void this.#routes.afterFailure(topic, queue.brokerName, address, sending.deadlineMs).then(
      () => this.#try(sending, this.#routes.get(topic)),
      (error: Error) => this.#runtime.fatal(error),
    );
  }

  #queueOf(message: OutgoingMessage, route: TopicRoute | undefined): QueueChoice | undefined {
    if (this.#options.stickTo !== undefined) {
      return { brokerName: message.brokerName ?? '', queueId: message.queueId ?? anyQueue };
    }
    return route === undefined ? undefined : chooseQueue(route, message, this.#turn++);
  }

  #addressOf(route: TopicRoute | undefined, queue: QueueChoice): string | undefined {
    return this.#options.stickTo ?? masterAddress(route, queue.brokerName);
  }
}
