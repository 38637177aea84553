/**
 * UPDATE_AND_CREATE_TOPIC (17): topic* defaultTopic* readQueueNums* writeQueueNums* perm* topicFilterType* topicSysFlag
 * order attributes force. Response: empty.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  intOr,
  optionalString,
  requiredInt,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const createTopicRequestHeader = headerCodec('CreateTopicRequestHeader', {
  topic: requiredString,
  defaultTopic: stringOr('TBW102'),
  readQueueNums: requiredInt,
  writeQueueNums: requiredInt,
  /** 4 read, 2 write, 1 inherit. */
  perm: requiredInt,
  topicFilterType: stringOr('SINGLE_TAG'),
  topicSysFlag: intOr(0),
  order: booleanOr(false),
  /** "+key=value,-key". */
  attributes: optionalString,
  force: booleanOr(false),
});

export type CreateTopicRequestHeader = HeaderOf<typeof createTopicRequestHeader>;
