/** UPDATE_CONSUMER_OFFSET (15), mostly one-way: consumerGroup* topic* queueId* commitOffset*. Response: empty. */
import { type HeaderOf, headerCodec, requiredInt, requiredLong, requiredString } from '../header-codec.ts';

export const updateConsumerOffsetRequestHeader = headerCodec('UpdateConsumerOffsetRequestHeader', {
  consumerGroup: requiredString,
  topic: requiredString,
  queueId: requiredInt,
  /** Negative from ali-ons when it means 0: to be ignored. */
  commitOffset: requiredLong,
});

export type UpdateConsumerOffsetRequestHeader = HeaderOf<typeof updateConsumerOffsetRequestHeader>;
