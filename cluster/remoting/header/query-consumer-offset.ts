/** QUERY_CONSUMER_OFFSET (14): consumerGroup* topic* queueId* setZeroIfNotFound. Response: offset*; code 22 when there is none. */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  requiredInt,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

export const queryConsumerOffsetRequestHeader = headerCodec('QueryConsumerOffsetRequestHeader', {
  consumerGroup: requiredString,
  topic: requiredString,
  queueId: requiredInt,
  setZeroIfNotFound: booleanOr(true),
});

export type QueryConsumerOffsetRequestHeader = HeaderOf<typeof queryConsumerOffsetRequestHeader>;

export const queryConsumerOffsetResponseHeader = headerCodec('QueryConsumerOffsetResponseHeader', {
  offset: requiredLong,
});
