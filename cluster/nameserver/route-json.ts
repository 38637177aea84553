/** Bodies about routes, with RocketMQ's member names, as strict JSON (clients of all ages read quoted ids). */
import type { BrokerData, TopicRoute } from './route-table.ts';
import type { QueueData } from './topic-queues.ts';

export function topicRouteJson(
  { brokerDatas, queueDatas }: TopicRoute,
  orderTopicConf?: string,
): Record<string, unknown> {
  return {
    brokerDatas: brokerDatas.map(brokerDataJson),
    filterServerTable: {},
    ...(orderTopicConf === undefined ? {} : { orderTopicConf }),
    queueDatas: queueDatas.map(queueDataJson),
  };
}

export function clusterInfoJson(brokerSets: readonly BrokerData[]): Record<string, unknown> {
  const clusterAddrTable = new Map<string, string[]>();
  for (const { cluster, brokerName } of brokerSets) {
    clusterAddrTable.set(cluster, [...(clusterAddrTable.get(cluster) ?? []), brokerName]);
  }
  return {
    brokerAddrTable: Object.fromEntries(
      brokerSets.map((brokerSet) => [brokerSet.brokerName, brokerDataJson(brokerSet)]),
    ),
    clusterAddrTable: Object.fromEntries(clusterAddrTable),
  };
}

export function memberGroupJson(
  cluster: string,
  brokerName: string,
  brokerSet: BrokerData | undefined,
): Record<string, unknown> {
  const brokerAddrs = addressesJson(brokerSet?.brokerAddrs ?? new Map());
  return { brokerMemberGroup: { brokerAddrs, brokerName, cluster } };
}

function brokerDataJson({
  brokerAddrs,
  brokerName,
  cluster,
  enableActingMaster,
}: BrokerData): Record<string, unknown> {
  return { brokerAddrs: addressesJson(brokerAddrs), brokerName, cluster, enableActingMaster };
}

function addressesJson(brokerAddrs: ReadonlyMap<number, string>): Record<string, string> {
  return Object.fromEntries(brokerAddrs);
}

/** Members in Java's order. */
function queueDataJson({
  brokerName,
  perm,
  readQueueNums,
  topicSysFlag,
  writeQueueNums,
}: QueueData): QueueData {
  return { brokerName, perm, readQueueNums, topicSysFlag, writeQueueNums };
}
