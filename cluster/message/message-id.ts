/** Offset message ids: upper-case hex of the store host's ip | int32 port | int64 physical offset; 32 digits, 56 with IPv6. */
import { Buffer } from 'node:buffer';
import { readInt64, viewOf } from '../bytes/int64.ts';
import { bytesToIp, type HostAddress, ipToBytes } from './host-address.ts';

/** The part of the id that is the same for all messages of a broker. */
function messageIdPrefix(storeHost: HostAddress): string {
  return Buffer.from(ipToBytes(storeHost.ip)).toString('hex').toUpperCase() + hex(storeHost.port, 8);
}

/** Makes the ids of a broker's messages. */
export class MessageIds {
  readonly #prefix: string;
  /** All but the last four digits, which the next message mostly shares. */
  #head = '';
  #headOf = -1;

  constructor(storeHost: HostAddress) {
    this.#prefix = messageIdPrefix(storeHost);
  }

  of(physicalOffset: number): string {
    const high = Math.floor(physicalOffset / 65536);
    if (high !== this.#headOf) {
      this.#headOf = high;
      this.#head = this.#prefix + hex(high, 12);
    }
    const low = physicalOffset - high * 65536;
    return this.#head + (hexOfByte[low >> 8] ?? '') + (hexOfByte[low & 255] ?? '');
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

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** By table, since every message gets an id. */
function hex(value: number, digits: number): string {
  let text = '';
  for (let rest = value, left = digits; left > 0; left -= 2) {
    text = (hexOfByte[rest % 256] ?? '') + text;
    rest = Math.floor(rest / 256);
  }
  return text;
}
