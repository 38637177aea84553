/**
 * CONTROLLER_GET_REPLICA_INFO (1004): brokerName*. Response: masterBrokerId masterAddress masterEpoch;
 * ours: masterHaAddress. Body SyncStateSet. Code 2008 when unknown.
 */
import {
  type HeaderOf,
  headerCodec,
  optionalInt,
  optionalLong,
  optionalString,
  requiredString,
} from '../header-codec.ts';

export const getReplicaInfoRequestHeader = headerCodec('GetReplicaInfoRequestHeader', {
  brokerName: requiredString,
});

export type GetReplicaInfoRequestHeader = HeaderOf<typeof getReplicaInfoRequestHeader>;

export const getReplicaInfoResponseHeader = headerCodec('GetReplicaInfoResponseHeader', {
  masterBrokerId: optionalLong,
  masterAddress: optionalString,
  masterEpoch: optionalInt,
  /** Ours. */
  masterHaAddress: optionalString,
});

export type GetReplicaInfoResponseHeader = HeaderOf<typeof getReplicaInfoResponseHeader>;
