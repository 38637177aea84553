/** What a broker asks of the active controller: requests 1001 to 1004, 1012 and 1013, and heartbeat 904. */
import { Buffer } from 'node:buffer';
import type { OutgoingRequest } from '../remoting/channel.ts';
import { brokerHeartbeatRequestHeader } from '../remoting/header/broker-heartbeat.ts';
import {
  alterSyncStateSetRequestHeader,
  encodeIncarnations,
} from '../remoting/header/controller-alter-sync-state-set.ts';
import { applyBrokerIdRequestHeader } from '../remoting/header/controller-apply-broker-id.ts';
import { electMasterRequestHeader } from '../remoting/header/controller-elect-master.ts';
import { getNextBrokerIdRequestHeader } from '../remoting/header/controller-get-next-broker-id.ts';
import { getReplicaInfoRequestHeader } from '../remoting/header/controller-get-replica-info.ts';
import { registerBrokerToControllerRequestHeader } from '../remoting/header/controller-register-broker.ts';
import { RequestCode } from '../remoting/request-code.ts';

/** What stays the same in all requests of one broker. */
export interface BrokerAddresses {
  readonly clusterName: string;
  readonly brokerName: string;
  readonly brokerAddress: string;
  readonly haAddress: string;
}

/** A start of a broker. */
export interface BrokerLife {
  readonly brokerId: number;
  readonly incarnation: string;
  readonly isSuspect: boolean;
}

export function getNextBrokerId({ clusterName, brokerName }: BrokerAddresses): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_GET_NEXT_BROKER_ID,
    extFields: getNextBrokerIdRequestHeader.encode({ clusterName, brokerName }),
  };
}

export function applyBrokerId(
  { clusterName, brokerName }: BrokerAddresses,
  appliedBrokerId: number,
  registerCheckCode: string,
): OutgoingRequest {
  const header = { clusterName, brokerName, appliedBrokerId, registerCheckCode };
  return {
    code: RequestCode.CONTROLLER_APPLY_BROKER_ID,
    extFields: applyBrokerIdRequestHeader.encode(header),
  };
}

export function registerBroker(
  broker: BrokerAddresses,
  life: BrokerLife,
  invokeTime: number,
): OutgoingRequest {
  const { brokerId, incarnation, isSuspect: suspect } = life;
  return {
    code: RequestCode.CONTROLLER_REGISTER_BROKER,
    extFields: registerBrokerToControllerRequestHeader.encode({
      ...broker,
      ...{ brokerId, incarnation, suspect, invokeTime },
    }),
  };
}

export function electMaster(broker: BrokerAddresses, life: BrokerLife, invokeTime: number): OutgoingRequest {
  const { clusterName, brokerName } = broker;
  const { brokerId, incarnation } = life;
  const header = { clusterName, brokerName, brokerId, designateElect: false, invokeTime };
  return {
    code: RequestCode.CONTROLLER_ELECT_MASTER,
    // Ours: the controller knows that this life asks, and holds it for alive.
    extFields: { ...electMasterRequestHeader.encode(header), incarnation },
  };
}

export function getReplicaInfo({ brokerName }: BrokerAddresses): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_GET_REPLICA_INFO,
    extFields: getReplicaInfoRequestHeader.encode({ brokerName }),
  };
}

export interface SyncStateSetProposal {
  readonly masterBrokerId: number;
  readonly masterEpoch: number;
  /** The epoch of the set that is to be replaced. */
  readonly syncStateSetEpoch: number;
  readonly syncStateSet: ReadonlySet<number>;
  /** The life of each member that the master speaks of. */
  readonly incarnations: ReadonlyMap<number, string>;
}

export function alterSyncStateSet(
  { brokerName }: BrokerAddresses,
  proposal: SyncStateSetProposal,
  invokeTime: number,
): OutgoingRequest {
  const { masterBrokerId, masterEpoch, syncStateSetEpoch } = proposal;
  const syncStateSet = [...proposal.syncStateSet].sort((a, b) => a - b);
  const incarnations = encodeIncarnations(
    new Map(syncStateSet.map((id) => [id, proposal.incarnations.get(id) ?? ''])),
  );
  return {
    code: RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
    extFields: alterSyncStateSetRequestHeader.encode({
      ...{ brokerName, masterBrokerId, masterEpoch, invokeTime, incarnations },
    }),
    body: Buffer.from(JSON.stringify({ syncStateSet, syncStateSetEpoch }), 'utf8'),
  };
}

export interface HeartbeatState {
  /** The last epoch in the log. */
  readonly epoch: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  readonly heartbeatTimeoutMills: number;
  readonly electionPriority: number;
  /** Ours: the newest epoch and, on a master, set that this broker acts by; a controller reminds it of newer ones. */
  readonly roleEpoch: number;
  readonly syncStateSetEpoch: number | undefined;
}

export function brokerHeartbeat(
  broker: BrokerAddresses,
  life: BrokerLife,
  state: HeartbeatState,
): OutgoingRequest {
  const { clusterName, brokerName, brokerAddress: brokerAddr, haAddress } = broker;
  const { brokerId, incarnation, isSuspect: suspect } = life;
  const { roleEpoch, syncStateSetEpoch } = state;
  const header = { ...state, clusterName, brokerName, brokerAddr, haAddress, brokerId, incarnation, suspect };
  return {
    code: RequestCode.BROKER_HEARTBEAT,
    extFields: {
      ...brokerHeartbeatRequestHeader.encode(header),
      roleEpoch: String(roleEpoch),
      ...(syncStateSetEpoch === undefined ? {} : { syncStateSetEpoch: String(syncStateSetEpoch) }),
    },
  };
}
