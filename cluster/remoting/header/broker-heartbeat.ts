/**
 * BROKER_HEARTBEAT (904), one-way, broker to controllers and nameservers: clusterName* brokerAddr* brokerName* brokerId
 * epoch maxOffset confirmOffset heartbeatTimeoutMills electionPriority; ours: incarnation haAddress suspect.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  optionalInt,
  optionalLong,
  optionalString,
  requiredString,
} from '../header-codec.ts';

export const brokerHeartbeatRequestHeader = headerCodec('BrokerHeartbeatRequestHeader', {
  clusterName: requiredString,
  brokerAddr: requiredString,
  brokerName: requiredString,
  /** Controllers refuse a heartbeat without it. */
  brokerId: optionalLong,
  epoch: optionalInt,
  maxOffset: optionalLong,
  confirmOffset: optionalLong,
  heartbeatTimeoutMills: optionalLong,
  electionPriority: optionalInt,
  /** Ours: new at each start of a broker. */
  incarnation: optionalString,
  /** Ours: "n1:10912". */
  haAddress: optionalString,
  /** Ours: true while the broker cannot vouch for its log. */
  suspect: booleanOr(false),
});

export type BrokerHeartbeatRequestHeader = HeaderOf<typeof brokerHeartbeatRequestHeader>;
