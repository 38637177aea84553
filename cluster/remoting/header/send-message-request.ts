/** Any send request (10, 310, 320) to its header: the way to read one per message. */
import { parseInt32, parseLong } from '../header-codec.ts';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { RemotingCommand } from '../remoting-command.ts';
import { RequestCode } from '../request-code.ts';
import { decodeSendBatchMessageRequestHeader } from './send-batch-message.ts';
import { type SendMessageRequestHeader, sendMessageRequestHeader } from './send-message.ts';
import { decodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';

/** Throws HeaderError, or FrameError when the header is not JSON. */
export function decodeSendMessageRequest(request: RemotingCommand): SendMessageRequestHeader {
  if (request instanceof LazyJsonCommand && request.code === RequestCode.SEND_MESSAGE_V2) {
    const header = scanV2(request);
    if (header !== undefined) return header;
  }
  if (request.code === RequestCode.SEND_MESSAGE) return sendMessageRequestHeader.decode(request.extFields);
  if (request.code === RequestCode.SEND_BATCH_MESSAGE)
    return decodeSendBatchMessageRequestHeader(request.extFields);
  return decodeSendMessageRequestHeaderV2(request.extFields);
}

const quote = 34;
const comma = 44;
const colon = 58;

/**
 * Takes the values out of {"a":"...","b":"..."} without an object in between. Undefined: anything unusual, which is
 * for the ordinary way to read or refuse.
 */
function scanV2(command: LazyJsonCommand): SendMessageRequestHeader | undefined {
  const text = command.extFieldsJson;
  const fieldsEnd = text.length - 1;
  let backslashAt = text.indexOf('\\');
  let producerGroup: string | undefined;
  let topic: string | undefined;
  let defaultTopic: string | undefined;
  let defaultTopicQueueNums: number | undefined;
  let queueId: number | undefined;
  let sysFlag: number | undefined;
  let bornTimestamp: number | undefined;
  let flag: number | undefined;
  let properties = '';
  let reconsumeTimes: number | undefined = 0;
  let unitMode = false;
  let maxReconsumeTimes: number | undefined;
  let batch = false;
  let position = 1;
  while (position < fieldsEnd) {
    if (
      text.charCodeAt(position) !== quote ||
      text.charCodeAt(position + 2) !== quote ||
      text.charCodeAt(position + 3) !== colon ||
      text.charCodeAt(position + 4) !== quote
    ) {
      return undefined;
    }
    const key = text.charCodeAt(position + 1);
    const start = position + 5;
    let end = text.indexOf('"', start);
    let value: string;
    if (backslashAt === -1 || backslashAt > end) {
      value = text.slice(start, end);
    } else {
      end = closingQuote(text, start);
      const plain = unescaped(text, start, end);
      if (plain === undefined) return undefined;
      value = plain;
      backslashAt = text.indexOf('\\', end);
    }
    if (end === -1 || end >= fieldsEnd) return undefined;
    switch (key) {
      case 97:
        producerGroup = value;
        break;
      case 98:
        topic = value;
        break;
      case 99:
        defaultTopic = value;
        break;
      case 100:
        defaultTopicQueueNums = parseInt32(value);
        break;
      case 101:
        queueId = parseInt32(value);
        break;
      case 102:
        sysFlag = parseInt32(value);
        break;
      case 103:
        bornTimestamp = parseLong(value);
        break;
      case 104:
        flag = parseInt32(value);
        break;
      case 105:
        properties = value;
        break;
      case 106:
        reconsumeTimes = parseInt32(value);
        break;
      case 107:
        unitMode = value === 'true';
        break;
      case 108:
        maxReconsumeTimes = parseInt32(value);
        if (maxReconsumeTimes === undefined) return undefined;
        break;
      case 109:
        batch = value === 'true';
        break;
      default:
        break;
    }
    position = end + 1;
    if (text.charCodeAt(position) === comma) position++;
    else if (position !== fieldsEnd) return undefined;
  }
  if (
    producerGroup === undefined ||
    topic === undefined ||
    defaultTopic === undefined ||
    defaultTopicQueueNums === undefined ||
    queueId === undefined ||
    sysFlag === undefined ||
    bornTimestamp === undefined ||
    flag === undefined ||
    reconsumeTimes === undefined
  ) {
    return undefined;
  }
  return {
    producerGroup,
    topic,
    defaultTopic,
    defaultTopicQueueNums,
    queueId,
    sysFlag,
    bornTimestamp,
    flag,
    properties,
    reconsumeTimes,
    unitMode,
    maxReconsumeTimes,
    batch,
  };
}

/** The first quote from `start` on that no odd number of backslashes stands before; -1 when there is none. */
function closingQuote(text: string, start: number): number {
  let end = text.indexOf('"', start);
  while (end !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 92) backslashes++;
    if (backslashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}

function unescaped(text: string, start: number, end: number): string | undefined {
  try {
    return JSON.parse(text.slice(start - 1, end + 1));
  } catch {
    return undefined;
  }
}
