/** What a broker knows of one topic, and the names a topic may have. */

export interface TopicConfig {
  readonly topicName: string;
  readonly readQueueNums: number;
  readonly writeQueueNums: number;
  /** 4 read, 2 write, 1 inherit (a template for topics made by a send). */
  readonly perm: number;
  readonly topicFilterType: 'SINGLE_TAG' | 'MULTI_TAG';
  readonly topicSysFlag: number;
  readonly order: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

export const permRead = 4;
export const permWrite = 2;
export const permInherit = 1;

/** The template of topics made by a send. */
export const autoCreateTopic = 'TBW102';
/** The queue in the log that holds the topics themselves; clients neither read nor write it. */
export const topicConfigTopic = 'rmq_sys_TOPIC_CONFIG';

const topicBytesMax = 127;
const queueNumsMax = 65535;
const namePattern = /^[%|a-zA-Z0-9_-]+$/;

/** RocketMQ's own topics: no client creates, deletes or sends to them. */
const systemTopics: ReadonlySet<string> = new Set([
  autoCreateTopic,
  topicConfigTopic,
  'SCHEDULE_TOPIC_XXXX',
  'BenchmarkTest',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'RMQ_SYS_TRACE_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'SELF_TEST_TOPIC',
  'OFFSET_MOVED_EVENT',
  'rmq_sys_wheel_timer',
]);

/** Topics into which a client's send would forge the broker's own bookkeeping. */
const topicsClosedToSends: ReadonlySet<string> = new Set([
  topicConfigTopic,
  'SCHEDULE_TOPIC_XXXX',
  'RMQ_SYS_TRANS_HALF_TOPIC',
  'RMQ_SYS_TRANS_OP_HALF_TOPIC',
  'TRANS_CHECK_MAX_TIME_TOPIC',
  'rmq_sys_wheel_timer',
]);

export function isSystemTopic(topic: string): boolean {
  return systemTopics.has(topic) || topic.startsWith('rmq_sys_');
}

export function isClosedToSends(topic: string): boolean {
  return topicsClosedToSends.has(topic) || topic.startsWith('rmq_sys_');
}

/** Why `topic` cannot be a topic's name; undefined when it can. */
export function topicNameFault(topic: string): string | undefined {
  if (topic === '') return 'the topic name is empty';
  if (topic.length > topicBytesMax) {
    return `the topic name has ${topic.length} characters; at most ${topicBytesMax} are allowed`;
  }
  if (!namePattern.test(topic))
    return `the topic name "${topic}" has characters other than %, |, a-z, A-Z, 0-9, _ and -`;
  return undefined;
}

/** Why the numbers of a topic cannot be; undefined when they can. */
export function topicConfigFault(config: TopicConfig): string | undefined {
  for (const [name, count] of [
    ['readQueueNums', config.readQueueNums],
    ['writeQueueNums', config.writeQueueNums],
  ] as const) {
    if (!Number.isInteger(count) || count < 1 || count > queueNumsMax) {
      return `${name} of "${config.topicName}": wanted 1..${queueNumsMax}, got ${count}`;
    }
  }
  if (!Number.isInteger(config.perm) || config.perm < 0 || config.perm > 15) {
    return `perm of "${config.topicName}": wanted 0..15 (4 read, 2 write, 1 inherit), got ${config.perm}`;
  }
  return topicNameFault(config.topicName);
}

/** A topic of RocketMQ's defaults but for what `known` says. */
export function topicConfigOf(topicName: string, known: Partial<TopicConfig>): TopicConfig {
  return {
    topicName,
    readQueueNums: 16,
    writeQueueNums: 16,
    perm: permRead | permWrite,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: false,
    attributes: {},
    ...known,
  };
}

/** As Java writes it: members in alphabetical order. */
export function topicConfigJson(config: TopicConfig): Record<string, unknown> {
  return {
    attributes: config.attributes,
    order: config.order,
    perm: config.perm,
    readQueueNums: config.readQueueNums,
    topicFilterType: config.topicFilterType,
    topicName: config.topicName,
    topicSysFlag: config.topicSysFlag,
    writeQueueNums: config.writeQueueNums,
  };
}

/** Missing members get RocketMQ's defaults, members of a wrong kind as well; undefined without a name. */
export function topicConfigFromJson(value: unknown): TopicConfig | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  const topicName = members['topicName'];
  if (typeof topicName !== 'string' || topicName === '') return undefined;
  const defaults = topicConfigOf(topicName, {});
  return {
    topicName,
    readQueueNums: integer(members['readQueueNums'], defaults.readQueueNums),
    writeQueueNums: integer(members['writeQueueNums'], defaults.writeQueueNums),
    perm: integer(members['perm'], defaults.perm),
    topicFilterType: members['topicFilterType'] === 'MULTI_TAG' ? 'MULTI_TAG' : 'SINGLE_TAG',
    topicSysFlag: integer(members['topicSysFlag'], 0),
    order: members['order'] === true,
    attributes: attributesOf(members['attributes']),
  };
}

function integer(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : otherwise;
}

function attributesOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const attributes: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text === 'string') attributes[key] = text;
  }
  return attributes;
}
