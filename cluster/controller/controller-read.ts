/** Answers from a controller's state, which the caller knows to be the newest, or which any controller may give. */
import type { Response } from '../remoting/channel.ts';
import { getMetadataResponseHeader } from '../remoting/header/controller-get-metadata-info.ts';
import {
  getNextBrokerIdRequestHeader,
  getNextBrokerIdResponseHeader,
} from '../remoting/header/controller-get-next-broker-id.ts';
import { getReplicaInfoRequestHeader } from '../remoting/header/controller-get-replica-info.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { nextBrokerId } from './apply-broker-id.ts';
import type { BrokerSet } from './broker-set.ts';
import type { ControllerConfig } from './controller-config.ts';
import { ControllerError } from './controller-error.ts';
import type { ControllerPeers } from './controller-peers.ts';
import { readBrokerNames } from './controller-request.ts';
import { jsonBody, replicaInfoResponse } from './controller-response.ts';
import type { HeartbeatTable } from './heartbeat-table.ts';
import type { ReplicasInfo } from './replicas-info.ts';
import { replicasInfoJson } from './sync-state-set-json.ts';

/** 1004. */
export function replicaInfo(replicasInfo: ReplicasInfo, { extFields }: RemotingCommand): Response {
  const { brokerName } = getReplicaInfoRequestHeader.decode(extFields);
  return replicaInfoResponse(known(replicasInfo, brokerName));
}

/** 1006. */
export function syncStateData(
  replicasInfo: ReplicasInfo,
  table: HeartbeatTable,
  request: RemotingCommand,
): Response {
  const replicasInfoTable = Object.fromEntries(
    readBrokerNames(request).map((name) => {
      const brokerSet = known(replicasInfo, name);
      const isAlive = (brokerId: number): boolean => {
        const incarnation = brokerSet.replicas.get(brokerId)?.incarnation ?? '';
        return table.alive(name, brokerId, incarnation) !== undefined;
      };
      return [name, replicasInfoJson(brokerSet, isAlive)];
    }),
  );
  return { code: ResponseCode.SUCCESS, body: jsonBody({ replicasInfoTable }) };
}

/** 1012. */
export function brokerIdToApplyFor(replicasInfo: ReplicasInfo, { extFields }: RemotingCommand): Response {
  const { clusterName, brokerName } = getNextBrokerIdRequestHeader.decode(extFields);
  return {
    code: ResponseCode.SUCCESS,
    extFields: getNextBrokerIdResponseHeader.encode({
      clusterName,
      brokerName,
      nextBrokerId: nextBrokerId(replicasInfo.brokerSet(brokerName)),
    }),
  };
}

/** 1005. */
export function metadata(
  { controllerDLegerGroup, controllerDLegerSelfId }: ControllerConfig,
  { voters, learners }: ControllerPeers,
  leaderId: string | undefined,
  isLeader: boolean,
): Response {
  return {
    code: ResponseCode.SUCCESS,
    extFields: getMetadataResponseHeader.encode({
      group: controllerDLegerGroup,
      controllerLeaderId: leaderId,
      controllerLeaderAddress:
        leaderId === undefined ? undefined : (voters.get(leaderId) ?? learners.get(leaderId)),
      isLeader: leaderId === controllerDLegerSelfId && isLeader,
      peers: peersText(voters),
      learners: learners.size === 0 ? undefined : peersText(learners),
    }),
  };
}

function peersText(peers: ReadonlyMap<string, string>): string {
  return [...peers].map(([id, address]) => `${id}:${address};`).join('');
}

function known(replicasInfo: ReplicasInfo, brokerName: string): BrokerSet {
  const brokerSet = replicasInfo.brokerSet(brokerName);
  if (brokerSet !== undefined) return brokerSet;
  throw new ControllerError(
    ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST,
    `Broker metadata is not existed: no broker set named ${brokerName}`,
  );
}
