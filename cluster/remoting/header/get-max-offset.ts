/** GET_MAX_OFFSET (30): topic* queueId* committed; ours: replicaRead. Response: offset*. */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  requiredInt,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

export const getMaxOffsetRequestHeader = headerCodec('GetMaxOffsetRequestHeader', {
  topic: requiredString,
  queueId: requiredInt,
  /** False asks for the end in memory instead of what consumers may read. */
  committed: booleanOr(true),
  replicaRead: booleanOr(false),
});

export type GetMaxOffsetRequestHeader = HeaderOf<typeof getMaxOffsetRequestHeader>;

export const getMaxOffsetResponseHeader = headerCodec('GetMaxOffsetResponseHeader', { offset: requiredLong });
