/**
 * GET_ALL_TOPIC_CONFIG (21): topicSeq dataVersion maxTopicNum, all absent from 4.9 (then everything is wanted).
 * Response: totalTopicNum; body {"dataVersion":{..},"topicConfigTable":{..}}.
 */
import { type HeaderOf, headerCodec, optionalInt, optionalString } from '../header-codec.ts';

export const getAllTopicConfigRequestHeader = headerCodec('GetAllTopicConfigRequestHeader', {
  topicSeq: optionalInt,
  /** JSON text. */
  dataVersion: optionalString,
  maxTopicNum: optionalInt,
});

export type GetAllTopicConfigRequestHeader = HeaderOf<typeof getAllTopicConfigRequestHeader>;

export const getAllTopicConfigResponseHeader = headerCodec('GetAllTopicConfigResponseHeader', {
  totalTopicNum: optionalInt,
});
