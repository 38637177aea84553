/** The extFields of send requests and their answers as JSON text, put together and taken apart without an object. */
import { parseInt32, parseLong } from '../header-codec.ts';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { RemotingCommand } from '../remoting-command.ts';
import {
  type SendMessageRequestHeader,
  type SendMessageResponseHeader,
  sendMessageResponseHeader,
} from './send-message.ts';

/** For OutgoingRequest.extFieldsJson of SEND_MESSAGE_V2. */
export function sendMessageRequestJsonV2(header: SendMessageRequestHeader): string {
  const { producerGroup, topic, defaultTopic, properties, maxReconsumeTimes } = header;
  const names = `{"a":${quoted(producerGroup)},"b":${quoted(topic)},"c":${quoted(defaultTopic)},"d":"${header.defaultTopicQueueNums}"`;
  const numbers = `,"e":"${header.queueId}","f":"${header.sysFlag}","g":"${header.bornTimestamp}","h":"${header.flag}"`;
  const limit = maxReconsumeTimes === undefined ? '' : `,"l":"${maxReconsumeTimes}"`;
  return `${names}${numbers},"i":${JSON.stringify(properties)},"j":"${header.reconsumeTimes}","k":"${header.unitMode}"${limit},"m":"${header.batch}"}`;
}

/** Makes Response.extFieldsJson of the answers of sends; what is the same for all of them is put together once. */
export class SendResponseTemplate {
  readonly #tail: string;

  constructor(region: string, traceOn: boolean) {
    this.#tail = `,"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}"}`;
  }

  /** `msgId` is of digits, letters and commas. */
  json(msgId: string, queueId: number, queueOffset: number, transactionId: string): string {
    const place = `{"msgId":"${msgId}","queueId":"${queueId}","queueOffset":"${queueOffset}"`;
    return `${place},"transactionId":${quoted(transactionId)}${this.#tail}`;
  }
}

/** Where the message is, without what the sender knows itself. Throws HeaderError, or FrameError when it is not JSON. */
export function decodeSendMessageResponse(
  response: RemotingCommand,
): Pick<SendMessageResponseHeader, 'msgId' | 'queueId' | 'queueOffset'> {
  if (response instanceof LazyJsonCommand) {
    const msgId = plainValue(response, '"msgId":"');
    const queueId = parseInt32(plainValue(response, '"queueId":"'));
    const queueOffset = parseLong(plainValue(response, '"queueOffset":"'));
    if (msgId !== '' && queueId !== undefined && queueOffset !== undefined) {
      return { msgId, queueId, queueOffset };
    }
  }
  const { msgId, queueId, queueOffset } = sendMessageResponseHeader.decode(response.extFields);
  return { msgId, queueId, queueOffset };
}

/**
 * Empty when the field is not there or holds escapes. The key with its quotes cannot stand inside of a string, where
 * quotes are escaped.
 */
function plainValue(command: LazyJsonCommand, quotedKey: string): string {
  const text = command.extFieldsJson;
  const keyAt = text.indexOf(quotedKey);
  if (keyAt === -1) return '';
  const start = keyAt + quotedKey.length;
  const value = text.slice(start, text.indexOf('"', start));
  return value.includes('\\') ? '' : value;
}

/** Names of topics and groups, ids: escapes are the exception. */
const plainText = /^[\w.%|:@#, -]*$/;

function quoted(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(text);
}
