/** Why a send is refused before anything is stored; in the order of RocketMQ's checks. Pure. */
import type { BatchEntry } from '../../message/batch-body.ts';
import { readProperty } from '../../message/message-properties.ts';
import { SystemFlag } from '../../message/system-flag.ts';
import type { Response } from '../../remoting/channel.ts';
import type { SendMessageRequestHeader } from '../../remoting/header/send-message.ts';
import { ResponseCode } from '../../remoting/response-code.ts';
import { isClosedToSends, permWrite, type TopicConfig } from '../topic-config.ts';

/** Undefined when the send may go on. */
export function sendFault(
  header: SendMessageRequestHeader,
  topic: TopicConfig,
  body: Uint8Array,
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
  if (body.length === 0) return refusal(ResponseCode.MESSAGE_ILLEGAL, 'the message has no body');
  if (body.length > limits.maxMessageSize) {
    return refusal(
      ResponseCode.MESSAGE_ILLEGAL,
      `the message body has ${body.length} bytes; at most ${limits.maxMessageSize} are allowed`,
    );
  }
  const isTransaction =
    (header.sysFlag & SystemFlag.transactionMask) !== SystemFlag.transactionNone ||
    readProperty(header.properties, 'TRAN_MSG') === 'true';
  if (isTransaction) return refusal(ResponseCode.NO_PERMISSION, 'transaction messages are not served yet');
  const hasDelay = delayProperties.some((name) => readProperty(header.properties, name) !== undefined);
  if (hasDelay) return refusal(ResponseCode.MESSAGE_ILLEGAL, 'delayed messages are not served yet');
  return undefined;
}

/** Undefined when the batch may be stored. */
export function batchFault(topic: string, entries: readonly BatchEntry[]): Response | undefined {
  if (entries.length === 0) return refusal(ResponseCode.MESSAGE_ILLEGAL, 'the batch is empty');
  if (topic.startsWith('%RETRY%')) {
    return refusal(ResponseCode.MESSAGE_ILLEGAL, 'a batch cannot go to a retry topic');
  }
  const hasDelay = entries.some((entry) =>
    delayProperties.some((name) => readProperty(entry.properties, name) !== undefined),
  );
  return hasDelay ? refusal(ResponseCode.MESSAGE_ILLEGAL, 'a batch cannot be delayed') : undefined;
}

/** Storing such a message like any other would deliver it at once: a wrong answer where a refusal is a clear one. */
const delayProperties = ['DELAY', 'TIMER_DELAY_SEC', 'TIMER_DELAY_MS', 'TIMER_DELIVER_MS'];

function refusal(code: number, remark: string): Response {
  return { code, remark };
}
