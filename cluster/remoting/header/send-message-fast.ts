/** The extFields of send requests and their answers as JSON text, put together and taken apart without an object. */
import { Buffer } from 'node:buffer';
import { isBytesAt, putBytes, putDigits, readDigits } from '../../bytes/ascii.ts';
import type { FieldsWriter } from '../channel.ts';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { RemotingCommand } from '../remoting-command.ts';
import {
  type SendMessageRequestHeader,
  type SendMessageResponseHeader,
  sendMessageResponseHeader,
} from './send-message.ts';

const blank = 32;
const quote = 34;
const backslash = 92;
const tilde = 126;
const int32Max = 0x7fffffff;

/** For OutgoingRequest.extFieldsJson of SEND_MESSAGE_V2. */
export function sendMessageRequestJsonV2(header: SendMessageRequestHeader): string {
  const { producerGroup, topic, defaultTopic, properties, maxReconsumeTimes } = header;
  const names = `{"a":${quoted(producerGroup)},"b":${quoted(topic)},"c":${quoted(defaultTopic)},"d":"${header.defaultTopicQueueNums}"`;
  const numbers = `,"e":"${header.queueId}","f":"${header.sysFlag}","g":"${header.bornTimestamp}","h":"${header.flag}"`;
  const limit = maxReconsumeTimes === undefined ? '' : `,"l":"${maxReconsumeTimes}"`;
  return `${names}${numbers},"i":${JSON.stringify(properties)},"j":"${header.reconsumeTimes}","k":"${header.unitMode}"${limit},"m":"${header.batch}"}`;
}

/** Of the messages that an answer is about. */
export interface MessageIdsWriter {
  readonly messageIdsLength: number;
  /** Letters, digits and commas. Returns the place behind them. */
  putMessageIds(into: Uint8Array, at: number): number;
}

const msgIdKey = Buffer.from('{"msgId":"');
const queueIdKey = Buffer.from('","queueId":"');
const queueOffsetKey = Buffer.from('","queueOffset":"');
const transactionIdKey = Buffer.from('","transactionId":');
const numbersBytesMax = 2 * 21;

/** Writes the extFields of the answers of sends; what is the same for all of them is put together once. */
export class SendResponseTemplate {
  readonly #tail: Buffer;
  readonly #fixedBytes: number;

  constructor(region: string, traceOn: boolean) {
    this.#tail = Buffer.from(`,"MSG_REGION":${JSON.stringify(region)},"TRACE_ON":"${traceOn}"}`);
    const keys = [msgIdKey, queueIdKey, queueOffsetKey, transactionIdKey, this.#tail];
    this.#fixedBytes = keys.reduce((sum, { length }) => sum + length, numbersBytesMax);
  }

  fields(
    msgIds: MessageIdsWriter,
    queueId: number,
    queueOffset: number,
    transactionId: string | undefined,
  ): FieldsWriter {
    const bytesMax =
      this.#fixedBytes +
      msgIds.messageIdsLength +
      (transactionId === undefined ? 1 : jsonBytesMax(transactionId));
    return new SendResponseFields(bytesMax, this.#tail, msgIds, queueId, queueOffset, transactionId);
  }
}

class SendResponseFields implements FieldsWriter {
  readonly bytesMax: number;
  readonly #tail: Buffer;
  readonly #msgIds: MessageIdsWriter;
  readonly #queueId: number;
  readonly #queueOffset: number;
  readonly #transactionId: string | undefined;

  constructor(
    bytesMax: number,
    tail: Buffer,
    msgIds: MessageIdsWriter,
    queueId: number,
    queueOffset: number,
    transactionId: string | undefined,
  ) {
    this.bytesMax = bytesMax;
    this.#tail = tail;
    this.#msgIds = msgIds;
    this.#queueId = queueId;
    this.#queueOffset = queueOffset;
    this.#transactionId = transactionId;
  }

  write(into: Buffer, start: number): number {
    let at = this.#msgIds.putMessageIds(into, putBytes(into, start, msgIdKey));
    at = putDigits(into, putBytes(into, at, queueIdKey), this.#queueId);
    at = putDigits(into, putBytes(into, at, queueOffsetKey), this.#queueOffset);
    if (this.#transactionId === undefined) into[at++] = quote;
    else at = putJson(into, putBytes(into, at, transactionIdKey), this.#transactionId);
    return putBytes(into, at, this.#tail);
  }
}

/** Each UTF-16 unit may become \\uXXXX. */
function jsonBytesMax(text: string): number {
  return 6 * text.length + 2;
}

function putJson(into: Buffer, start: number, text: string): number {
  let at = start;
  into[at++] = quote;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < blank || unit > tilde || unit === quote || unit === backslash) {
      return start + into.write(JSON.stringify(text), start, 'utf8');
    }
    into[at++] = unit;
  }
  into[at++] = quote;
  return at;
}

/** Where the message is, without what the sender knows itself. Throws HeaderError, or FrameError when it is not JSON. */
export function decodeSendMessageResponse(
  response: RemotingCommand,
): Pick<SendMessageResponseHeader, 'msgId' | 'queueId' | 'queueOffset'> {
  const found = response instanceof LazyJsonCommand ? findInOurAnswer(response) : undefined;
  if (found !== undefined) return found;
  const { msgId, queueId, queueOffset } = sendMessageResponseHeader.decode(response.extFields);
  return { msgId, queueId, queueOffset };
}

/** Undefined when the fields stand in another order than we write them, or hold escapes: that is for the ordinary way. */
function findInOurAnswer({
  bytes,
  fieldsStart,
  fieldsEnd,
}: LazyJsonCommand): Pick<SendMessageResponseHeader, 'msgId' | 'queueId' | 'queueOffset'> | undefined {
  if (!isBytesAt(bytes, fieldsStart, msgIdKey)) return undefined;
  const msgIdAt = fieldsStart + msgIdKey.length;
  const msgIdEnd = plainEnd(bytes, msgIdAt, fieldsEnd);
  if (!isBytesAt(bytes, msgIdEnd, queueIdKey)) return undefined;
  const queueIdAt = msgIdEnd + queueIdKey.length;
  const queueIdEnd = plainEnd(bytes, queueIdAt, fieldsEnd);
  if (!isBytesAt(bytes, queueIdEnd, queueOffsetKey)) return undefined;
  const queueOffsetAt = queueIdEnd + queueOffsetKey.length;
  const queueOffsetEnd = plainEnd(bytes, queueOffsetAt, fieldsEnd);
  const queueId = readDigits(bytes, queueIdAt, queueIdEnd);
  const queueOffset = readDigits(bytes, queueOffsetAt, queueOffsetEnd);
  if (queueOffsetEnd === fieldsEnd || queueId < 0 || queueId > int32Max || queueOffset < 0) return undefined;
  return { msgId: bytes.toString('latin1', msgIdAt, msgIdEnd), queueId, queueOffset };
}

/** Where the string that begins at `start` ends; `limit` when it has anything but plain letters. */
function plainEnd(bytes: Uint8Array, start: number, limit: number): number {
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return at;
    if (byte < blank || byte > tilde || byte === backslash) return limit;
  }
  return limit;
}

/** Names of topics and groups, ids: escapes are the exception. */
const plainText = /^[\w.%|:@#, -]*$/;

function quoted(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(text);
}
