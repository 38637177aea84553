/** Why a send is refused before anything is stored; in the order of RocketMQ's checks. Pure. */
import { SystemFlag } from '../../message/system-flag.ts';
import type { Response } from '../../remoting/channel.ts';
import type { SendMessageRequestHeader } from '../../remoting/header/send-message.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import type { SendProperties } from '../send-properties.ts';
import { isClosedToSends, permWrite, type TopicConfig } from '../topic-config.ts';

/** Undefined when the send may go on. */
export function sendFault(
  header: SendMessageRequestHeader,
  topic: TopicConfig,
  properties: SendProperties,
  bodyBytes: number,
  limits: { readonly brokerPermission: number; readonly maxMessageSize: number },
): Response | undefined {
  if ((limits.brokerPermission & topic.perm & permWrite) === 0) {
    return refusal(ResponseCode.NO_PERMISSION, `sending to topic "${header.topic}" is not permitted`);
  }
  if (isClosedToSends(header.topic)) {
    return refusal(ResponseCode.NO_PERMISSION, `topic "${header.topic}" is the broker's own`);
  }
  const queueCount = Math.max(topic.readQueueNums, topic.writeQueueNums);
  if (header.queueId >= queueCount) {
    return refusal(
      ResponseCode.INVALID_PARAMETER,
      `queueId: wanted 0..${queueCount - 1} of topic "${header.topic}", got ${header.queueId}`,
    );
  }
  if (bodyBytes === 0) return refusal(ResponseCode.MESSAGE_ILLEGAL, 'the message has no body');
  if (bodyBytes > limits.maxMessageSize) {
    return refusal(
      ResponseCode.MESSAGE_ILLEGAL,
      `the message body has ${bodyBytes} bytes; at most ${limits.maxMessageSize} are allowed`,
    );
  }
  if (
    properties.isTransaction ||
    (header.sysFlag & SystemFlag.transactionMask) !== SystemFlag.transactionNone
  ) {
    return refusal(ResponseCode.NO_PERMISSION, 'transaction messages are not served yet');
  }
  // Storing such a message like any other would deliver it at once: a wrong answer where a refusal is a clear one.
  if (properties.isDelayed) {
    return refusal(ResponseCode.MESSAGE_ILLEGAL, 'delayed messages are not served yet');
  }
  return undefined;
}

/** Undefined when the batch may be stored. */
export function batchFault(topic: string, entries: readonly SendProperties[]): Response | undefined {
  if (entries.length === 0) return refusal(ResponseCode.MESSAGE_ILLEGAL, 'the batch is empty');
  if (topic.startsWith('%RETRY%')) {
    return refusal(ResponseCode.MESSAGE_ILLEGAL, 'a batch cannot go to a retry topic');
  }
  if (entries.some((entry) => entry.isDelayed || entry.isTransaction)) {
    return refusal(
      ResponseCode.MESSAGE_ILLEGAL,
      'the messages of a batch cannot be delayed or transactional',
    );
  }
  return undefined;
}

function refusal(code: number, remark: string): Response {
  return { code, remark };
}
