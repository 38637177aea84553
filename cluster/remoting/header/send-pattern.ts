/**
 * The sends of one producer differ in little: queue, time, UNIQ_KEY. Once the extFields of one were read in full, those that have the same
 * bytes everywhere else need no reading but for these three.
 */
import { Buffer } from 'node:buffer';
import { isBytesAt, readDigits } from '../../bytes/ascii.ts';
import { KnownBytes } from '../../bytes/known-bytes.ts';
import type { LazyJsonCommand } from '../lazy-json-header.ts';
import type { SendMessageRequestHeader } from './send-message.ts';

const uniqueKeyName = 'UNIQ_KEY\u0001';
const uniqueKeyInJson = Buffer.from('UNIQ_KEY\\u0001');
const valueEnd = '\u0002';
const valueEndInJson = Buffer.from('\\u0002');
const blank = 32;
const quote = 34;
const backslash = 92;
const tilde = 126;

/** Begin and end within the extFields. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class SendPattern {
  readonly first: SendMessageRequestHeader;
  /** Where its UNIQ_KEY stands in `first.properties`. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly #queueId: Span;
  readonly #bornTimestamp: Span;
  readonly #key: Span;
  /** What lies between the three in the JSON of the first one. */
  readonly #fixed: KnownBytes;

  private constructor(
    json: Buffer,
    first: SendMessageRequestHeader,
    queueId: Span,
    bornTimestamp: Span,
    key: Span,
  ) {
    this.first = first;
    this.keyStart = startOfUniqueKey(first.properties);
    this.keyEnd = this.keyStart + key.end - key.start;
    this.#queueId = queueId;
    this.#bornTimestamp = bornTimestamp;
    this.#key = key;
    const varying = [queueId, bornTimestamp, key].sort((left, right) => left.start - right.start);
    const between = [...varying, { start: json.length, end: json.length }].map(({ start }, index) => ({
      start: varying[index - 1]?.end ?? 0,
      end: start,
    }));
    this.#fixed = new KnownBytes(json, between);
  }

  /** `json` is the extFields that `first` was read from, the spans its values "e", "g" and "i". Undefined when it has no UNIQ_KEY of plain letters. */
  static of(
    json: Buffer,
    first: SendMessageRequestHeader,
    queueId: Span,
    bornTimestamp: Span,
    properties: Span,
  ): SendPattern | undefined {
    if (startOfUniqueKey(first.properties) === -1) return undefined;
    // The text has it, so the JSON has it too, at the beginning or behind the end of another value.
    let at = properties.start;
    while (!isBytesAt(json, at, uniqueKeyInJson)) {
      const found = json.indexOf(valueEndInJson, at);
      if (found === -1) return undefined;
      at = found + valueEndInJson.length;
    }
    const start = at + uniqueKeyInJson.length;
    let end = start;
    while (isPlain(json[end] ?? 0)) end += 1;
    const isWhole = json[end] === quote || isBytesAt(json, end, valueEndInJson);
    if (end === start || !isWhole) return undefined;
    return new SendPattern(json, first, queueId, bornTimestamp, { start, end });
  }

  /** Undefined when the request differs in anything else, which is for the ordinary way. */
  match(request: LazyJsonCommand): RepeatedSend | undefined {
    const { bytes, fieldsStart } = request;
    if (request.fieldsEnd - fieldsStart !== this.#fixed.length) return undefined;
    if (!this.#fixed.isAt(request.view, fieldsStart)) return undefined;
    const { start, end } = this.#key;
    for (let at = start; at < end; at += 1) if (!isPlain(bytes[fieldsStart + at] ?? 0)) return undefined;
    const queueId = numberIn(bytes, fieldsStart, this.#queueId);
    const bornTimestamp = numberIn(bytes, fieldsStart, this.#bornTimestamp);
    if (queueId < 0 || (queueId | 0) !== queueId || bornTimestamp < 0) return undefined;
    const uniqueKey = bytes.toString('latin1', fieldsStart + start, fieldsStart + end);
    return new RepeatedSend(this, queueId, bornTimestamp, uniqueKey);
  }
}

/** The header of a request that matched. */
export class RepeatedSend implements SendMessageRequestHeader {
  readonly pattern: SendPattern;
  readonly queueId: number;
  readonly bornTimestamp: number;
  /** Plain letters, as many as the first one's. */
  readonly uniqueKey: string;

  constructor(pattern: SendPattern, queueId: number, bornTimestamp: number, uniqueKey: string) {
    this.pattern = pattern;
    this.queueId = queueId;
    this.bornTimestamp = bornTimestamp;
    this.uniqueKey = uniqueKey;
  }

  /** Put together when asked for. */
  get properties(): string {
    const { first, keyStart, keyEnd } = this.pattern;
    return first.properties.slice(0, keyStart) + this.uniqueKey + first.properties.slice(keyEnd);
  }

  get producerGroup(): string {
    return this.pattern.first.producerGroup;
  }

  get topic(): string {
    return this.pattern.first.topic;
  }

  get defaultTopic(): string {
    return this.pattern.first.defaultTopic;
  }

  get defaultTopicQueueNums(): number {
    return this.pattern.first.defaultTopicQueueNums;
  }

  get sysFlag(): number {
    return this.pattern.first.sysFlag;
  }

  get flag(): number {
    return this.pattern.first.flag;
  }

  get reconsumeTimes(): number {
    return this.pattern.first.reconsumeTimes;
  }

  get unitMode(): boolean {
    return this.pattern.first.unitMode;
  }

  get maxReconsumeTimes(): number | undefined {
    return this.pattern.first.maxReconsumeTimes;
  }

  get batch(): boolean {
    return this.pattern.first.batch;
  }
}

/** Where the value of the first UNIQ_KEY begins; -1 when there is none. */
export function startOfUniqueKey(properties: string): number {
  if (properties.startsWith(uniqueKeyName)) return uniqueKeyName.length;
  const found = properties.indexOf(valueEnd + uniqueKeyName);
  return found === -1 ? -1 : found + 1 + uniqueKeyName.length;
}

function numberIn(bytes: Buffer, fieldsStart: number, { start, end }: Span): number {
  return readDigits(bytes, fieldsStart + start, fieldsStart + end);
}

function isPlain(byte: number): boolean {
  return byte > blank && byte <= tilde && byte !== quote && byte !== backslash;
}
