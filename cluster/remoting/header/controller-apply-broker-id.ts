/**
 * CONTROLLER_APPLY_BROKER_ID (1013): clusterName brokerName* appliedBrokerId* registerCheckCode* ("address;random").
 * Response: clusterName brokerName; code 2014 when another check code took the id.
 */
import {
  type HeaderOf,
  headerCodec,
  optionalString,
  requiredLong,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const applyBrokerIdRequestHeader = headerCodec('ApplyBrokerIdRequestHeader', {
  clusterName: stringOr(''),
  brokerName: requiredString,
  appliedBrokerId: requiredLong,
  registerCheckCode: requiredString,
});

export type ApplyBrokerIdRequestHeader = HeaderOf<typeof applyBrokerIdRequestHeader>;

export const applyBrokerIdResponseHeader = headerCodec('ApplyBrokerIdResponseHeader', {
  clusterName: optionalString,
  brokerName: optionalString,
});

export type ApplyBrokerIdResponseHeader = HeaderOf<typeof applyBrokerIdResponseHeader>;
