/** "host:port" as the Go server takes and shows it. */
import type { AddressInfo } from 'node:net';
import { apiErrors } from './api-error.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** '' means any address and a free port. */
export function parseAddress(text: string): Address {
  if (text === '') return { host: '::', port: 0 };
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  if (match === null) throw apiErrors.internal(`listen tcp: address ${text}: missing port in address`);
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' ? '::' : host === 'localhost' ? '127.0.0.1' : host, port: Number(match[3]) };
}

export function showAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

export function showBound(bound: AddressInfo): string {
  return showAddress(bound.address, bound.port);
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EACCES: 'permission denied',
};

export function listenError(error: Error, text: string) {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return apiErrors.internal(`listen tcp ${text}: bind: ${reasons[code] ?? error.message}`);
}
