/**
 * PULL_MESSAGE (11) and LITE_PULL_MESSAGE (361).
 * Request: consumerGroup* topic* queueId* queueOffset* maxMsgNums* sysFlag* commitOffset suspendTimeoutMillis
 *   subscription subVersion expressionType maxMsgBytes; ours: replicaRead.
 * Response (codes 0, 19, 20, 21): suggestWhichBrokerId* nextBeginOffset* minOffset* maxOffset* offsetDelta
 *   topicSysFlag groupSysFlag; code 16: forbiddenType. Body of code 0 = stored records, one after another.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  longOr,
  optionalInt,
  optionalLong,
  optionalString,
  requiredInt,
  requiredLong,
  requiredString,
} from '../header-codec.ts';

/** Bits of the request's sysFlag. */
export const PullSysFlag = {
  COMMIT_OFFSET: 0x1,
  SUSPEND: 0x2,
  SUBSCRIPTION: 0x4,
  CLASS_FILTER: 0x8,
  LITE_PULL: 0x10,
} as const;

export const pullMessageRequestHeader = headerCodec('PullMessageRequestHeader', {
  consumerGroup: requiredString,
  topic: requiredString,
  queueId: requiredInt,
  queueOffset: requiredLong,
  maxMsgNums: requiredInt,
  sysFlag: requiredInt,
  commitOffset: longOr(0),
  suspendTimeoutMillis: longOr(0),
  subscription: optionalString,
  subVersion: longOr(0),
  expressionType: optionalString,
  maxMsgBytes: optionalInt,
  /** Ours: read this replica's own confirmed log, whatever its role. */
  replicaRead: booleanOr(false),
});

export type PullMessageRequestHeader = HeaderOf<typeof pullMessageRequestHeader>;

export const pullMessageResponseHeader = headerCodec('PullMessageResponseHeader', {
  suggestWhichBrokerId: requiredLong,
  nextBeginOffset: requiredLong,
  minOffset: requiredLong,
  maxOffset: requiredLong,
  offsetDelta: optionalLong,
  topicSysFlag: optionalInt,
  groupSysFlag: optionalInt,
  forbiddenType: optionalInt,
});

export type PullMessageResponseHeader = HeaderOf<typeof pullMessageResponseHeader>;
