/** The keys of a broker's configuration file: RocketMQ's names, and its defaults unless the line says why not. */

import { type ConfigKey, ConfigValueError, type ConfigValues } from '../runtime/config-key.ts';
import {
  autoCreateTopic,
  permInherit,
  permRead,
  permWrite,
  type TopicConfig,
  topicConfigOf,
} from './topic-config.ts';

const MiB = 1024 * 1024;

export const brokerConfigKeys = [
  {
    name: 'brokerClusterName',
    kind: 'string',
    default: 'DefaultCluster',
    doc: 'The cluster this broker belongs to.',
  },
  {
    name: 'brokerName',
    kind: 'string',
    default: '',
    doc: "The broker set: replicas of one log share it. Empty: the node's name.",
  },
  {
    name: 'brokerId',
    kind: 'long',
    default: -1,
    doc: 'Given by the controller; a value here has no effect.',
  },
  {
    name: 'brokerRole',
    kind: 'enum',
    default: 'SLAVE',
    values: ['ASYNC_MASTER', 'SYNC_MASTER', 'SLAVE'],
    doc: 'Given by the controller; a value here has no effect. RocketMQ: ASYNC_MASTER.',
  },
  {
    name: 'brokerIP1',
    kind: 'string',
    default: '',
    doc: "The name or address told to clients. Empty: the node's name.",
  },
  {
    name: 'brokerIP2',
    kind: 'string',
    default: '',
    doc: 'The name or address told to replicas. Empty: brokerIP1.',
  },
  { name: 'listenPort', kind: 'int', default: 10911, min: 0, max: 65535, doc: 'Port for clients.' },
  {
    name: 'haListenPort',
    kind: 'int',
    default: 0,
    min: 0,
    max: 65535,
    doc: 'Port for replicas. 0: listenPort + 1.',
  },
  { name: 'bindAddress', kind: 'string', default: '0.0.0.0', doc: 'Address to listen on, for both ports.' },
  { name: 'namesrvAddr', kind: 'string', default: '', doc: 'Nameservers, host:port;host:port.' },
  {
    name: 'brokerPermission',
    kind: 'int',
    default: 6,
    min: 0,
    max: 7,
    doc: 'What the broker allows for all topics: 4 read, 2 write.',
  },

  {
    name: 'enableControllerMode',
    kind: 'boolean',
    default: false,
    doc: 'Roles are given by a controller. Must be true: other modes are not served yet.',
  },
  {
    name: 'enableDLegerCommitLog',
    kind: 'boolean',
    default: false,
    doc: 'The log of the DLedger mode. Must be false: not served yet.',
  },
  { name: 'controllerAddr', kind: 'string', default: '', doc: 'All controllers, host:port;host:port.' },
  {
    name: 'syncBrokerMetadataPeriod',
    kind: 'int',
    default: 500,
    min: 10,
    doc: 'Ms between questions for the role. RocketMQ: 5000. A push that was lost is made good within this time.',
  },
  {
    name: 'syncControllerMetadataPeriod',
    kind: 'int',
    default: 500,
    min: 10,
    doc: 'Ms between questions for the active controller. RocketMQ: 10000. A broker must not look for it only when it needs it.',
  },
  {
    name: 'brokerHeartbeatInterval',
    kind: 'int',
    default: 150,
    min: 10,
    doc: 'Ms between heartbeats to every controller. RocketMQ: 1000. Shorter, so that a silence means something after 1.5 s.',
  },
  {
    name: 'controllerHeartBeatTimeoutMills',
    kind: 'int',
    default: 1500,
    min: 100,
    doc: 'Ms of silence after which a controller takes this broker for dead. RocketMQ: 10000. A paused master is replaced in about 2 s.',
  },
  {
    name: 'brokerElectionPriority',
    kind: 'int',
    default: 2147483647,
    min: 0,
    doc: 'Among equals the smallest is elected.',
  },
  {
    name: 'registerNameServerPeriod',
    kind: 'int',
    default: 1000,
    min: 100,
    max: 60000,
    doc: 'Ms between registrations at every nameserver. RocketMQ: 30000. A nameserver that was cut off knows the master again within this time.',
  },
  {
    name: 'registerBrokerTimeoutMills',
    kind: 'int',
    default: 1000,
    min: 10,
    doc: 'Ms to wait for a nameserver. RocketMQ: 24000. The next registration follows anyway.',
  },
  {
    name: 'brokerNotActiveTimeoutMillis',
    kind: 'long',
    default: 10000,
    min: 1000,
    doc: 'Ms without a registration after which a nameserver forgets this broker.',
  },
  {
    name: 'linearizableRead',
    kind: 'boolean',
    default: false,
    doc: 'Claims about the end of a queue (empty pull, min and max offset) are answered after every replica in sync has confirmed that it still follows this master. Not in RocketMQ. Off unless set: it costs a round trip.',
  },
  {
    name: 'tailReadTimeoutMs',
    kind: 'int',
    default: 1000,
    min: 10,
    doc: 'Ms that such a confirmation may take. Not in RocketMQ.',
  },

  {
    name: 'allAckInSyncStateSet',
    kind: 'boolean',
    default: true,
    doc: 'A send is acknowledged by every replica in sync. RocketMQ: false, which loses acknowledged messages at a failover.',
  },
  {
    name: 'inSyncReplicas',
    kind: 'int',
    default: 1,
    min: 1,
    max: 64,
    doc: 'Replicas that must hold a message, the master included, when allAckInSyncStateSet is false.',
  },
  {
    name: 'minInSyncReplicas',
    kind: 'int',
    default: 1,
    min: 1,
    max: 64,
    doc: 'With fewer replicas in sync sends are refused, and nothing is acknowledged.',
  },
  { name: 'slaveTimeout', kind: 'int', default: 3000, min: 1, doc: 'Ms that a send waits for the replicas.' },
  {
    name: 'haSendHeartbeatInterval',
    kind: 'int',
    default: 150,
    min: 10,
    doc: 'Ms between heartbeats of replicas. RocketMQ: 5000. A silent link is noticed in 1.5 s.',
  },
  {
    name: 'haHousekeepingInterval',
    kind: 'int',
    default: 1500,
    min: 100,
    doc: 'Ms after which a silent link is closed. RocketMQ: 20000. Until then it holds back every send.',
  },
  {
    name: 'haMaxTimeSlaveNotCatchup',
    kind: 'int',
    default: 1500,
    min: 100,
    doc: 'Ms after which a replica that lags leaves the SyncStateSet. RocketMQ: 15000. Until then it holds back every send.',
  },
  {
    name: 'haTransferBatchSize',
    kind: 'int',
    default: MiB,
    min: 1024,
    max: 8 * MiB,
    doc: 'Bytes of log in one frame to a replica. RocketMQ: 32768. A frame costs the same whatever it carries.',
  },

  {
    name: 'storePathRootDir',
    kind: 'string',
    default: '',
    doc: 'The store. Empty: store in the home folder.',
  },
  { name: 'storePathCommitLog', kind: 'string', default: '', doc: 'Empty: commitlog in the store.' },
  {
    name: 'storePathEpochFile',
    kind: 'string',
    default: '',
    doc: 'Empty: epochFileCheckpoint in the store.',
  },
  {
    name: 'storePathBrokerIdentity',
    kind: 'string',
    default: '',
    doc: 'Empty: brokerIdentity in the store.',
  },
  {
    name: 'mappedFileSizeCommitLog',
    kind: 'int',
    default: 1024 * MiB,
    min: 4096,
    doc: 'Bytes of a CommitLog file.',
  },
  {
    name: 'mappedFileSizeConsumeQueue',
    kind: 'int',
    default: 300000 * 20,
    min: 20,
    doc: 'Bytes of a ConsumeQueue file; RocketMQ counts the same way.',
  },
  {
    name: 'flushDiskType',
    kind: 'enum',
    default: 'ASYNC_FLUSH',
    values: ['ASYNC_FLUSH', 'SYNC_FLUSH'],
    doc: 'SYNC_FLUSH: nothing counts before it would survive a crash of the machine, on the replicas too.',
  },
  {
    name: 'maxMessageSize',
    kind: 'int',
    default: 4 * MiB,
    min: 1,
    max: 12 * MiB,
    doc: 'Bytes of a message body, or of a batch.',
  },

  {
    name: 'autoCreateTopicEnable',
    kind: 'boolean',
    default: true,
    doc: 'A send to an unknown topic creates it.',
  },
  {
    name: 'defaultTopicQueueNums',
    kind: 'int',
    default: 8,
    min: 1,
    max: 65535,
    doc: 'Queues of the template for such topics.',
  },
  {
    name: 'longPollingEnable',
    kind: 'boolean',
    default: true,
    doc: 'A pull at the end of its queue waits for a message, when it asks to.',
  },
  {
    name: 'shortPollingTimeMills',
    kind: 'int',
    default: 1000,
    min: 1,
    doc: 'Ms it waits when longPollingEnable is false.',
  },
  {
    name: 'maxTransferBytesOnMessageInMemory',
    kind: 'int',
    default: 256 * 1024,
    min: 1,
    max: 8 * MiB,
    doc: 'Bytes of messages in one answer; a longer message comes alone.',
  },
  {
    name: 'maxTransferCountOnMessageInMemory',
    kind: 'int',
    default: 32,
    min: 1,
    max: 4096,
    doc: 'Messages in one answer.',
  },
  {
    name: 'sendThreadPoolQueueCapacity',
    kind: 'int',
    default: 10000,
    min: 1,
    doc: 'Sends that may wait for the replicas; more are refused as busy.',
  },
  {
    name: 'pullThreadPoolQueueCapacity',
    kind: 'int',
    default: 100000,
    min: 1,
    doc: 'Pulls that may wait for a message; more are answered at once.',
  },
  {
    name: 'regionId',
    kind: 'string',
    default: 'DefaultRegion',
    doc: 'Told to producers, for message traces.',
  },
  { name: 'traceOn', kind: 'boolean', default: true, doc: 'Told to producers, for message traces.' },
] as const satisfies readonly ConfigKey[];

/** Keys that UPDATE_BROKER_CONFIG changes at once; the others are read at the start only. */
export const brokerLiveKeys: readonly string[] = [
  'brokerPermission',
  'linearizableRead',
  'tailReadTimeoutMs',
  'slaveTimeout',
  'maxMessageSize',
  'autoCreateTopicEnable',
  'longPollingEnable',
  'shortPollingTimeMills',
  'maxTransferBytesOnMessageInMemory',
  'maxTransferCountOnMessageInMemory',
  'sendThreadPoolQueueCapacity',
];

/** RocketMQ's keys that its sample files set and that change nothing here (yet). */
export const brokerKeysWithoutEffect: ReadonlySet<string> = new Set([
  'deleteWhen',
  'fileReservedTime',
  'diskMaxUsedSpaceRatio',
  'cleanFileForciblyEnable',
  'brokerTopicEnable',
  'clusterTopicEnable',
  'autoCreateSubscriptionGroup',
  'rocketmqHome',
  'namesrvDomain',
  'totalReplicas',
  'checkSyncStateSetPeriod',
  'syncFlushTimeout',
  'haMaxGapNotInSync',
  'storePathConsumeQueue',
  'storePathIndex',
  'storeCheckpoint',
  'abortFile',
  'sendMessageThreadPoolNums',
  'pullMessageThreadPoolNums',
  'useReentrantLockWhenPutMessage',
  'waitTimeMillsInSendQueue',
  'transientStorePoolEnable',
  'warmMapedFileEnable',
  'messageIndexEnable',
  'enablePropertyFilter',
  'slaveReadEnable',
  'messageDelayLevel',
  'maxMsgsNumBatch',
]);

export type BrokerConfigValues = ConfigValues<typeof brokerConfigKeys>;

/** The values with what is left empty in the file filled in, lists cut, and what does not go together refused. */
export interface BrokerConfig extends BrokerConfigValues {
  readonly namesrvAddresses: readonly string[];
  readonly controllerAddresses: readonly string[];
}

/** Throws ConfigValueError. `home` is the folder for a store that is not named. */
export function completeBrokerConfig(
  values: BrokerConfigValues,
  node: { readonly nodeId: string; readonly home: string },
): BrokerConfig {
  if (values.enableDLegerCommitLog) {
    throw new ConfigValueError('enableDLegerCommitLog', 'false (the DLedger mode is not served yet)', 'true');
  }
  if (!values.enableControllerMode) {
    throw new ConfigValueError('enableControllerMode', 'true (other modes are not served yet)', 'false');
  }
  const controllerAddresses = readAddresses('controllerAddr', values.controllerAddr);
  if (controllerAddresses.length === 0) {
    throw new ConfigValueError('controllerAddr', 'host:port;host:port;...', '');
  }
  const root = values.storePathRootDir === '' ? `${node.home}/store` : values.storePathRootDir;
  const brokerIP1 = values.brokerIP1 === '' ? node.nodeId : values.brokerIP1;
  return {
    ...values,
    brokerName: values.brokerName === '' ? node.nodeId : values.brokerName,
    brokerIP1,
    brokerIP2: values.brokerIP2 === '' ? brokerIP1 : values.brokerIP2,
    haListenPort: values.haListenPort === 0 ? values.listenPort + 1 : values.haListenPort,
    storePathRootDir: root,
    storePathCommitLog: values.storePathCommitLog === '' ? `${root}/commitlog` : values.storePathCommitLog,
    storePathEpochFile:
      values.storePathEpochFile === '' ? `${root}/epochFileCheckpoint` : values.storePathEpochFile,
    storePathBrokerIdentity:
      values.storePathBrokerIdentity === '' ? `${root}/brokerIdentity` : values.storePathBrokerIdentity,
    namesrvAddresses: readAddresses('namesrvAddr', values.namesrvAddr),
    controllerAddresses,
  };
}

function readAddresses(key: string, text: string): readonly string[] {
  const addresses = text
    .split(';')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  for (const address of addresses) {
    const match = /^(.+):(\d+)$/.exec(address);
    if (match === null || Number(match[2]) < 1 || Number(match[2]) > 65535) {
      throw new ConfigValueError(key, 'host:port;host:port;...', address);
    }
  }
  return addresses;
}

/** Topics that every broker has, without a record in its log. */
export function builtInTopics(config: BrokerConfig): readonly TopicConfig[] {
  const readWrite = permRead | permWrite;
  return [
    topicConfigOf(autoCreateTopic, {
      readQueueNums: config.defaultTopicQueueNums,
      writeQueueNums: config.defaultTopicQueueNums,
      perm: config.autoCreateTopicEnable ? readWrite | permInherit : readWrite,
    }),
    topicConfigOf('SELF_TEST_TOPIC', { readQueueNums: 1, writeQueueNums: 1 }),
  ];
}
