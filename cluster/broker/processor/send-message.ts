/** Sends: SEND_MESSAGE (10), SEND_MESSAGE_V2 (310), SEND_BATCH_MESSAGE (320). No promise per message: callbacks from the wire to the answer. */
import { BatchBodyError, decodeBatchBody, type ReceivedEntry } from '../../message/batch-body.ts';
import type { HostAddress } from '../../message/host-address.ts';
import { SystemFlag } from '../../message/system-flag.ts';
import { parseAddress } from '../../remoting/address.ts';
import type { Channel, RequestContext } from '../../remoting/channel.ts';
import type { SendMessageRequestHeader } from '../../remoting/header/send-message.ts';
import { SendResponseTemplate } from '../../remoting/header/send-message-fast.ts';
import { SendRequestReader } from '../../remoting/header/send-message-request.ts';
import { RepeatedSend } from '../../remoting/header/send-pattern.ts';
import { LazyJsonCommand } from '../../remoting/lazy-json-header.ts';
import type { RemotingServer } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { Appended } from '../../store/append-result.ts';
import type { MessageDraft } from '../../store/message-draft.ts';
import type { BrokerCounters } from '../broker-counters.ts';
import { type BrokerServices, notMasterResponse } from '../broker-services.ts';
import { type ConfirmOutcome, putAnswer, refusalCodes } from '../put-response.ts';
import { readSendProperties, type SendProperties } from '../send-properties.ts';
import { TopicAutoCreation } from '../topic-auto-creation.ts';
import { autoCreateTopic, isClosedToSends, permInherit, type TopicConfig } from '../topic-config.ts';
import { UniqueKeys } from '../unique-key.ts';
import { RepeatedEntries } from './repeated-entries.ts';
import { RepeatedProperties } from './repeated-properties.ts';
import { batchFault, sendFault } from './send-checks.ts';

const noBody = new Uint8Array(0);
const VALUE_END = '\u0002';

/** What is known of a send besides its messages. */
interface Send {
  readonly queueId: number;
  readonly transactionId: string | undefined;
  readonly isWaitWanted: boolean;
}

export class SendMessageProcessor {
  readonly #services: BrokerServices;
  readonly #counters: BrokerCounters;
  readonly #autoCreation: TopicAutoCreation;
  readonly #uniqueKeys: UniqueKeys;
  readonly #reader = new SendRequestReader();
  readonly #repeated = new RepeatedProperties();
  readonly #repeatedEntries = new RepeatedEntries();
  readonly #bornHosts = new WeakMap<Channel, HostAddress>();
  /** The properties that the broker adds to every message. */
  readonly #brokerProperties: Uint8Array;
  readonly #responses: SendResponseTemplate;
  #waitingSends = 0;

  constructor(services: BrokerServices, counters: BrokerCounters) {
    this.#services = services;
    this.#counters = counters;
    this.#autoCreation = new TopicAutoCreation(services.topics);
    this.#uniqueKeys = new UniqueKeys(services.runtime);
    const { regionId, traceOn, brokerClusterName } = services.config;
    this.#responses = new SendResponseTemplate(regionId, traceOn);
    this.#brokerProperties = new TextEncoder().encode(
      `MSG_REGION\u0001${regionId}\u0002TRACE_ON\u0001${traceOn}\u0002CLUSTER\u0001${brokerClusterName}\u0002`,
    );
  }

  register(server: RemotingServer): void {
    const send = (context: RequestContext) => this.#send(context, this.#reader.read(context.request));
    server.handle(RequestCode.SEND_MESSAGE_V2, send);
    server.handle(RequestCode.SEND_MESSAGE, send);
    server.handle(RequestCode.SEND_BATCH_MESSAGE, send);
  }

  /** Sends that are appended and not answered. */
  waitingSends(): number {
    return this.#waitingSends;
  }

  #send(context: RequestContext, header: SendMessageRequestHeader): void {
    const role = this.#services.role();
    if (role.kind !== 'master') {
      context.respond(notMasterResponse(role));
      return;
    }
    const topic = this.#services.topics.get(header.topic);
    if (topic === undefined) this.#createTopicAndSend(context, header);
    else this.#sendTo(context, header, topic);
  }

  #sendTo(context: RequestContext, header: SendMessageRequestHeader, topic: TopicConfig): void {
    const { config } = this.#services;
    const body = context.request.body ?? noBody;
    const known =
      header instanceof RepeatedSend ? this.#repeated.known(header) : readSendProperties(header.properties);
    const fault = sendFault(header, topic, known, body.length, config);
    if (fault !== undefined) {
      context.respond(fault);
      return;
    }
    if (this.#waitingSends >= config.sendThreadPoolQueueCapacity) {
      context.respond({
        code: ResponseCode.SYSTEM_BUSY,
        remark: `[REJECTREQUEST] ${this.#waitingSends} sends wait for the replicas already`,
      });
      return;
    }
    const queueId =
      header.queueId >= 0 ? header.queueId : this.#services.runtime.random.below(topic.writeQueueNums);
    if (header.batch) this.#appendBatch(context, header, queueId, body);
    else this.#appendOne(context, header, queueId, known, body);
  }

  #appendOne(
    context: RequestContext,
    header: SendMessageRequestHeader,
    queueId: number,
    known: SendProperties,
    body: Uint8Array,
  ): void {
    const uniqueKey = known.uniqueKey ?? this.#uniqueKeys.next();
    const properties =
      header instanceof RepeatedSend
        ? this.#repeated.encoded(header)
        : this.#completeProperties(header.properties, known.uniqueKey === undefined ? uniqueKey : undefined);
    const draft = this.#draft(context.channel, header, queueId, { flag: header.flag, properties, body });
    this.#append(context, [draft], {
      queueId,
      transactionId: uniqueKey,
      isWaitWanted: known.isWaitWanted,
    });
  }

  #appendBatch(
    context: RequestContext,
    header: SendMessageRequestHeader,
    queueId: number,
    body: Uint8Array,
  ): void {
    let entries: readonly ReceivedEntry[];
    try {
      entries = decodeBatchBody(body);
    } catch (error) {
      if (!(error instanceof BatchBodyError)) throw error;
      context.respond({ code: ResponseCode.MESSAGE_ILLEGAL, remark: error.message });
      return;
    }
    const known: SendProperties[] = [];
    const drafts = entries.map((entry) => {
      const whole = this.#repeatedEntries.of(entry);
      const found = whole?.known ?? readSendProperties(entry.properties);
      known.push(found);
      const { flag, body: entryBody } = entry;
      const properties = whole?.encoded ?? this.#completed(entry.properties, found);
      return this.#draft(context.channel, header, queueId, { flag, properties, body: entryBody });
    });
    const fault = batchFault(header.topic, known);
    if (fault !== undefined) {
      context.respond(fault);
      return;
    }
    this.#append(context, drafts, {
      queueId,
      // As in RocketMQ: that of the request, which mostly has none; its messages keep theirs.
      transactionId: readSendProperties(header.properties).uniqueKey,
      isWaitWanted: known.some((properties) => properties.isWaitWanted),
    });
  }

  #append(context: RequestContext, drafts: readonly MessageDraft[], send: Send): void {
    const { ha, store, config, runtime } = this.#services;
    const admission = ha.admission();
    if (!admission.ok) {
      context.respond({
        code: ResponseCode.SYSTEM_ERROR,
        remark: `in-sync replicas not enough: ${admission.inSync} in sync, ${config.minInSyncReplicas} wanted; nothing was stored`,
      });
      return;
    }
    const result = store.append(drafts);
    if (result.kind === 'refused') {
      context.respond({ code: refusalCodes[result.reason], remark: result.detail });
      return;
    }
    this.#count(drafts);
    // The sender said that it does not care whether the message lasts. As in RocketMQ; nobody reads it before it is confirmed all the same.
    if (!send.isWaitWanted) {
      this.#answer(context, 'ok', result, send);
      return;
    }
    this.#waitingSends += 1;
    // The log has its bytes; held until the answer they would hold the memory of a whole read of the socket.
    if (context.request instanceof LazyJsonCommand) context.request.release();
    ha.waitForConfirm(result.endOffset, runtime.clock.monotonicMs() + config.slaveTimeout, (outcome) => {
      this.#waitingSends -= 1;
      this.#answer(context, outcome, result, send);
    });
  }

  #answer(context: RequestContext, outcome: ConfirmOutcome, stored: Appended, send: Send): void {
    const { queueOffset, endOffset } = stored;
    const fieldsWriter = this.#responses.fields(stored, send.queueId, queueOffset, send.transactionId);
    if (outcome === 'ok') {
      context.respond({ code: ResponseCode.SUCCESS, fieldsWriter });
      return;
    }
    context.respond({
      ...putAnswer(outcome, this.#services.store.durableOffset() >= endOffset),
      fieldsWriter,
    });
  }

  #count(drafts: readonly MessageDraft[]): void {
    this.#counters.putMessages.add(drafts.length);
    for (const draft of drafts) this.#counters.putBytes.add(draft.body.length);
  }

  #draft(
    channel: Channel,
    header: SendMessageRequestHeader,
    queueId: number,
    entry: Pick<MessageDraft, 'flag' | 'properties' | 'body'>,
  ): MessageDraft {
    return {
      topic: header.topic,
      queueId,
      flag: entry.flag,
      // The bits about addresses and transactions are the broker's own to set.
      sysFlag:
        header.sysFlag & ~(SystemFlag.bornHostV6 | SystemFlag.storeHostV6 | SystemFlag.transactionMask),
      bornTimestamp: header.bornTimestamp,
      bornHost: this.#bornHost(channel),
      reconsumeTimes: header.reconsumeTimes,
      preparedTransactionOffset: 0,
      properties: entry.properties,
      commonProperties: this.#brokerProperties,
      body: entry.body,
    };
  }

  /** With a UNIQ_KEY, for a message that came without. */
  #completed(properties: string, { uniqueKey }: SendProperties): string {
    return this.#completeProperties(
      properties,
      uniqueKey === undefined ? this.#uniqueKeys.next() : undefined,
    );
  }

  #completeProperties(properties: string, uniqueKey: string | undefined): string {
    const separator = properties === '' || properties.endsWith(VALUE_END) ? '' : VALUE_END;
    const key = uniqueKey === undefined ? '' : `UNIQ_KEY\u0001${uniqueKey}\u0002`;
    return separator === '' && key === '' ? properties : properties + separator + key;
  }

  #bornHost(channel: Channel): HostAddress {
    let bornHost = this.#bornHosts.get(channel);
    if (bornHost === undefined) {
      const address = parseAddress(channel.remoteAddress);
      bornHost = { ip: address?.host ?? '0.0.0.0', port: address?.port ?? 0 };
      this.#bornHosts.set(channel, bornHost);
    }
    return bornHost;
  }

  #createTopicAndSend(context: RequestContext, header: SendMessageRequestHeader): void {
    const { topics, config } = this.#services;
    if (isClosedToSends(header.topic)) {
      context.respond({
        code: ResponseCode.NO_PERMISSION,
        remark: `topic "${header.topic}" is the broker's own`,
      });
      return;
    }
    if (!topics.isCaughtUp()) {
      context.respond({
        code: ResponseCode.SERVICE_NOT_AVAILABLE,
        remark: `whether topic "${header.topic}" exists is not known yet: this master has just been elected`,
      });
      return;
    }
    const template = config.autoCreateTopicEnable ? topics.get(header.defaultTopic) : undefined;
    if (template === undefined || (template.perm & permInherit) === 0) {
      context.respond({
        code: ResponseCode.TOPIC_NOT_EXIST,
        remark: `topic "${header.topic}" does not exist; create it (mqadmin updateTopic)${
          config.autoCreateTopicEnable ? ` or send with defaultTopic ${autoCreateTopic}` : ''
        }`,
      });
      return;
    }
    this.#autoCreation.create(header, template, (answer) => {
      const topic = topics.get(header.topic);
      if (topic !== undefined && answer.code === ResponseCode.SUCCESS) this.#sendTo(context, header, topic);
      // Nothing of the message itself is stored, whatever became of the topic: the codes for "may or may not last" would say too little.
      else context.respond({ ...answer, code: definiteCode(answer.code) });
    });
  }
}

function definiteCode(code: number): number {
  return code === ResponseCode.FLUSH_SLAVE_TIMEOUT || code === ResponseCode.FLUSH_DISK_TIMEOUT
    ? ResponseCode.SERVICE_NOT_AVAILABLE
    : code;
}
