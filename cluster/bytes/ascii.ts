/** Text put byte by byte where it will be sent from: on hot paths a string in between costs more than its bytes. Each returns the place behind. */

import type { Buffer } from 'node:buffer';

const digit0 = 48;
const digitNine = 57;
const minus = 45;
const asciiMax = 127;
const billion = 1_000_000_000;
/** From here on the builtin copy is faster than a loop. */
const loopBytesMax = 32;

const hexDigits = new TextEncoder().encode('0123456789ABCDEF');

export function putBytes(into: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  if (length > loopBytesMax) into.set(bytes, at);
  else for (let index = 0; index < length; index += 1) into[at + index] = bytes[index] ?? 0;
  return at + length;
}

/** A safe integer in decimal. */
export function putDigits(into: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    into[at] = minus;
    return putDigits(into, at + 1, -value);
  }
  // Division is much cheaper where the engine sees 32 bits.
  if (value < billion) return putSmall(into, at, value | 0);
  const high = Math.floor(value / billion);
  let rest = (value - high * billion) | 0;
  const end = putDigits(into, at, high) + 9;
  for (let index = end - 1; index >= end - 9; index -= 1) {
    const next = (rest / 10) | 0;
    into[index] = digit0 + rest - next * 10;
    rest = next;
  }
  return end;
}

function putSmall(into: Uint8Array, at: number, value: number): number {
  let end = at + 1;
  for (let bound = 10; bound <= value; bound *= 10) end += 1;
  let rest = value;
  for (let index = end - 1; index >= at; index -= 1) {
    const next = (rest / 10) | 0;
    into[index] = digit0 + rest - next * 10;
    rest = next;
  }
  return end;
}

/** An integer from 0 below 2^53 as 16 upper-case hex digits. */
export function putHex16(into: Uint8Array, at: number, value: number): number {
  const high = Math.floor(value / 0x100000000);
  putHex8(into, at, high | 0);
  putHex8(into, at + 8, (value - high * 0x100000000) | 0);
  return at + 16;
}

function putHex8(into: Uint8Array, at: number, value: number): void {
  for (let index = 0; index < 8; index += 1)
    into[at + index] = hexDigits[(value >>> (28 - 4 * index)) & 15] ?? 0;
}

/** `text` holds ASCII alone. */
export function putAscii(into: Uint8Array, at: number, text: string): number {
  const { length } = text;
  for (let index = 0; index < length; index += 1) into[at + index] = text.charCodeAt(index);
  return at + length;
}

/** In UTF-8: mostly it is ASCII, which a loop writes faster than the builtin. */
export function putText(into: Buffer, start: number, text: string): number {
  const { length } = text;
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > asciiMax) return start + into.write(text, start, 'utf8');
    into[start + index] = unit;
  }
  return start + length;
}

export function isBytesAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  const { length } = wanted;
  if (at + length > bytes.length) return false;
  for (let index = 0; index < length; index += 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

/** The decimal number of digits alone from `start` to `end`; -1 when it is none, or too long to be exact. */
export function readDigits(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > 15) return -1;
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < digit0 || byte > digitNine) return -1;
    value = value * 10 + byte - digit0;
  }
  return value;
}
