/** Any send request (10, 310, 320) to its header: the way to read one per message. */
import { Buffer } from 'node:buffer';
import { LazyJsonCommand } from '../lazy-json-header.ts';
import type { RemotingCommand } from '../remoting-command.ts';
import { RequestCode } from '../request-code.ts';
import { KnownText } from './known-text.ts';
import { decodeSendBatchMessageRequestHeader } from './send-batch-message.ts';
import { type SendMessageRequestHeader, sendMessageRequestHeader } from './send-message.ts';
import { decodeSendMessageRequestHeaderV2 } from './send-message-v2.ts';
import { SendPattern } from './send-pattern.ts';

const quote = 34;
const comma = 44;
const minus = 45;
const digit0 = 48;
const colon = 58;
const backslash = 92;
const letterU = 117;
const trueBytes = Buffer.from('true');
/** The number of a V2 field is its place in the alphabet: a is 0. */
const letterA = 97;
const fieldCount = 14;
/** More digits than a number holds exactly are left to the ordinary way. */
const digitsMax = 15;

export class SendRequestReader {
  readonly #groups = new KnownText();
  readonly #topics = new KnownText();
  readonly #defaultTopics = new KnownText();
  /** Where the value of each field of the present request begins and ends; a start of 0: it is not there. */
  readonly #starts = new Int32Array(fieldCount);
  readonly #ends = new Int32Array(fieldCount);
  /** Without its escapes. */
  #text: Buffer = Buffer.alloc(1024);
  #pattern: SendPattern | undefined;

  /** Throws HeaderError, or FrameError when the header is not JSON. */
  read(request: RemotingCommand): SendMessageRequestHeader {
    if (request instanceof LazyJsonCommand && request.code === RequestCode.SEND_MESSAGE_V2) {
      const repeated = this.#pattern?.match(request);
      if (repeated !== undefined) return repeated;
      const header = this.#readV2(request);
      if (header !== undefined) {
        this.#learn(request, header);
        return header;
      }
    }
    if (request.code === RequestCode.SEND_MESSAGE) return sendMessageRequestHeader.decode(request.extFields);
    if (request.code === RequestCode.SEND_BATCH_MESSAGE)
      return decodeSendBatchMessageRequestHeader(request.extFields);
    return decodeSendMessageRequestHeaderV2(request.extFields);
  }

  /** What `#readV2` has just read is the pattern of those that come next. */
  #learn({ bytes, fieldsStart, fieldsEnd }: LazyJsonCommand, header: SendMessageRequestHeader): void {
    const json = bytes.subarray(fieldsStart, fieldsEnd);
    const span = (field: number) => ({
      start: (this.#starts[field] ?? 0) - fieldsStart,
      end: (this.#ends[field] ?? 0) - fieldsStart,
    });
    this.#pattern =
      this.#starts[8] === 0 ? undefined : SendPattern.of(json, header, span(4), span(6), span(8));
  }

  /**
   * Takes the values out of {"a":"...","b":"..."} without an object in between. Undefined: anything unusual, which is
   * for the ordinary way to read or refuse.
   */
  #readV2({ bytes, fieldsStart, fieldsEnd }: LazyJsonCommand): SendMessageRequestHeader | undefined {
    if (!this.#findFields(bytes, fieldsStart, fieldsEnd)) return undefined;
    const starts = this.#starts;
    const ends = this.#ends;
    const defaultTopicQueueNums = this.#integer(bytes, 3);
    const queueId = this.#integer(bytes, 4);
    const sysFlag = this.#integer(bytes, 5);
    const bornTimestamp = this.#integer(bytes, 6);
    const flag = this.#integer(bytes, 7);
    const properties = starts[8] === 0 ? '' : this.#properties(bytes);
    const reconsumeTimes = starts[9] === 0 ? 0 : this.#integer(bytes, 9);
    if (
      starts[0] === 0 ||
      starts[1] === 0 ||
      starts[2] === 0 ||
      !isInt32(defaultTopicQueueNums) ||
      !isInt32(queueId) ||
      !isInt32(sysFlag) ||
      bornTimestamp === undefined ||
      !isInt32(flag) ||
      properties === undefined ||
      !isInt32(reconsumeTimes) ||
      // Rare: only for messages that come back from a consumer.
      starts[11] !== 0
    ) {
      return undefined;
    }
    return {
      producerGroup: this.#groups.of(bytes, starts[0] ?? 0, ends[0] ?? 0),
      topic: this.#topics.of(bytes, starts[1] ?? 0, ends[1] ?? 0),
      defaultTopic: this.#defaultTopics.of(bytes, starts[2] ?? 0, ends[2] ?? 0),
      defaultTopicQueueNums,
      queueId,
      sysFlag,
      bornTimestamp,
      flag,
      properties,
      reconsumeTimes,
      unitMode: isTrue(bytes, starts[10] ?? 0, ends[10] ?? 0),
      maxReconsumeTimes: undefined,
      batch: isTrue(bytes, starts[12] ?? 0, ends[12] ?? 0),
    };
  }

  /** False when there is anything else than one-letter names with strings, or an escape anywhere but in the properties. */
  #findFields(bytes: Buffer, fieldsStart: number, fieldsEnd: number): boolean {
    const starts = this.#starts;
    starts.fill(0);
    const last = fieldsEnd - 1;
    let at = fieldsStart + 1;
    while (at < last) {
      const field = (bytes[at + 1] ?? 0) - letterA;
      if (
        bytes[at] !== quote ||
        bytes[at + 2] !== quote ||
        bytes[at + 3] !== colon ||
        bytes[at + 4] !== quote ||
        !(field >= 0 && field < fieldCount)
      ) {
        return false;
      }
      at += 5;
      starts[field] = at;
      for (;;) {
        const byte = bytes[at];
        if (byte === quote) break;
        // Control characters are not allowed in JSON, nor is an end within a string.
        if (byte === undefined || byte < 32 || at >= last) return false;
        if (byte !== backslash) at += 1;
        else if (field === 8) at += 2;
        else return false;
      }
      if (at >= last) return false;
      this.#ends[field] = at;
      at += 1;
      if (bytes[at] === comma) at += 1;
      else if (at !== last) return false;
    }
    return true;
  }

  /** Undefined when it is no plain decimal number. */
  #integer(bytes: Buffer, field: number): number | undefined {
    const end = this.#ends[field] ?? 0;
    let at = this.#starts[field] ?? 0;
    const isNegative = bytes[at] === minus;
    if (isNegative) at += 1;
    if (at === 0 || at >= end || end - at > digitsMax) return undefined;
    let value = 0;
    for (; at < end; at += 1) {
      const digit = (bytes[at] ?? 0) - digit0;
      if (!(digit >= 0 && digit <= 9)) return undefined;
      value = value * 10 + digit;
    }
    // 0 - 0 is 0, where -0 would be printed and compared oddly.
    return isNegative ? 0 - value : value;
  }

  /** The two separators come as \\u0001 and \\u0002. Undefined when another kind of escape is in it. */
  #properties(bytes: Buffer): string | undefined {
    const end = this.#ends[8] ?? 0;
    let at = this.#starts[8] ?? 0;
    if (this.#text.length < end - at) this.#text = Buffer.alloc(2 * (end - at));
    const text = this.#text;
    let length = 0;
    for (; at < end; length += 1) {
      const byte = bytes[at] ?? 0;
      if (byte !== backslash) {
        text[length] = byte;
        at += 1;
        continue;
      }
      const separator = (bytes[at + 5] ?? 0) - digit0;
      if (
        bytes[at + 1] !== letterU ||
        bytes[at + 2] !== digit0 ||
        bytes[at + 3] !== digit0 ||
        bytes[at + 4] !== digit0 ||
        (separator !== 1 && separator !== 2)
      ) {
        return undefined;
      }
      text[length] = separator;
      at += 6;
    }
    return text.toString('utf8', 0, length);
  }
}

function isInt32(value: number | undefined): value is number {
  return value !== undefined && (value | 0) === value;
}

function isTrue(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== trueBytes.length) return false;
  for (let at = 0; at < trueBytes.length; at += 1) if (bytes[start + at] !== trueBytes[at]) return false;
  return true;
}
