/** Requests of operators: topic lists, permissions, KV and server configuration. */
import { Buffer } from 'node:buffer';
import type { Response } from '../remoting/channel.ts';
import {
  deleteKvConfigRequestHeader,
  getKvConfigRequestHeader,
  getKvConfigResponseHeader,
  getKvListByNamespaceRequestHeader,
  putKvConfigRequestHeader,
} from '../remoting/header/kv-config.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import {
  deleteTopicHeader,
  registerTopicHeader,
  topicsByClusterHeader,
  writePermHeader,
} from './admin-header.ts';
import { jsonResponse, type NameServerParts } from './nameserver-parts.ts';
import { readQueueDatas } from './registration-body.ts';

type Answer = (parts: NameServerParts, request: RemotingCommand) => Response | Promise<Response>;

const unitFlag = 1;
const unitSubscriptionFlag = 2;
const success: Response = { code: ResponseCode.SUCCESS };

const answers: readonly (readonly [number, Answer])[] = [
  [RequestCode.PUT_KV_CONFIG, putKv],
  [RequestCode.GET_KV_CONFIG, getKv],
  [RequestCode.DELETE_KV_CONFIG, deleteKv],
  [RequestCode.GET_KVLIST_BY_NAMESPACE, listKv],
  [RequestCode.WIPE_WRITE_PERM_OF_BROKER, (parts, request) => setWritable(parts, request, false)],
  [RequestCode.ADD_WRITE_PERM_OF_BROKER, (parts, request) => setWritable(parts, request, true)],
  [RequestCode.DELETE_TOPIC_IN_NAMESRV, deleteTopic],
  [RequestCode.REGISTER_TOPIC_IN_NAMESRV, registerTopic],
  [RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, allTopics],
  [RequestCode.GET_TOPICS_BY_CLUSTER, topicsByCluster],
  [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, systemTopics],
  [RequestCode.GET_UNIT_TOPIC_LIST, (parts) => unitTopics(parts, (flags) => (flags & unitFlag) !== 0)],
  [
    RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST,
    (parts) => unitTopics(parts, (flags) => (flags & unitSubscriptionFlag) !== 0),
  ],
  [
    RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST,
    (parts) => unitTopics(parts, (flags) => (flags & unitSubscriptionFlag) !== 0 && (flags & unitFlag) === 0),
  ],
  [RequestCode.UPDATE_NAMESRV_CONFIG, updateConfig],
  [
    RequestCode.GET_NAMESRV_CONFIG,
    ({ config }) => ({ ...success, body: Buffer.from(config.text(), 'utf8') }),
  ],
];

export function serveAdministration(parts: NameServerParts): void {
  for (const [code, answer] of answers) {
    parts.server.handle(code, async (context) => context.respond(await answer(parts, context.request)));
  }
}

async function putKv({ kvConfig }: NameServerParts, { extFields }: RemotingCommand): Promise<Response> {
  const { namespace, key, value } = putKvConfigRequestHeader.decode(extFields);
  await kvConfig.put(namespace, key, value);
  return success;
}

function getKv({ kvConfig }: NameServerParts, { extFields }: RemotingCommand): Response {
  const { namespace, key } = getKvConfigRequestHeader.decode(extFields);
  const value = kvConfig.get(namespace, key);
  if (value === undefined) {
    return {
      code: ResponseCode.QUERY_NOT_FOUND,
      remark: `No config item, Namespace: ${namespace} Key: ${key}`,
    };
  }
  return { ...success, extFields: getKvConfigResponseHeader.encode({ value }) };
}

async function deleteKv({ kvConfig }: NameServerParts, { extFields }: RemotingCommand): Promise<Response> {
  const { namespace, key } = deleteKvConfigRequestHeader.decode(extFields);
  await kvConfig.delete(namespace, key);
  return success;
}

function listKv({ kvConfig }: NameServerParts, { extFields }: RemotingCommand): Response {
  const { namespace } = getKvListByNamespaceRequestHeader.decode(extFields);
  const table = kvConfig.namespace(namespace);
  return table === undefined
    ? { code: ResponseCode.QUERY_NOT_FOUND, remark: `No config item, Namespace: ${namespace}` }
    : jsonResponse({ table });
}

function setWritable(
  { routes }: NameServerParts,
  { extFields }: RemotingCommand,
  isWritable: boolean,
): Response {
  const { brokerName } = writePermHeader.decode(extFields);
  const count = String(routes.setWritable(brokerName, isWritable));
  return { ...success, extFields: isWritable ? { addTopicCount: count } : { wipeTopicCount: count } };
}

function deleteTopic({ routes }: NameServerParts, { extFields }: RemotingCommand): Response {
  const { topic, clusterName } = deleteTopicHeader.decode(extFields);
  routes.deleteTopic(topic, clusterName === '' ? undefined : clusterName);
  return success;
}

function registerTopic({ routes }: NameServerParts, { extFields, body }: RemotingCommand): Response {
  const { topic } = registerTopicHeader.decode(extFields);
  routes.putTopic(topic, readQueueDatas(body));
  return success;
}

function allTopics({ routes, config }: NameServerParts): Response {
  return config.current.enableAllTopicList ? topicList(routes.topicNames()) : disabled();
}

function topicsByCluster({ routes, config }: NameServerParts, { extFields }: RemotingCommand): Response {
  const { cluster } = topicsByClusterHeader.decode(extFields);
  return config.current.enableTopicList ? topicList(routes.topicsOf(cluster)) : disabled();
}

/** RocketMQ's answer: the names of clusters and broker sets, which every broker has topics of, and one broker to ask for more. */
function systemTopics({ routes, config }: NameServerParts): Response {
  if (!config.current.enableTopicList) return disabled();
  const brokerSets = routes.brokerSets();
  const names = new Set(brokerSets.flatMap(({ cluster, brokerName }) => [cluster, brokerName]));
  const brokerAddr = brokerSets.flatMap(({ brokerAddrs }) => [...brokerAddrs.values()])[0];
  return jsonResponse({ ...(brokerAddr === undefined ? {} : { brokerAddr }), topicList: [...names] });
}

function unitTopics({ routes, config }: NameServerParts, matches: (flags: number) => boolean): Response {
  if (!config.current.enableTopicList) return disabled();
  return topicList(
    routes.topicNames().filter((topic) => {
      const first = routes.queueDatas(topic)[0];
      return first !== undefined && matches(first.topicSysFlag);
    }),
  );
}

function updateConfig({ config }: NameServerParts, { body }: RemotingCommand): Response {
  const text = body === null ? '' : Buffer.from(body).toString('utf8');
  return config.update(text, config.current.configBlackList);
}

function topicList(topics: readonly string[]): Response {
  return jsonResponse({ topicList: topics });
}

function disabled(): Response {
  return { code: ResponseCode.SYSTEM_ERROR, remark: 'disable' };
}
