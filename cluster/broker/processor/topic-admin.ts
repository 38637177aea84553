/** Topics: create or change (17, 18), delete (215), list (21), show (351), queue ends (202). */
import { Buffer } from 'node:buffer';
import type { RequestContext } from '../../remoting/channel.ts';
import { deleteTopicRequestHeader } from '../../remoting/header/delete-topic-in-broker.ts';
import { createTopicRequestHeader } from '../../remoting/header/update-and-create-topic.ts';
import type { RemotingServer } from '../../remoting/remoting-server.ts';
import { RequestCode } from '../../remoting/request-code.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import { type BrokerServices, notMasterResponse } from '../broker-services.ts';
import {
  isSystemTopic,
  type TopicConfig,
  topicConfigFault,
  topicConfigFromJson,
  topicConfigJson,
  topicConfigOf,
} from '../topic-config.ts';
import type { TopicRecord } from '../topic-record.ts';

const topicListMax = 1000;

export class TopicAdminProcessor {
  readonly #services: BrokerServices;

  constructor(services: BrokerServices) {
    this.#services = services;
  }

  register(server: RemotingServer): void {
    server.handle(RequestCode.UPDATE_AND_CREATE_TOPIC, (context) => this.#create(context));
    server.handle(RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, (context) => this.#createList(context));
    server.handle(RequestCode.DELETE_TOPIC_IN_BROKER, (context) => this.#delete(context));
    server.handle(RequestCode.GET_ALL_TOPIC_CONFIG, (context) => this.#list(context));
    server.handle(RequestCode.GET_TOPIC_CONFIG, (context) => this.#show(context));
    server.handle(RequestCode.GET_TOPIC_STATS_INFO, (context) => this.#queueEnds(context));
  }

  #create(context: RequestContext): void {
    const header = createTopicRequestHeader.decode(context.request.extFields);
    const old = this.#services.topics.get(header.topic);
    const config = topicConfigOf(header.topic, {
      readQueueNums: header.readQueueNums,
      writeQueueNums: header.writeQueueNums,
      perm: header.perm,
      topicFilterType: header.topicFilterType === 'MULTI_TAG' ? 'MULTI_TAG' : 'SINGLE_TAG',
      topicSysFlag: header.topicSysFlag,
      order: header.order,
      attributes: changedAttributes(old?.attributes ?? {}, header.attributes ?? ''),
    });
    this.#putAll(context, [config]);
  }

  #createList(context: RequestContext): void {
    const body = bodyJson(context);
    const list = (body as { readonly topicConfigList?: unknown } | undefined)?.topicConfigList;
    const configs = Array.isArray(list) ? list.map(topicConfigFromJson) : [];
    const valid = configs.filter((config): config is TopicConfig => config !== undefined);
    if (valid.length === 0 || valid.length !== configs.length || valid.length > topicListMax) {
      context.respond({
        code: ResponseCode.INVALID_PARAMETER,
        remark: `body: wanted {"topicConfigList":[1 to ${topicListMax} topics]}`,
      });
      return;
    }
    this.#putAll(context, valid);
  }

  #putAll(context: RequestContext, configs: readonly TopicConfig[]): void {
    for (const config of configs) {
      const fault = isSystemTopic(config.topicName)
        ? `topic "${config.topicName}" is the broker's own`
        : topicConfigFault(config);
      if (fault !== undefined) {
        context.respond({ code: ResponseCode.INVALID_PARAMETER, remark: fault });
        return;
      }
    }
    this.#change(
      context,
      configs.map((config) => ({ kind: 'put', config })),
    );
  }

  #delete(context: RequestContext): void {
    const { topic } = deleteTopicRequestHeader.decode(context.request.extFields);
    if (topic === '' || isSystemTopic(topic)) {
      const remark = topic === '' ? 'the topic name is empty' : `topic "${topic}" is the broker's own`;
      context.respond({ code: ResponseCode.INVALID_PARAMETER, remark });
      return;
    }
    if (this.#services.role().kind === 'master' && this.#services.topics.get(topic) === undefined) {
      context.respond({ code: ResponseCode.SUCCESS });
      return;
    }
    this.#change(context, [{ kind: 'delete', topic }]);
  }

  #change(context: RequestContext, records: readonly TopicRecord[]): void {
    const role = this.#services.role();
    if (role.kind !== 'master') {
      context.respond(notMasterResponse(role));
      return;
    }
    let unanswered = records.length;
    let worst: { readonly code: number; readonly remark?: string } = { code: ResponseCode.SUCCESS };
    for (const record of records) {
      this.#services.topics.change(record, (answer) => {
        unanswered -= 1;
        if (answer.code !== ResponseCode.SUCCESS) worst = answer;
        if (unanswered === 0) context.respond(worst);
      });
    }
  }

  #list(context: RequestContext): void {
    const { topics } = this.#services;
    const all = topics.all();
    const body = {
      dataVersion: topics.dataVersion(),
      topicConfigTable: Object.fromEntries(all.map((config) => [config.topicName, topicConfigJson(config)])),
    };
    context.respond({
      code: ResponseCode.SUCCESS,
      extFields: { totalTopicNum: String(all.length) },
      body: Buffer.from(JSON.stringify(body), 'utf8'),
    });
  }

  #show(context: RequestContext): void {
    const config = this.#topicOf(context);
    if (config === undefined) return;
    context.respond({
      code: ResponseCode.SUCCESS,
      body: Buffer.from(JSON.stringify(topicConfigJson(config)), 'utf8'),
    });
  }

  #queueEnds(context: RequestContext): void {
    const config = this.#topicOf(context);
    if (config === undefined) return;
    const { store, config: broker } = this.#services;
    const offsetTable: Record<string, unknown> = {};
    for (let queueId = 0; queueId < Math.max(config.readQueueNums, config.writeQueueNums); queueId += 1) {
      const key = { brokerName: broker.brokerName, queueId, topic: config.topicName };
      offsetTable[JSON.stringify(key)] = {
        lastUpdateTimestamp: 0,
        maxOffset: store.queueMaxOffset(config.topicName, queueId),
        minOffset: store.queueMinOffset(config.topicName, queueId),
      };
    }
    context.respond({
      code: ResponseCode.SUCCESS,
      body: Buffer.from(JSON.stringify({ offsetTable, topicPutTps: 0 }), 'utf8'),
    });
  }

  /** Answers itself, and returns undefined, when there is no such topic. */
  #topicOf(context: RequestContext): TopicConfig | undefined {
    const { topic } = deleteTopicRequestHeader.decode(context.request.extFields);
    const config = this.#services.topics.get(topic);
    if (config === undefined) {
      context.respond({ code: ResponseCode.TOPIC_NOT_EXIST, remark: `topic "${topic}" does not exist here` });
    }
    return config;
  }
}

/** `change` is "+key=value,-key", as mqadmin sends it. */
function changedAttributes(old: Readonly<Record<string, string>>, change: string): Record<string, string> {
  const attributes: Record<string, string> = { ...old };
  for (const item of change.split(',')) {
    const text = item.trim();
    const equals = text.indexOf('=');
    if (text.startsWith('+') && equals > 1) attributes[text.slice(1, equals)] = text.slice(equals + 1);
    if (text.startsWith('-')) delete attributes[text.slice(1)];
  }
  return attributes;
}

function bodyJson(context: RequestContext): unknown {
  const { body } = context.request;
  if (body === null) return undefined;
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}
