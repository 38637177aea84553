/**
 * CONTROLLER_ELECT_MASTER (1002): clusterName brokerName* brokerId designateElect invokeTime.
 * Response: masterBrokerId masterAddress masterEpoch syncStateSetEpoch; ours: masterHaAddress.
 * Body {"brokerMemberGroup":{..},"syncStateSet":[..]}.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  longOr,
  optionalInt,
  optionalLong,
  optionalString,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const electMasterRequestHeader = headerCodec('ElectMasterRequestHeader', {
  clusterName: stringOr(''),
  brokerName: requiredString,
  /** -1: whoever the controller finds best. */
  brokerId: longOr(-1),
  /** True from mqadmin: this broker or none. */
  designateElect: booleanOr(false),
  invokeTime: longOr(0),
});

export type ElectMasterRequestHeader = HeaderOf<typeof electMasterRequestHeader>;

export const electMasterResponseHeader = headerCodec('ElectMasterResponseHeader', {
  masterBrokerId: optionalLong,
  masterAddress: optionalString,
  masterEpoch: optionalInt,
  syncStateSetEpoch: optionalInt,
  /** Ours. */
  masterHaAddress: optionalString,
});

export type ElectMasterResponseHeader = HeaderOf<typeof electMasterResponseHeader>;
