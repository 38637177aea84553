/**
 * SEND_MESSAGE (10), and the answer of all sends.
 * Request: producerGroup* topic* defaultTopic* defaultTopicQueueNums* queueId* sysFlag* bornTimestamp* flag*
 *   properties reconsumeTimes unitMode maxReconsumeTimes batch; body = the message's body.
 * Response (codes 0, 10, 11, 12): msgId* queueId* queueOffset* transactionId MSG_REGION TRACE_ON.
 */
import {
  booleanOr,
  type HeaderOf,
  headerCodec,
  intOr,
  optionalInt,
  optionalString,
  requiredInt,
  requiredLong,
  requiredString,
  stringOr,
} from '../header-codec.ts';

export const sendMessageRequestHeader = headerCodec('SendMessageRequestHeader', {
  producerGroup: requiredString,
  topic: requiredString,
  defaultTopic: requiredString,
  defaultTopicQueueNums: requiredInt,
  queueId: requiredInt,
  sysFlag: requiredInt,
  bornTimestamp: requiredLong,
  flag: requiredInt,
  properties: stringOr(''),
  reconsumeTimes: intOr(0),
  unitMode: booleanOr(false),
  maxReconsumeTimes: optionalInt,
  batch: booleanOr(false),
});

/** What V1, V2 and batch requests decode to. */
export type SendMessageRequestHeader = HeaderOf<typeof sendMessageRequestHeader>;

export const sendMessageResponseHeader = headerCodec('SendMessageResponseHeader', {
  /** offsetMsgId; those of a batch are joined by commas. */
  msgId: requiredString,
  queueId: requiredInt,
  /** Of the first message of a batch. */
  queueOffset: requiredLong,
  transactionId: optionalString,
  MSG_REGION: optionalString,
  TRACE_ON: optionalString,
});

export type SendMessageResponseHeader = HeaderOf<typeof sendMessageResponseHeader>;
