/** The nameserver's keys of a properties file. With a controller embedded the same file holds the controller's keys. */
import { type ConfigKey, type ConfigValues, readConfig } from '../runtime/config-key.ts';
import type { HostPort } from '../runtime/network.ts';

export const nameServerConfigKeys = [
  {
    name: 'listenPort',
    kind: 'int',
    default: 9876,
    min: 1,
    max: 65_535,
    doc: 'Port of the nameserver.',
  },
  {
    name: 'bindAddress',
    kind: 'string',
    default: '0.0.0.0',
    doc: 'Address to listen on.',
  },
  {
    name: 'enableControllerInNamesrv',
    kind: 'boolean',
    default: false,
    doc: "Runs a controller in the same process, on its own port, by the controller's keys.",
  },
  {
    name: 'kvConfigPath',
    kind: 'string',
    default: 'namesrv/kvConfig.json',
    doc: "File of the KV configuration, under the working folder unless absolute. RocketMQ's default lies in the home folder.",
  },
  {
    name: 'scanNotActiveBrokerInterval',
    kind: 'long',
    default: 500,
    min: 10,
    max: 3_600_000,
    doc: 'Milliseconds between looks for brokers that were silent beyond their time-out. RocketMQ: 5000; here a dead route must not outlive its time-out by as much.',
  },
  {
    name: 'orderMessageEnable',
    kind: 'boolean',
    default: false,
    doc: 'Adds the ORDER_TOPIC_CONFIG of a topic to its route.',
  },
  {
    name: 'returnOrderTopicConfigToBroker',
    kind: 'boolean',
    default: true,
    doc: 'Answers a registration with the ORDER_TOPIC_CONFIG table.',
  },
  {
    name: 'deleteTopicWithBrokerRegistration',
    kind: 'boolean',
    default: false,
    doc: "Topics missing from a master's registration are dropped for its broker set.",
  },
  {
    name: 'enableTopicList',
    kind: 'boolean',
    default: true,
    doc: 'Serves GET_TOPICS_BY_CLUSTER and the lists of system and unit topics.',
  },
  {
    name: 'enableAllTopicList',
    kind: 'boolean',
    default: true,
    doc: 'Serves GET_ALL_TOPIC_LIST_FROM_NAMESERVER.',
  },
  {
    name: 'needWaitForService',
    kind: 'boolean',
    default: false,
    doc: 'Refuses route requests in the first waitSecondsForService seconds, until brokers had time to register.',
  },
  {
    name: 'waitSecondsForService',
    kind: 'int',
    default: 45,
    min: 0,
    max: 86_400,
    doc: 'See needWaitForService.',
  },
  {
    name: 'configBlackList',
    kind: 'string',
    default: 'configBlackList;configStorePath;kvConfigPath',
    doc: 'Keys that UPDATE_NAMESRV_CONFIG refuses, besides those that need a restart.',
  },
] as const satisfies readonly ConfigKey[];

/** Keys that UPDATE_NAMESRV_CONFIG changes at once. */
export const nameServerLiveKeys: readonly string[] = [
  'scanNotActiveBrokerInterval',
  'orderMessageEnable',
  'returnOrderTopicConfigToBroker',
  'deleteTopicWithBrokerRegistration',
  'enableTopicList',
  'enableAllTopicList',
  'needWaitForService',
  'waitSecondsForService',
];

/** A registration that names no time-out, as RocketMQ's DEFAULT_BROKER_CHANNEL_EXPIRED_TIME. */
export const brokerTimeoutMsDefault = 120_000;

export interface NameServerConfig extends ConfigValues<typeof nameServerConfigKeys> {
  readonly listen: HostPort;
}

/** Throws ConfigValueError. */
export function parseNameServerConfig(values: ReadonlyMap<string, string>): NameServerConfig {
  const config = readConfig(nameServerConfigKeys, values);
  return { ...config, listen: { host: config.bindAddress, port: config.listenPort } };
}
