/** Bodies about broker sets, with RocketMQ's member names. */
import { type BrokerSet, epochOwner } from './broker-set.ts';

export interface SyncStateSetJson {
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
}

export function syncStateSetJson(brokerSet: BrokerSet): SyncStateSetJson {
  return { syncStateSet: [...brokerSet.syncStateSet], syncStateSetEpoch: brokerSet.syncStateSetEpoch };
}

/** ElectMasterResponseBody, and the members of BrokerMemberGroup, which mqadmin takes it for. */
export function electMasterJson(brokerSet: BrokerSet): Record<string, unknown> {
  const brokerAddrs: Record<string, string> = {};
  for (const { brokerId, brokerAddress } of brokerSet.replicas.values()) {
    brokerAddrs[String(brokerId)] = brokerAddress;
  }
  const brokerMemberGroup = {
    brokerAddrs,
    brokerName: brokerSet.brokerName,
    cluster: brokerSet.clusterName,
  };
  return { ...brokerMemberGroup, brokerMemberGroup, syncStateSet: [...brokerSet.syncStateSet] };
}

/** One entry of BrokerReplicasInfo's table. */
export function replicasInfoJson(
  brokerSet: BrokerSet,
  isAlive: (brokerId: number) => boolean,
): Record<string, unknown> {
  const owner = epochOwner(brokerSet);
  const replicas = [...brokerSet.replicas.values()].map(({ brokerId, brokerAddress }) => ({
    alive: isAlive(brokerId),
    brokerAddress,
    brokerId,
    brokerName: brokerSet.brokerName,
  }));
  return {
    inSyncReplicas: replicas.filter(({ brokerId }) => brokerSet.syncStateSet.has(brokerId)),
    ...(owner === undefined ? {} : { masterAddress: owner.brokerAddress, masterBrokerId: owner.brokerId }),
    masterEpoch: brokerSet.masterEpoch,
    notInSyncReplicas: replicas.filter(({ brokerId }) => !brokerSet.syncStateSet.has(brokerId)),
    syncStateSetEpoch: brokerSet.syncStateSetEpoch,
  };
}
