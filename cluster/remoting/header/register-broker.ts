/**
 * REGISTER_BROKER (103), broker to nameserver: brokerName* brokerAddr* clusterName* haServerAddr* brokerId*
 * heartbeatTimeoutMillis enableActingMaster compressed bodyCrc32; body {"topicConfigSerializeWrapper":{..},"filterServerList":[]}.
 * Response: haServerAddr masterAddr; body KVTable of ORDER_TOPIC_CONFIG.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  intOr,
  optionalBoolean,
  optionalLong,
  optionalString,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

export const registerBrokerRequestHeader = headerCodec('RegisterBrokerRequestHeader', {
  brokerName: requiredString,
  brokerAddr: requiredString,
  clusterName: requiredString,
  haServerAddr: requiredString,
  brokerId: requiredLong,
  heartbeatTimeoutMillis: optionalLong,
  enableActingMaster: optionalBoolean,
  compressed: booleanOr(false),
  /** bodyCrc32 of the body; 0: not to be checked. */
  bodyCrc32: intOr(0),
});

export type RegisterBrokerRequestHeader = HeaderOf<typeof registerBrokerRequestHeader>;

export const registerBrokerResponseHeader = headerCodec('RegisterBrokerResponseHeader', {
  haServerAddr: optionalString,
  masterAddr: optionalString,
});

export type RegisterBrokerResponseHeader = HeaderOf<typeof registerBrokerResponseHeader>;
