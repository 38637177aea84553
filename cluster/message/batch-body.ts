/**
 * The body of a batch request: (int32 size | int32 magic 0 | int32 crc 0 | int32 flag | int32 n, n bytes of body | int16 n, n bytes of properties)*.
 * `size` counts the whole entry. Each entry becomes a record of its own.
 */
import { Buffer } from 'node:buffer';
import { putText } from '../bytes/ascii.ts';
import { viewOf } from '../bytes/int64.ts';
import { PROPERTIES_BYTES_MAX } from './record-layout.ts';

export interface BatchEntry {
  readonly flag: number;
  readonly body: Uint8Array;
  readonly properties: string;
}

export class BatchBodyError extends Error {
  override readonly name = 'BatchBodyError';
}

const FIXED = 22;

/** Throws BatchBodyError. */
export function encodeBatchBody(entries: readonly BatchEntry[]): Uint8Array {
  let total = 0;
  for (const { body, properties } of entries) {
    const propertiesBytes = Buffer.byteLength(properties);
    if (propertiesBytes > PROPERTIES_BYTES_MAX)
      throw new BatchBodyError(
        `properties: wanted at most ${PROPERTIES_BYTES_MAX} bytes, got ${propertiesBytes}`,
      );
    total += FIXED + body.length + propertiesBytes;
  }
  const bytes = Buffer.alloc(total);
  const view = viewOf(bytes);
  let start = 0;
  for (const { flag, body, properties } of entries) {
    const bodyEnd = start + 20 + body.length;
    const end = putText(bytes, bodyEnd + 2, properties);
    view.setInt32(start, end - start);
    view.setInt32(start + 12, flag);
    view.setInt32(start + 16, body.length);
    bytes.set(body, start + 20);
    view.setInt16(bodyEnd, end - bodyEnd - 2);
    start = end;
  }
  return bytes;
}

/** As it came: its bytes are views into the request, its properties are decoded when asked for. */
export class ReceivedEntry implements BatchEntry {
  readonly flag: number;
  readonly body: Uint8Array;
  /** Of the whole request body. */
  readonly view: DataView;
  readonly propertiesStart: number;
  readonly propertiesLength: number;

  constructor(
    flag: number,
    body: Uint8Array,
    view: DataView,
    propertiesStart: number,
    propertiesLength: number,
  ) {
    this.flag = flag;
    this.body = body;
    this.view = view;
    this.propertiesStart = propertiesStart;
    this.propertiesLength = propertiesLength;
  }

  get propertiesBytes(): Buffer {
    const { buffer, byteOffset } = this.view;
    return Buffer.from(buffer, byteOffset + this.propertiesStart, this.propertiesLength);
  }

  get properties(): string {
    return this.propertiesBytes.toString('utf8');
  }
}

/** Throws BatchBodyError. */
export function decodeBatchBody(bytes: Uint8Array): ReceivedEntry[] {
  const view = viewOf(bytes);
  const entries: ReceivedEntry[] = [];
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
    const body = bytes.subarray(at + 20, bodyEnd);
    entries.push(new ReceivedEntry(view.getInt32(at + 12), body, view, bodyEnd + 2, propertiesLength));
    at += size;
  }
  return entries;
}

function refusal(index: number, found: string): BatchBodyError {
  return new BatchBodyError(`batch entry ${index}: its lengths do not fit together, got ${found}`);
}
