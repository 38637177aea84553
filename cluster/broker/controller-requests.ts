/** What a broker asks of the active controller: requests 1001 to 1004, 1012 and 1013, and heartbeat 904. */
import { Buffer } from 'node:buffer';
import type { OutgoingRequest } from '../remoting/channel.ts';
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

export function getNextBrokerId(broker: BrokerAddresses): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_GET_NEXT_BROKER_ID,
    extFields: { clusterName: broker.clusterName, brokerName: broker.brokerName },
  };
}

export function applyBrokerId(
  broker: BrokerAddresses,
  appliedBrokerId: number,
  registerCheckCode: string,
): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_APPLY_BROKER_ID,
    extFields: {
      clusterName: broker.clusterName,
      brokerName: broker.brokerName,
      appliedBrokerId: String(appliedBrokerId),
      registerCheckCode,
    },
  };
}

export function registerBroker(
  broker: BrokerAddresses,
  life: BrokerLife,
  invokeTime: number,
): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_REGISTER_BROKER,
    extFields: {
      clusterName: broker.clusterName,
      brokerName: broker.brokerName,
      brokerId: String(life.brokerId),
      brokerAddress: broker.brokerAddress,
      invokeTime: String(invokeTime),
      haAddress: broker.haAddress,
      incarnation: life.incarnation,
      suspect: String(life.isSuspect),
    },
  };
}

export function electMaster(broker: BrokerAddresses, life: BrokerLife, invokeTime: number): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_ELECT_MASTER,
    extFields: {
      clusterName: broker.clusterName,
      brokerName: broker.brokerName,
      brokerId: String(life.brokerId),
      designateElect: 'false',
      invokeTime: String(invokeTime),
      incarnation: life.incarnation,
    },
  };
}

export function getReplicaInfo(broker: BrokerAddresses): OutgoingRequest {
  return {
    code: RequestCode.CONTROLLER_GET_REPLICA_INFO,
    extFields: { brokerName: broker.brokerName },
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
  broker: BrokerAddresses,
  proposal: SyncStateSetProposal,
  invokeTime: number,
): OutgoingRequest {
  const syncStateSet = [...proposal.syncStateSet].sort((a, b) => a - b);
  const body = { syncStateSet, syncStateSetEpoch: proposal.syncStateSetEpoch };
  return {
    code: RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
    extFields: {
      brokerName: broker.brokerName,
      masterBrokerId: String(proposal.masterBrokerId),
      masterEpoch: String(proposal.masterEpoch),
      invokeTime: String(invokeTime),
      incarnations: syncStateSet.map((id) => `${id}:${proposal.incarnations.get(id) ?? ''}`).join(';'),
    },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
  };
}

export interface HeartbeatState {
  /** The last epoch in the log. */
  readonly epoch: number;
  readonly maxOffset: number;
  readonly confirmOffset: number;
  readonly heartbeatTimeoutMills: number;
  readonly electionPriority: number;
}

export function brokerHeartbeat(
  broker: BrokerAddresses,
  life: BrokerLife,
  state: HeartbeatState,
): OutgoingRequest {
  return {
    code: RequestCode.BROKER_HEARTBEAT,
    extFields: {
      clusterName: broker.clusterName,
      brokerAddr: broker.brokerAddress,
      brokerName: broker.brokerName,
      brokerId: String(life.brokerId),
      epoch: String(state.epoch),
      maxOffset: String(state.maxOffset),
      confirmOffset: String(state.confirmOffset),
      heartbeatTimeoutMills: String(state.heartbeatTimeoutMills),
      electionPriority: String(state.electionPriority),
      haAddress: broker.haAddress,
      incarnation: life.incarnation,
      suspect: String(life.isSuspect),
    },
  };
}
