/** The HA service's status as RocketMQ's HARuntimeInfo (907), with what ours knows besides. */

export interface HaStatus {
  readonly role: 'master' | 'slave' | 'none';
  readonly roleEpoch: number;
  readonly master:
    | {
        readonly inSync: number;
        readonly slaves: readonly {
          readonly brokerId: number;
          readonly remoteAddress: string;
          /** Undefined before the first acknowledgement. */
          readonly ackOffset: number | undefined;
          readonly sentOffset: number;
          readonly isInSyncStateSet: boolean;
        }[];
      }
    | undefined;
}

export function haRuntimeInfo(
  status: HaStatus,
  store: { readonly maxOffset: number; readonly masterAddress: string },
): Record<string, unknown> {
  const { master } = status;
  return {
    haClientRuntimeInfo: {
      activated: status.role === 'slave',
      lastReadTimestamp: 0,
      lastWriteTimestamp: 0,
      masterAddr: store.masterAddress,
      masterFlushOffset: 0,
      maxOffset: store.maxOffset,
      transferredByteInSecond: 0,
    },
    haConnectionInfo: (master?.slaves ?? []).map((slave) => ({
      addr: slave.remoteAddress,
      brokerId: slave.brokerId,
      diff: Math.max(0, store.maxOffset - (slave.ackOffset ?? 0)),
      inSync: slave.isInSyncStateSet,
      slaveAckOffset: slave.ackOffset ?? 0,
      transferFromWhere: slave.sentOffset,
      transferredByteInSecond: 0,
    })),
    // RocketMQ counts the slaves alone.
    inSyncSlaveNums: Math.max(0, (master?.inSync ?? 1) - 1),
    master: status.role === 'master',
    masterCommitLogMaxOffset: status.role === 'master' ? store.maxOffset : 0,
    role: status.role,
    roleEpoch: status.roleEpoch,
  };
}
