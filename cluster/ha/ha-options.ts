/** Settings of the HA service; RocketMQ's names where it has them. Times in milliseconds. */
import type { HostPort } from '../runtime/network.ts';

export interface HaOptions {
  /** Known once the controller has given an id: read at each role change. */
  selfBrokerId(): number;
  readonly listen: HostPort;
  readonly minInSyncReplicas: number;
  /** With allAckInSyncStateSet=false: how many replicas must have a write. */
  readonly inSyncReplicas: number;
  readonly allAckInSyncStateSet: boolean;
  /** Default here 150, RocketMQ's 5000: a silent link must be noticed within haHousekeepingInterval. */
  readonly haSendHeartbeatInterval: number;
  /** Default here 1500, RocketMQ's 20000. */
  readonly haHousekeepingInterval: number;
  /** Default here 1500, RocketMQ's 15000: so long a slave that does not follow holds the writes up. */
  readonly haMaxTimeSlaveNotCatchup: number;
  /** Bytes. Default here 1 MiB, RocketMQ's 32 KiB: a frame holds whole records, all that one turn has gathered. */
  readonly haTransferBatchSize: number;
  /** storePathRootDir/epochFileCheckpoint. */
  readonly epochFilePath: string;
  /** Default: `haEpoch` beside the epoch file. */
  readonly roleEpochFilePath?: string;
  /** Of this life, as registered at the controller; slaves show theirs in the handshake, and connect anew when it changes. */
  readonly incarnation?: string;
  /** Replicates, but never enters the SyncStateSet. */
  readonly asyncLearner?: boolean;
  readonly syncFromLastFile?: boolean;
}

export const haOptionDefaults = {
  minInSyncReplicas: 1,
  inSyncReplicas: 1,
  allAckInSyncStateSet: true,
  haSendHeartbeatInterval: 150,
  haHousekeepingInterval: 1500,
  haMaxTimeSlaveNotCatchup: 1500,
  haTransferBatchSize: 1024 * 1024,
} as const;
