/** Addresses as RocketMQ writes them: "host:port", "[v6]:port"; the last colon divides. */
import type { HostPort } from '../runtime/network.ts';

/** Undefined when `text` is no address. */
export function parseAddress(text: string): HostPort | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 1) return undefined;
  const portText = text.slice(colon + 1);
  const port = Number(portText);
  if (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65535) return undefined;
  const host = text.slice(0, colon).trim();
  const bracketed = /^\[(.+)\]$/.exec(host)?.[1];
  if (bracketed === undefined && (host.includes(':') || host === '')) return undefined;
  return { host: bracketed ?? host, port };
}

export function formatAddress(address: HostPort): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
