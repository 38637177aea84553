/** One record as bytes of its own. */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';
import { ipToBytes } from './host-address.ts';
import { PROPERTIES_BYTES_MAX, recordSize, TOPIC_BYTES_MAX } from './record-layout.ts';
import type { StoredMessage } from './stored-message.ts';
import { SystemFlag } from './system-flag.ts';
import { writeRecord } from './write-record.ts';

export class MessageEncodeError extends Error {
  override readonly name = 'MessageEncodeError';
}

const noProperties = new Uint8Array(0);

/** `version`, `size`, `bodyCrc` and the address bits of `sysFlag` are computed, not taken. */
export function encodeMessage(message: Omit<StoredMessage, 'version' | 'size' | 'bodyCrc'>): Uint8Array {
  const topic = Buffer.from(message.topic);
  const propertiesBytes = Buffer.byteLength(message.properties);
  if (topic.length > TOPIC_BYTES_MAX) {
    throw new MessageEncodeError(`topic: wanted at most ${TOPIC_BYTES_MAX} bytes, got ${topic.length}`);
  }
  if (propertiesBytes > PROPERTIES_BYTES_MAX) {
    throw new MessageEncodeError(
      `properties: wanted at most ${PROPERTIES_BYTES_MAX} bytes, got ${propertiesBytes}`,
    );
  }
  const bornIp = ipToBytes(message.bornHost.ip);
  const storeIp = ipToBytes(message.storeHost.ip);
  const sysFlag = withHostBits(message.sysFlag, bornIp, storeIp);
  const size = recordSize(sysFlag, topic.length, message.body.length, propertiesBytes);
  const bytes = Buffer.alloc(size);
  writeRecord(bytes, viewOf(bytes), 0, {
    ...message,
    size,
    topic,
    sysFlag,
    bornIp,
    bornPort: message.bornHost.port,
    storeIp,
    storePort: message.storeHost.port,
    commonProperties: noProperties,
    propertiesBytes,
  });
  return bytes;
}

export function withHostBits(sysFlag: number, bornIp: Uint8Array, storeIp: Uint8Array): number {
  return (
    (sysFlag & ~(SystemFlag.bornHostV6 | SystemFlag.storeHostV6)) |
    (bornIp.length === 16 ? SystemFlag.bornHostV6 : 0) |
    (storeIp.length === 16 ? SystemFlag.storeHostV6 : 0)
  );
}
