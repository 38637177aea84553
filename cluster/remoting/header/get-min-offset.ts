/** GET_MIN_OFFSET (31): topic* queueId*; ours: replicaRead. Response: offset*. */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  requiredInt,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

export const getMinOffsetRequestHeader = headerCodec('GetMinOffsetRequestHeader', {
  topic: requiredString,
  queueId: requiredInt,
  replicaRead: booleanOr(false),
});

export type GetMinOffsetRequestHeader = HeaderOf<typeof getMinOffsetRequestHeader>;

export const getMinOffsetResponseHeader = headerCodec('GetMinOffsetResponseHeader', { offset: requiredLong });
