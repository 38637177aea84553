/**
 * The body of a batch request: (int32 size | int32 magic 0 | int32 crc 0 | int32 flag | int32 n, n bytes of body | int16 n, n bytes of properties)*.
 * `size` counts the whole entry. Each entry becomes a record of its own.
 */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';

export interface BatchEntry {
  readonly flag: number;
  readonly body: Uint8Array;
  readonly properties: string;
}

export class BatchBodyError extends Error {
  override readonly name = 'BatchBodyError';
}

const FIXED = 22;

export function encodeBatchBody(entries: readonly BatchEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const properties = Buffer.from(entry.properties);
    if (properties.length > 32767) {
      throw new BatchBodyError(`properties: wanted at most 32767 bytes, got ${properties.length}`);
    }
    const size = FIXED + entry.body.length + properties.length;
    const bytes = Buffer.alloc(size);
    bytes.writeInt32BE(size, 0);
    bytes.writeInt32BE(entry.flag, 12);
    bytes.writeInt32BE(entry.body.length, 16);
    bytes.set(entry.body, 20);
    bytes.writeInt16BE(properties.length, 20 + entry.body.length);
    bytes.set(properties, FIXED + entry.body.length);
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** Bodies are views into `bytes`. Throws BatchBodyError. */
export function decodeBatchBody(bytes: Uint8Array): BatchEntry[] {
  const view = viewOf(bytes);
  const entries: BatchEntry[] = [];
  let at = 0;
  while (at < bytes.length) {
    const left = bytes.length - at;
    const size = left >= 4 ? view.getInt32(at) : 0;
    if (size < FIXED || size > left)
      throw refusal(entries.length, `size ${size} where ${left} bytes are left`);
    const bodyLength = view.getInt32(at + 16);
    if (bodyLength < 0 || bodyLength > size - FIXED)
      throw refusal(entries.length, `a body of ${bodyLength} bytes`);
    const bodyEnd = at + 20 + bodyLength;
    const propertiesLength = view.getInt16(bodyEnd);
    if (propertiesLength !== size - FIXED - bodyLength) {
      throw refusal(entries.length, `properties of ${propertiesLength} bytes`);
    }
    entries.push({
      flag: view.getInt32(at + 12),
      body: bytes.subarray(at + 20, bodyEnd),
      properties: Buffer.from(bytes.buffer, bytes.byteOffset + bodyEnd + 2, propertiesLength).toString(
        'utf8',
      ),
    });
    at += size;
  }
  return entries;
}

function refusal(index: number, found: string): BatchBodyError {
  return new BatchBodyError(`batch entry ${index}: its lengths do not fit together, got ${found}`);
}
