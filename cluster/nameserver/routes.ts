/** Requests of brokers and clients: registration, liveness, routes. */
import type { RequestContext, Response } from '../remoting/channel.ts';
import { brokerHeartbeatRequestHeader } from '../remoting/header/broker-heartbeat.ts';
import { getBrokerMemberGroupRequestHeader } from '../remoting/header/get-broker-member-group.ts';
import { getRouteInfoRequestHeader } from '../remoting/header/get-route-info-by-topic.ts';
import {
  queryDataVersionRequestHeader,
  queryDataVersionResponseHeader,
} from '../remoting/header/query-data-version.ts';
import {
  registerBrokerRequestHeader,
  registerBrokerResponseHeader,
} from '../remoting/header/register-broker.ts';
import { unregisterBrokerRequestHeader } from '../remoting/header/unregister-broker.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { dataVersionFromJson, isSameDataVersion } from './data-version.ts';
import { brokerTimeoutMsDefault } from './nameserver-config.ts';
import { jsonResponse, type NameServerParts, orderTopicConfigNamespace } from './nameserver-parts.ts';
import { readJson, readRegistrationBody } from './registration-body.ts';
import { clusterInfoJson, memberGroupJson, topicRouteJson } from './route-json.ts';

type Answer = (parts: NameServerParts, context: RequestContext) => Response;

const answers: readonly (readonly [number, Answer])[] = [
  [RequestCode.REGISTER_BROKER, register],
  [RequestCode.UNREGISTER_BROKER, unregister],
  [RequestCode.BROKER_HEARTBEAT, heartbeat],
  [RequestCode.QUERY_DATA_VERSION, queryDataVersion],
  [RequestCode.GET_ROUTEINFO_BY_TOPIC, topicRoute],
  [RequestCode.GET_BROKER_CLUSTER_INFO, ({ routes }) => jsonResponse(clusterInfoJson(routes.brokerSets()))],
  [RequestCode.GET_BROKER_MEMBER_GROUP, memberGroup],
];

export function serveRoutes(parts: NameServerParts): void {
  for (const [code, answer] of answers) {
    parts.server.handle(code, (context) => context.respond(answer(parts, context)));
  }
}

function register(parts: NameServerParts, { request, channel }: RequestContext): Response {
  const header = registerBrokerRequestHeader.decode(request.extFields);
  if (header.compressed) {
    const remark = 'wanted an uncompressed registration, got compressed=true; set compressedRegister=false';
    return { code: ResponseCode.SYSTEM_ERROR, remark };
  }
  const { dataVersion, topics } = readRegistrationBody(request.body, header.bodyCrc32);
  const result = parts.routes.register(
    {
      clusterName: header.clusterName,
      brokerName: header.brokerName,
      brokerId: header.brokerId,
      brokerAddress: header.brokerAddr,
      haServerAddress: header.haServerAddr,
      timeoutMs: header.heartbeatTimeoutMillis ?? brokerTimeoutMsDefault,
      enableActingMaster: header.enableActingMaster,
      ...{ dataVersion, topics },
    },
    channel.id,
    parts.nowMs(),
    parts.config.current.deleteTopicWithBrokerRegistration,
  );
  switch (result.kind) {
    case 'fenced':
      return {
        code: ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH,
        remark: `${header.brokerName}: ${header.brokerAddr} is master of epoch ${result.masterEpoch}, but one of epoch ${result.currentEpoch} registered`,
      };
    case 'late':
      return {
        code: ResponseCode.SYSTEM_ERROR,
        remark: `${header.brokerAddr} registered over a newer connection`,
      };
    case 'registered': {
      const { masterAddress: masterAddr, haServerAddress: haServerAddr } = result;
      const extFields = registerBrokerResponseHeader.encode({ haServerAddr, masterAddr });
      if (!parts.config.current.returnOrderTopicConfigToBroker)
        return { code: ResponseCode.SUCCESS, extFields };
      const table = parts.kvConfig.namespace(orderTopicConfigNamespace) ?? {};
      return { ...jsonResponse({ table }), extFields };
    }
  }
}

function unregister({ routes }: NameServerParts, { request, channel }: RequestContext): Response {
  const { clusterName, brokerName, brokerId, brokerAddr } = unregisterBrokerRequestHeader.decode(
    request.extFields,
  );
  routes.unregister({ clusterName, brokerName, brokerId, brokerAddress: brokerAddr }, channel.id);
  return { code: ResponseCode.SUCCESS };
}

function heartbeat({ routes, nowMs }: NameServerParts, { request, channel }: RequestContext): Response {
  const { clusterName, brokerAddr } = brokerHeartbeatRequestHeader.decode(request.extFields);
  routes.heard(clusterName, brokerAddr, channel.id, nowMs());
  return { code: ResponseCode.SUCCESS };
}

function queryDataVersion(
  { routes, nowMs }: NameServerParts,
  { request, channel }: RequestContext,
): Response {
  const { clusterName, brokerAddr } = queryDataVersionRequestHeader.decode(request.extFields);
  const claimed = dataVersionFromJson(request.body === null ? undefined : readJson(request.body));
  routes.heard(clusterName, brokerAddr, channel.id, nowMs());
  const known = routes.dataVersion(clusterName, brokerAddr);
  const changed = known === undefined || !isSameDataVersion(known, claimed);
  const extFields = queryDataVersionResponseHeader.encode({ changed });
  return known === undefined
    ? { code: ResponseCode.SUCCESS, extFields }
    : { ...jsonResponse(known), extFields };
}

function topicRoute(parts: NameServerParts, { request }: RequestContext): Response {
  const { topic } = getRouteInfoRequestHeader.decode(request.extFields);
  const { needWaitForService, waitSecondsForService, orderMessageEnable } = parts.config.current;
  if (needWaitForService && parts.nowMs() < parts.startedMs + waitSecondsForService * 1000) {
    return { code: ResponseCode.SYSTEM_ERROR, remark: 'name server not ready' };
  }
  const route = parts.routes.route(topic);
  if (route === undefined) {
    return {
      code: ResponseCode.TOPIC_NOT_EXIST,
      remark: `No topic route info in name server for the topic: ${topic}`,
    };
  }
  const orderTopicConf = orderMessageEnable
    ? parts.kvConfig.get(orderTopicConfigNamespace, topic)
    : undefined;
  return jsonResponse(topicRouteJson(route, orderTopicConf));
}

function memberGroup({ routes }: NameServerParts, { request }: RequestContext): Response {
  const { clusterName, brokerName } = getBrokerMemberGroupRequestHeader.decode(request.extFields);
  const brokerSet = routes.brokerSet(brokerName);
  return jsonResponse(
    memberGroupJson(clusterName, brokerName, brokerSet?.cluster === clusterName ? brokerSet : undefined),
  );
}
