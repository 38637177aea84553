/**
 * CONTROLLER_REGISTER_BROKER (1003): clusterName brokerName* brokerId* brokerAddress* invokeTime; ours: incarnation
 * haAddress suspect. Response: clusterName brokerName, and while a master lives masterBrokerId masterAddress
 * masterEpoch syncStateSetEpoch; ours: masterHaAddress. Body SyncStateSet.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  longOr,
  optionalInt,
  optionalLong,
  optionalString,
  requiredLong,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const registerBrokerToControllerRequestHeader = headerCodec(
  'RegisterBrokerToControllerRequestHeader',
  {
    clusterName: stringOr(''),
    brokerName: requiredString,
    brokerId: requiredLong,
    brokerAddress: requiredString,
    invokeTime: longOr(0),
    /** Ours: new at each start of a broker. */
    incarnation: optionalString,
    /** Ours: "n1:10912". */
    haAddress: optionalString,
    /** Ours: true while the broker cannot vouch for its log. */
    suspect: booleanOr(false),
  },
);

export type RegisterBrokerToControllerRequestHeader = HeaderOf<
  typeof registerBrokerToControllerRequestHeader
>;

export const registerBrokerToControllerResponseHeader = headerCodec(
  'RegisterBrokerToControllerResponseHeader',
  {
    clusterName: optionalString,
    brokerName: optionalString,
    masterBrokerId: optionalLong,
    masterAddress: optionalString,
    masterEpoch: optionalInt,
    syncStateSetEpoch: optionalInt,
    /** Ours. */
    masterHaAddress: optionalString,
  },
);

export type RegisterBrokerToControllerResponseHeader = HeaderOf<
  typeof registerBrokerToControllerResponseHeader
>;
