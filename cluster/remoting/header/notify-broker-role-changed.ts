/**
 * NOTIFY_BROKER_ROLE_CHANGED (1008), one-way, controller to broker: masterAddress masterEpoch syncStateSetEpoch
 * masterBrokerId; ours: masterHaAddress brokerName. Body SyncStateSet.
 */
import { type HeaderOf, headerCodec, optionalLong, optionalString, requiredInt } from '../header-codec.ts';

export const notifyBrokerRoleChangedRequestHeader = headerCodec('NotifyBrokerRoleChangedRequestHeader', {
  masterAddress: optionalString,
  masterEpoch: requiredInt,
  syncStateSetEpoch: requiredInt,
  masterBrokerId: optionalLong,
  /** Ours. */
  masterHaAddress: optionalString,
  /** Ours: the broker set it speaks of. */
  brokerName: optionalString,
});

export type NotifyBrokerRoleChangedRequestHeader = HeaderOf<typeof notifyBrokerRoleChangedRequestHeader>;
