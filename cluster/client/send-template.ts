/** The extFields of SEND_MESSAGE_V2, written straight into the frame; what is the same for all messages of a topic is put together once. */
import { Buffer } from 'node:buffer';
import { putAscii, putBytes, putDigits } from '../bytes/ascii.ts';
import type { FieldsWriter } from '../remoting/channel.ts';
import { messageProperties, type OutgoingMessage } from './outgoing-message.ts';

/** The topic whose settings a topic gets that is made by its first message, and how many queues of it. */
export const autoCreateTopicKey = 'TBW102';
export const autoCreateQueueNums = 4;

const bornKey = Buffer.from('","f":"0","g":"');
const flagKey = Buffer.from('","h":"');
const propertiesKey = Buffer.from('","i":');
const uniqueKey = Buffer.from('"UNIQ_KEY\\u0001');
const wait = Buffer.from('\\u0002WAIT\\u0001true\\u0002"');
const single = Buffer.from(',"j":"0","k":"false","m":"false"}');
const batch = Buffer.from(',"j":"0","k":"false","m":"true"}');
const numbersBytesMax = 3 * 21;
const fixedBytes =
  bornKey.length + flagKey.length + propertiesKey.length + uniqueKey.length + wait.length + single.length;

export class SendTemplate {
  readonly #producerGroup: string;
  readonly #heads = new Map<string, Buffer>();

  constructor(producerGroup: string) {
    this.#producerGroup = producerGroup;
  }

  /** `uniqueId` is of letters and digits. */
  fields(
    message: OutgoingMessage,
    queueId: number,
    bornTimestamp: number,
    uniqueId: string,
    isBatch: boolean,
  ): FieldsWriter {
    const head = this.#heads.get(message.topic) ?? this.#addHead(message.topic);
    return new SendFields(head, message, queueId, bornTimestamp, uniqueId, isBatch);
  }

  #addHead(topic: string): Buffer {
    const names = `{"a":${JSON.stringify(this.#producerGroup)},"b":${JSON.stringify(topic)}`;
    const head = Buffer.from(`${names},"c":"${autoCreateTopicKey}","d":"${autoCreateQueueNums}","e":"`);
    this.#heads.set(topic, head);
    return head;
  }
}

class SendFields implements FieldsWriter {
  readonly bytesMax: number;
  readonly #head: Buffer;
  readonly #queueId: number;
  readonly #bornTimestamp: number;
  readonly #flag: number;
  readonly #uniqueId: string;
  /** As a JSON string; undefined for those of nearly every message, which are written without one. */
  readonly #properties: string | undefined;
  readonly #isBatch: boolean;

  constructor(
    head: Buffer,
    message: OutgoingMessage,
    queueId: number,
    bornTimestamp: number,
    uniqueId: string,
    isBatch: boolean,
  ) {
    this.#head = head;
    this.#queueId = queueId;
    this.#bornTimestamp = bornTimestamp;
    this.#flag = message.flag ?? 0;
    this.#uniqueId = uniqueId;
    this.#isBatch = isBatch;
    this.#properties = hasOwnProperties(message)
      ? JSON.stringify(messageProperties(message, uniqueId))
      : undefined;
    const propertiesBytes = this.#properties === undefined ? uniqueId.length : 3 * this.#properties.length;
    this.bytesMax = head.length + fixedBytes + numbersBytesMax + propertiesBytes;
  }

  write(into: Buffer, start: number): number {
    let at = putDigits(into, putBytes(into, start, this.#head), this.#queueId);
    at = putDigits(into, putBytes(into, at, bornKey), this.#bornTimestamp);
    at = putDigits(into, putBytes(into, at, flagKey), this.#flag);
    at = putBytes(into, at, propertiesKey);
    if (this.#properties === undefined) {
      at = putBytes(into, putAscii(into, putBytes(into, at, uniqueKey), this.#uniqueId), wait);
    } else {
      at += into.write(this.#properties, at, 'utf8');
    }
    return putBytes(into, at, this.#isBatch ? batch : single);
  }
}

/** Others than UNIQ_KEY and WAIT=true. */
function hasOwnProperties(message: OutgoingMessage): boolean {
  return (
    message.tag !== undefined ||
    message.keys !== undefined ||
    message.properties !== undefined ||
    message.waitStoreMsgOk === false
  );
}
