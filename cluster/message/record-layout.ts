/**
 * A message as it lies in the CommitLog and travels to consumers and slaves:
 *
 * int32 size | int32 magic | int32 body CRC | int32 queueId | int32 flag | int64 queueOffset | int64 physicalOffset | int32 sysFlag
 * | int64 bornTimestamp | 4 or 16 ip, int32 port | int64 storeTimestamp | 4 or 16 ip, int32 port | int32 reconsumeTimes
 * | int64 preparedTransactionOffset | int32 n, n bytes of body | int8 (v2: int16) n, n bytes of topic | int16 n, n bytes of properties
 *
 * The end of a file that has no room for the next record: int32 bytes left | int32 blank magic | zeros.
 */
import { SystemFlag } from './system-flag.ts';

/** Topics of up to 127 bytes. */
export const MAGIC_V1 = 0xdaa320a7 | 0;
/** Longer topics: two bytes of topic length. */
export const MAGIC_V2 = 0xdaa320ab | 0;
export const MAGIC_BLANK = 0xcbd43194 | 0;

/** A record is refused when less than this would be left in its file behind it: room for the blank's own header. */
export const BLANK_SIZE_MIN = 8;
/** A version 1 record with IPv4 hosts and empty body, topic and properties. */
export const RECORD_SIZE_MIN = 91;

export const TOPIC_BYTES_MAX_V1 = 127;
export const TOPIC_BYTES_MAX = 255;
export const PROPERTIES_BYTES_MAX = 32767;
/** A record may be longer than maxMessageSize (which counts the body) by this. */
export const RECORD_OVERHEAD_MAX = 65536;

export const At = {
  size: 0,
  magic: 4,
  bodyCrc: 8,
  queueId: 12,
  flag: 16,
  queueOffset: 20,
  physicalOffset: 28,
  sysFlag: 36,
  bornTimestamp: 40,
  bornHost: 48,
} as const;

export function recordSize(
  sysFlag: number,
  topicBytes: number,
  bodyBytes: number,
  propertiesBytes: number,
): number {
  const v6 =
    ((sysFlag & SystemFlag.bornHostV6) === 0 ? 0 : 12) + ((sysFlag & SystemFlag.storeHostV6) === 0 ? 0 : 12);
  const v2 = topicBytes > TOPIC_BYTES_MAX_V1 ? 1 : 0;
  return RECORD_SIZE_MIN + v6 + v2 + topicBytes + bodyBytes + propertiesBytes;
}
