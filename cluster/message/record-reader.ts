/** Reads a record where it lies, without copying: for recovery, dispatch and slaves, which see every record. */
import { Buffer } from 'node:buffer';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { readInt64, viewOf } from '../bytes/int64.ts';
import { At, BLANK_SIZE_MIN, MAGIC_BLANK, MAGIC_V1, MAGIC_V2, RECORD_SIZE_MIN } from './record-layout.ts';
import { SystemFlag } from './system-flag.ts';
import { tagsCodeOf } from './tags-code.ts';

const tagsName = Buffer.from('TAGS\u0001');
const valueEnd = 2;
const valueEndInEachByte = 0x02020202;

export type RecordKind = 'record' | 'blank' | 'cut' | 'bad';

/**
 * One object reads many records: `read` fills its fields, which hold until the next `read`. Nothing is allocated per record but
 * what the getters are asked for.
 */
export class RecordReader {
  /** Of the whole record; of a 'cut' one as far as it is known, else 0. */
  size = 0;
  queueId = 0;
  queueOffset = 0;
  physicalOffset = 0;
  sysFlag = 0;
  storeTimestamp = 0;
  /** What is wrong with a 'bad' record. */
  fault = '';
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = viewOf(this.#bytes);
  #bodyAt = 0;
  #bodyLength = 0;
  #bodyCrc = 0;
  #topicAt = 0;
  #topicLength = 0;
  #propertiesAt = 0;
  #propertiesLength = 0;
  /** The topic that was asked for last: the next record mostly has the same one. */
  #knownTopic = '';
  #knownTopicBytes: Buffer = Buffer.alloc(0);

  /** The bytes that the following reads look at. */
  over(bytes: Uint8Array): this {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = viewOf(bytes);
    return this;
  }

  /**
   * 'record': the lengths fit together and the record names `physicalOffset` as its own place. 'blank': the end of a file.
   * 'cut': the bytes end before the record does. 'bad': no record; `fault` says why.
   */
  read(at: number, physicalOffset: number): RecordKind {
    const view = this.#view;
    const left = view.byteLength - at;
    this.size = 0;
    if (left < BLANK_SIZE_MIN) return 'cut';
    const size = view.getInt32(at + At.size);
    const magic = view.getInt32(at + At.magic);
    if (magic === MAGIC_BLANK && size >= BLANK_SIZE_MIN) {
      this.size = size;
      return size > left ? 'cut' : 'blank';
    }
    if (magic !== MAGIC_V1 && magic !== MAGIC_V2) return this.#bad(`magic ${(magic >>> 0).toString(16)}`);
    if (size < RECORD_SIZE_MIN) return this.#bad(`size ${size}`);
    this.size = size;
    if (size > left) return 'cut';
    return this.#readFields(at, size, magic, physicalOffset);
  }

  #readFields(at: number, size: number, magic: number, physicalOffset: number): RecordKind {
    const view = this.#view;
    this.#bodyCrc = view.getInt32(at + At.bodyCrc);
    this.queueId = view.getInt32(at + At.queueId);
    this.queueOffset = readInt64(view, at + At.queueOffset);
    this.physicalOffset = readInt64(view, at + At.physicalOffset);
    const sysFlag = view.getInt32(at + At.sysFlag);
    this.sysFlag = sysFlag;
    if (this.physicalOffset !== physicalOffset)
      return this.#bad(`it names the offset ${this.physicalOffset}`);
    const bornEnd = at + At.bornHost + ((sysFlag & SystemFlag.bornHostV6) === 0 ? 8 : 20);
    const lengthAt = bornEnd + 8 + ((sysFlag & SystemFlag.storeHostV6) === 0 ? 8 : 20) + 12;
    const topicLengthBytes = magic === MAGIC_V1 ? 1 : 2;
    const end = at + size;
    // 4 bytes of body length, the topic's, 2 of properties' length must fit before any of them is read.
    if (lengthAt + 6 + topicLengthBytes > end) return this.#bad(`size ${size}`);
    this.storeTimestamp = readInt64(view, bornEnd);
    this.#bodyLength = view.getInt32(lengthAt);
    this.#bodyAt = lengthAt + 4;
    if (this.#bodyLength < 0 || this.#bodyLength > end - this.#bodyAt - topicLengthBytes - 2) {
      return this.#bad(`a body of ${this.#bodyLength} bytes in ${size}`);
    }
    const topicLengthAt = this.#bodyAt + this.#bodyLength;
    this.#topicLength = topicLengthBytes === 1 ? view.getUint8(topicLengthAt) : view.getInt16(topicLengthAt);
    this.#topicAt = topicLengthAt + topicLengthBytes;
    if (this.#topicLength < 0 || this.#topicLength > end - this.#topicAt - 2) {
      return this.#bad(`a topic of ${this.#topicLength} bytes in ${size}`);
    }
    this.#propertiesAt = this.#topicAt + this.#topicLength + 2;
    this.#propertiesLength = view.getInt16(this.#propertiesAt - 2);
    if (this.#propertiesAt + this.#propertiesLength !== end) {
      return this.#bad(
        `properties of ${this.#propertiesLength} bytes where ${end - this.#propertiesAt} are left`,
      );
    }
    return 'record';
  }

  /** The body is the one that was sent. */
  bodyIsWhole(): boolean {
    if (this.#bodyLength === 0) return true;
    return bodyCrc32(this.body) === (this.#bodyCrc & 0x7fffffff);
  }

  /**
   * The CRC does not cover what follows the body. A write torn there by a power cut leaves zeros, which no text has: the store
   * takes no message with a zero byte in its topic or properties.
   */
  textIsWhole(): boolean {
    const end = this.#propertiesAt + this.#propertiesLength;
    return (
      !this.#bytes.subarray(this.#topicAt, this.#propertiesAt - 2).includes(0) &&
      !this.#bytes.subarray(this.#propertiesAt, end).includes(0)
    );
  }

  get body(): Uint8Array {
    return this.#bytes.subarray(this.#bodyAt, this.#bodyAt + this.#bodyLength);
  }

  get topic(): string {
    if (
      this.#knownTopicBytes.length !== this.#topicLength ||
      !this.#isAt(this.#topicAt, this.#knownTopicBytes)
    ) {
      this.#knownTopicBytes = Buffer.from(
        this.#bytes.subarray(this.#topicAt, this.#topicAt + this.#topicLength),
      );
      this.#knownTopic = this.#knownTopicBytes.toString('utf8');
    }
    return this.#knownTopic;
  }

  get properties(): string {
    return this.#bytes.toString('utf8', this.#propertiesAt, this.#propertiesAt + this.#propertiesLength);
  }

  /** 0 when there is no tag: most messages have none, and then no string is made. */
  get tagsCode(): number {
    const end = this.#propertiesAt + this.#propertiesLength;
    for (let at = this.#propertiesAt; at + tagsName.length <= end; at += 1) {
      if (this.#isAt(at, tagsName)) return tagsCodeOf(this.properties);
      at = this.#valueEnd(at, end);
    }
    return 0;
  }

  /** Where the next value ends, or `end`: four bytes at a time, for this is a slave's most frequent look at a record. */
  #valueEnd(start: number, end: number): number {
    const view = this.#view;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      // A byte that is valueEnd becomes zero, and of four bytes only a zero one borrows so that its high bit shows.
      const word = view.getInt32(at) ^ valueEndInEachByte;
      if (((word - 0x01010101) & ~word & 0x80808080) !== 0) break;
    }
    while (at < end && this.#bytes[at] !== valueEnd) at += 1;
    return at;
  }

  #isAt(at: number, wanted: Buffer): boolean {
    for (let index = 0; index < wanted.length; index += 1) {
      if (this.#bytes[at + index] !== wanted[index]) return false;
    }
    return true;
  }

  #bad(fault: string): RecordKind {
    this.fault = fault;
    return 'bad';
  }
}
