/** Addresses inside records: a numeric IP and a port. IPv4 takes 4 bytes, IPv6 takes 16 and a bit in the sysFlag. */
import { Buffer } from 'node:buffer';

export interface HostAddress {
  readonly ip: string;
  readonly port: number;
}

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** 4 or 16 bytes. What is not numeric (a host name of the simulated world) becomes 0.0.0.0: records have no room for names. */
export function ipToBytes(ip: string): Uint8Array {
  const mapped = MAPPED.exec(ip);
  const four = IPV4.exec(mapped?.[1] ?? ip);
  if (four !== null) return Uint8Array.from(four.slice(1), Number);
  return ip.includes(':') ? (ipv6ToBytes(ip) ?? new Uint8Array(4)) : new Uint8Array(4);
}

export function bytesToIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return groups.join(':');
}

/** Remembers the bytes of the addresses that come with every message, at most `COUNT_MAX` of them. */
export class HostBytes {
  readonly #known = new Map<string, Uint8Array>();

  of(ip: string): Uint8Array {
    const known = this.#known.get(ip);
    if (known !== undefined) return known;
    if (this.#known.size >= COUNT_MAX) this.#known.clear();
    const bytes = ipToBytes(ip);
    this.#known.set(ip, bytes);
    return bytes;
  }
}

const COUNT_MAX = 1024;

function ipv6ToBytes(ip: string): Uint8Array | undefined {
  const [left = '', right, surplus] = (ip.split('%')[0] ?? '').split('::');
  if (surplus !== undefined) return undefined;
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const missing = 8 - head.length - tail.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) {
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}
