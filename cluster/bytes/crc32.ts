/** CRC-32 (zlib polynomial), as java.util.zip.CRC32 computes it. */
import { crc32 as zlibCrc32 } from 'node:zlib';

/** An unsigned 32-bit integer. `previous` continues an earlier result. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  return zlibCrc32(bytes, previous);
}

/** RocketMQ stores body CRCs without the sign bit (UtilAll.crc32). */
export function bodyCrc32(bytes: Uint8Array): number {
  return zlibCrc32(bytes) & 0x7fffffff;
}
