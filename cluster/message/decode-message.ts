/** Records as objects: for consumers, tools and tests. */
import { readInt64, viewOf } from '../bytes/int64.ts';
import { bytesToIp, type HostAddress } from './host-address.ts';
import { At, MAGIC_V2 } from './record-layout.ts';
import { RecordReader } from './record-reader.ts';
import type { StoredMessage } from './stored-message.ts';
import { SystemFlag } from './system-flag.ts';

export class MessageDecodeError extends Error {
  override readonly name = 'MessageDecodeError';
  /** Where in the given bytes the record begins. */
  readonly position: number;
  constructor(position: number, fault: string) {
    super(`no whole message record at byte ${position}: ${fault}`);
    this.position = position;
  }
}

/** The record that begins at `position`. Its body is a view into `bytes`. Throws MessageDecodeError. */
export function decodeMessage(bytes: Uint8Array, position = 0): StoredMessage {
  return decodeWith(new RecordReader().over(bytes), bytes, position);
}

/** Records one behind the other, as pulls deliver them. */
export function decodeMessages(bytes: Uint8Array): StoredMessage[] {
  const reader = new RecordReader().over(bytes);
  const messages: StoredMessage[] = [];
  for (let at = 0; at < bytes.length; ) {
    const message = decodeWith(reader, bytes, at);
    messages.push(message);
    at += message.size;
  }
  return messages;
}

function decodeWith(reader: RecordReader, bytes: Uint8Array, start: number): StoredMessage {
  const view = viewOf(bytes);
  if (bytes.length - start < At.sysFlag)
    throw new MessageDecodeError(start, `it is cut after ${bytes.length - start} bytes`);
  const kind = reader.read(start, readInt64(view, start + At.physicalOffset));
  if (kind === 'bad') throw new MessageDecodeError(start, reader.fault);
  if (kind === 'blank') throw new MessageDecodeError(start, 'it is the blank end of a file');
  if (kind === 'cut') {
    throw new MessageDecodeError(start, `it has ${reader.size} bytes and ${bytes.length - start} are there`);
  }
  const bornV6 = (reader.sysFlag & SystemFlag.bornHostV6) !== 0;
  const storeV6 = (reader.sysFlag & SystemFlag.storeHostV6) !== 0;
  const storeHostAt = start + At.bornHost + (bornV6 ? 20 : 8) + 8;
  const restAt = storeHostAt + (storeV6 ? 20 : 8);
  return {
    version: view.getInt32(start + At.magic) === MAGIC_V2 ? 2 : 1,
    size: reader.size,
    bodyCrc: view.getInt32(start + At.bodyCrc),
    topic: reader.topic,
    queueId: reader.queueId,
    queueOffset: reader.queueOffset,
    physicalOffset: reader.physicalOffset,
    flag: view.getInt32(start + At.flag),
    sysFlag: reader.sysFlag,
    bornTimestamp: readInt64(view, start + At.bornTimestamp),
    bornHost: hostAt(bytes, view, start + At.bornHost, bornV6),
    storeTimestamp: reader.storeTimestamp,
    storeHost: hostAt(bytes, view, storeHostAt, storeV6),
    reconsumeTimes: view.getInt32(restAt),
    preparedTransactionOffset: readInt64(view, restAt + 4),
    body: reader.body,
    properties: reader.properties,
  };
}

function hostAt(bytes: Uint8Array, view: DataView, at: number, v6: boolean): HostAddress {
  const length = v6 ? 16 : 4;
  return { ip: bytesToIp(bytes.subarray(at, at + length)), port: view.getInt32(at + length) };
}
