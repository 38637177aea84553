/** Offset message ids: upper-case hex of the store host's ip | int32 port | int64 physical offset; 32 digits, 56 with IPv6. */
import { Buffer } from 'node:buffer';
import { putBytes, putHex16 } from '../bytes/ascii.ts';
import { readInt64, viewOf } from '../bytes/int64.ts';
import { bytesToIp, type HostAddress, ipToBytes } from './host-address.ts';

/** Makes the ids of a broker's messages. */
export class MessageIds {
  /** Of one id, as text. */
  readonly length: number;
  /** The part that is the same for all of them, as text. */
  readonly #prefix: Buffer;

  constructor(storeHost: HostAddress) {
    const ip = Buffer.from(ipToBytes(storeHost.ip)).toString('hex');
    const port = storeHost.port.toString(16).padStart(8, '0');
    this.#prefix = Buffer.from((ip + port).toUpperCase());
    this.length = this.#prefix.length + 16;
  }

  of(physicalOffset: number): string {
    const text = Buffer.alloc(this.length);
    this.put(text, 0, physicalOffset);
    return text.toString('latin1');
  }

  /** Writes the id in place, since every message gets one. Returns the place behind it. */
  put(into: Uint8Array, at: number, physicalOffset: number): number {
    return putHex16(into, putBytes(into, at, this.#prefix), physicalOffset);
  }
}

/** Undefined when `messageId` is not one. */
export function parseMessageId(
  messageId: string,
): { readonly storeHost: HostAddress; readonly physicalOffset: number } | undefined {
  if (!/^([0-9a-f]{32}|[0-9a-f]{56})$/i.test(messageId)) return undefined;
  const bytes = Buffer.from(messageId, 'hex');
  const ipLength = bytes.length - 12;
  const view = viewOf(bytes);
  return {
    storeHost: { ip: bytesToIp(bytes.subarray(0, ipLength)), port: view.getInt32(ipLength) },
    physicalOffset: readInt64(view, ipLength + 4),
  };
}
