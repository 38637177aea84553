/**
 * An entry in the log file:
 * int32 magic | int32 size | int64 index | int64 term | int64 position | int64 durable position | int32 crc of the entry before | int32 crc | body
 *
 * The magic tells an entry of a state machine ("DLG1") from a configuration of the group ("DLGC"), whose body is its text.
 * The crc covers all but itself; with the crc of the entry before it in there, entries of two histories never join. The durable position is the
 * length of the log that was known to be durable when the entry was written: it tells damage from a torn tail.
 */
import type { Buffer } from 'node:buffer';
import { crc32 } from '../bytes/crc32.ts';
import { readInt64, viewOf, writeInt64 } from '../bytes/int64.ts';
import type { RaftEntry } from '../raft/raft-message.ts';
import { restoredEntry, storedBody } from './configuration-text.ts';

export const entryHeaderBytes = 48;
export const entryBodyBytesMax = 8 * 1024 * 1024;
/** How every entry begins: "DLG". */
export const entryMark = Uint8Array.of(0x44, 0x4c, 0x47);
const entryMagic = 0x444c4731;
const configurationMagic = 0x444c4743;

const crcAt = 44;

export interface StoredEntry {
  readonly entry: RaftEntry;
  readonly position: number;
  readonly sizeBytes: number;
  readonly durablePosition: number;
  readonly previousCrc: number;
  readonly crc: number;
}

export interface EntryPlace {
  readonly position: number;
  readonly durablePosition: number;
  readonly previousCrc: number;
}

export function entryBytes(entry: RaftEntry): number {
  return entryHeaderBytes + storedBody(entry).length;
}

/** Writes into `target` at `at` and returns the crc. */
export function writeEntry(target: Uint8Array, at: number, entry: RaftEntry, place: EntryPlace): number {
  const view = viewOf(target);
  const body = storedBody(entry);
  view.setInt32(at, entry.configuration === undefined ? entryMagic : configurationMagic);
  view.setInt32(at + 4, entryHeaderBytes + body.length);
  writeInt64(view, at + 8, entry.index);
  writeInt64(view, at + 16, entry.term);
  writeInt64(view, at + 24, place.position);
  writeInt64(view, at + 32, place.durablePosition);
  view.setUint32(at + 40, place.previousCrc);
  target.set(body, at + entryHeaderBytes);
  const crc = crc32(body, crc32(target.subarray(at, at + crcAt)));
  view.setUint32(at + crcAt, crc);
  return crc;
}

/** The size in the header at `at`; undefined when no entry can begin there. */
export function entrySizeAt(bytes: Uint8Array, at: number): number | undefined {
  if (at + entryHeaderBytes > bytes.length) return undefined;
  const view = viewOf(bytes);
  const size = view.getInt32(at + 4);
  const magic = view.getInt32(at);
  if (magic !== entryMagic && magic !== configurationMagic) return undefined;
  return size >= entryHeaderBytes && size <= entryHeaderBytes + entryBodyBytesMax ? size : undefined;
}

/** Undefined unless a whole entry with a true crc stands at `at`. */
export function readEntry(bytes: Buffer, at: number): StoredEntry | undefined {
  const size = entrySizeAt(bytes, at);
  if (size === undefined || at + size > bytes.length) return undefined;
  const view = viewOf(bytes);
  const body = bytes.subarray(at + entryHeaderBytes, at + size);
  const crc = view.getUint32(at + crcAt);
  if (crc32(body, crc32(bytes.subarray(at, at + crcAt))) !== crc) return undefined;
  return {
    entry: restoredEntry(
      { index: readInt64(view, at + 8), term: readInt64(view, at + 16), body: Uint8Array.from(body) },
      view.getInt32(at) === configurationMagic,
    ),
    position: readInt64(view, at + 24),
    sizeBytes: size,
    durablePosition: readInt64(view, at + 32),
    previousCrc: view.getUint32(at + 40),
    crc,
  };
}
