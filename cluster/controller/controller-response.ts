/** Responses of the controller: what was decided, with the headers and bodies of RocketMQ. */
import { Buffer } from 'node:buffer';
import type { Response } from '../remoting/channel.ts';
import { alterSyncStateSetResponseHeader } from '../remoting/header/controller-alter-sync-state-set.ts';
import { applyBrokerIdResponseHeader } from '../remoting/header/controller-apply-broker-id.ts';
import { electMasterResponseHeader } from '../remoting/header/controller-elect-master.ts';
import { getReplicaInfoResponseHeader } from '../remoting/header/controller-get-replica-info.ts';
import { registerBrokerToControllerResponseHeader } from '../remoting/header/controller-register-broker.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { type BrokerSet, epochOwner } from './broker-set.ts';
import type { ControllerCommand } from './controller-command.ts';
import { masterStands } from './elect-policy.ts';
import type { ControllerResult } from './replicas-info.ts';
import { electMasterJson, syncStateSetJson } from './sync-state-set-json.ts';

export function jsonBody(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}

export function resultResponse(command: ControllerCommand, result: ControllerResult): Response {
  const { code, remark, after } = result;
  const head = { code, ...(remark === undefined ? {} : { remark }) };
  const succeeded = code === ResponseCode.SUCCESS;
  switch (command.kind) {
    case 'alter-sync-state-set':
      if (!succeeded || after === undefined) return head;
      return {
        ...head,
        extFields: alterSyncStateSetResponseHeader.encode({ newSyncStateSetEpoch: after.syncStateSetEpoch }),
        body: jsonBody(syncStateSetJson(after)),
      };
    case 'elect-master':
      if (after === undefined || !(succeeded || code === ResponseCode.CONTROLLER_MASTER_STILL_EXIST))
        return head;
      return {
        ...head,
        extFields: { ...electMasterResponseHeader.encode(masterFields(after)), ...incarnationField(after) },
        body: jsonBody(electMasterJson(after)),
      };
    case 'register-broker': {
      const { clusterName, brokerName } = command;
      if (!succeeded || after === undefined) return head;
      const hasMaster = masterStands(after, command.liveness);
      return {
        ...head,
        extFields: {
          ...registerBrokerToControllerResponseHeader.encode({
            clusterName,
            brokerName,
            ...(hasMaster ? masterFields(after) : {}),
          }),
          ...(hasMaster ? incarnationField(after) : {}),
        },
        body: jsonBody(syncStateSetJson(after)),
      };
    }
    case 'apply-broker-id': {
      const { clusterName, brokerName } = command;
      return { ...head, extFields: applyBrokerIdResponseHeader.encode({ clusterName, brokerName }) };
    }
    case 'clean-broker-data':
      return head;
  }
}

/** 1004: the recorded master, alive or not; none when the life that was elected is over, so that nobody resumes its epoch. */
export function replicaInfoResponse(brokerSet: BrokerSet): Response {
  return {
    code: ResponseCode.SUCCESS,
    extFields: {
      ...getReplicaInfoResponseHeader.encode(masterFields(brokerSet)),
      ...incarnationField(brokerSet),
    },
    body: jsonBody(syncStateSetJson(brokerSet)),
  };
}

/** Ours, for brokers that tell their lives apart: an older life's epoch is not to be resumed. */
export function incarnationField(brokerSet: BrokerSet): Record<string, string> {
  const incarnation = epochOwner(brokerSet)?.incarnation ?? '';
  return incarnation === '' ? {} : { masterIncarnation: incarnation };
}

function masterFields(brokerSet: BrokerSet) {
  const owner = epochOwner(brokerSet);
  return {
    masterBrokerId: owner?.brokerId,
    masterAddress: owner?.brokerAddress,
    masterHaAddress: owner?.haAddress,
    masterEpoch: brokerSet.masterEpoch,
    syncStateSetEpoch: brokerSet.syncStateSetEpoch,
  };
}
