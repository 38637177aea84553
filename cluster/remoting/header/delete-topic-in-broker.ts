/** DELETE_TOPIC_IN_BROKER (215): topic*. Response: empty. */
import { type HeaderOf, headerCodec, requiredString } from '../header-codec.ts';

export const deleteTopicRequestHeader = headerCodec('DeleteTopicRequestHeader', { topic: requiredString });

export type DeleteTopicRequestHeader = HeaderOf<typeof deleteTopicRequestHeader>;
