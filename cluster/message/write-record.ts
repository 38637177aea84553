/** Writes one record in place: the send path encodes straight into the log's memory, without a copy between. */
import type { Buffer } from 'node:buffer';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { writeInt64 } from '../bytes/int64.ts';
import { At, MAGIC_V1, MAGIC_V2, TOPIC_BYTES_MAX_V1 } from './record-layout.ts';

export interface RecordFields {
  /** The result of `recordSize` for these fields. */
  readonly size: number;
  readonly topic: Uint8Array;
  readonly queueId: number;
  readonly queueOffset: number;
  readonly physicalOffset: number;
  readonly flag: number;
  /** Its address bits agree with the lengths of the hosts. */
  readonly sysFlag: number;
  readonly bornTimestamp: number;
  readonly bornIp: Uint8Array;
  readonly bornPort: number;
  readonly storeTimestamp: number;
  readonly storeIp: Uint8Array;
  readonly storePort: number;
  readonly reconsumeTimes: number;
  readonly preparedTransactionOffset: number;
  readonly body: Uint8Array;
  readonly properties: string | Uint8Array;
  /** Behind the properties. */
  readonly commonProperties: Uint8Array;
  /** Of both, in UTF-8. */
  readonly propertiesBytes: number;
}

/** `view` covers the same bytes as `bytes`. */
export function writeRecord(bytes: Buffer, view: DataView, start: number, record: RecordFields): void {
  const v2 = record.topic.length > TOPIC_BYTES_MAX_V1;
  view.setInt32(start + At.size, record.size);
  view.setInt32(start + At.magic, v2 ? MAGIC_V2 : MAGIC_V1);
  view.setInt32(start + At.bodyCrc, record.body.length === 0 ? 0 : bodyCrc32(record.body));
  view.setInt32(start + At.queueId, record.queueId);
  view.setInt32(start + At.flag, record.flag);
  writeInt64(view, start + At.queueOffset, record.queueOffset);
  writeInt64(view, start + At.physicalOffset, record.physicalOffset);
  view.setInt32(start + At.sysFlag, record.sysFlag);
  writeInt64(view, start + At.bornTimestamp, record.bornTimestamp);
  let at = writeHost(bytes, view, start + At.bornHost, record.bornIp, record.bornPort);
  writeInt64(view, at, record.storeTimestamp);
  at = writeHost(bytes, view, at + 8, record.storeIp, record.storePort);
  view.setInt32(at, record.reconsumeTimes);
  writeInt64(view, at + 4, record.preparedTransactionOffset);
  view.setInt32(at + 12, record.body.length);
  bytes.set(record.body, at + 16);
  at += 16 + record.body.length;
  if (v2) {
    view.setInt16(at, record.topic.length);
    at += 2;
  } else {
    view.setInt8(at, record.topic.length);
    at += 1;
  }
  bytes.set(record.topic, at);
  at += record.topic.length;
  view.setInt16(at, record.propertiesBytes);
  const { commonProperties } = record;
  const ownBytes = record.propertiesBytes - commonProperties.length;
  if (typeof record.properties === 'string') bytes.write(record.properties, at + 2, ownBytes, 'utf8');
  else bytes.set(record.properties, at + 2);
  if (commonProperties.length > 0) bytes.set(commonProperties, at + 2 + ownBytes);
}

function writeHost(bytes: Buffer, view: DataView, at: number, ip: Uint8Array, port: number): number {
  for (let index = 0; index < ip.length; index += 1) bytes[at + index] = ip[index] ?? 0;
  view.setInt32(at + ip.length, port);
  return at + ip.length + 4;
}
