/** CONTROLLER_GET_NEXT_BROKER_ID (1012): clusterName brokerName*. Response: clusterName brokerName nextBrokerId* (first is 1). */
import {
  type HeaderOf,
  headerCodec,
  optionalString,
  requiredLong,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const getNextBrokerIdRequestHeader = headerCodec('GetNextBrokerIdRequestHeader', {
  clusterName: stringOr(''),
  brokerName: requiredString,
});

export type GetNextBrokerIdRequestHeader = HeaderOf<typeof getNextBrokerIdRequestHeader>;

export const getNextBrokerIdResponseHeader = headerCodec('GetNextBrokerIdResponseHeader', {
  clusterName: optionalString,
  brokerName: optionalString,
  nextBrokerId: requiredLong,
});

export type GetNextBrokerIdResponseHeader = HeaderOf<typeof getNextBrokerIdResponseHeader>;
