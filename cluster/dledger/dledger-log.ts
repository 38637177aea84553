/** The entries of one member in one file, each with its crc. A write is durable when its promise resolves. */

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import type { RaftEntry } from '../raft/raft-message.ts';
import type { Disk, DiskFile } from '../runtime/disk.ts';
import { beforeSync } from '../runtime/no-room-error.ts';
import { entryBytes, writeEntry } from './dledger-entry.ts';
import { recoverLog } from './log-recovery.ts';

/** Where an entry ends, and its crc for the next one. */
interface EntryEnd {
  readonly endPosition: number;
  readonly crc: number;
}

export class DledgerLog {
  readonly recoveredEntries: readonly RaftEntry[];
  /** Torn bytes that were cut off at the opening. */
  readonly truncatedBytes: number;
  readonly #file: DiskFile;
  readonly #ends: EntryEnd[];

  /** RocketMQ's naming: the position of the first byte, in 20 digits. There is one file as long as nothing is ever removed. */
  static path(directory: string): string {
    return `${directory}/00000000000000000000`;
  }

  /** The folder must exist and be durable. */
  static async open(disk: Disk, directory: string): Promise<DledgerLog> {
    const path = DledgerLog.path(directory);
    const file = await disk.open(path, { create: true });
    await disk.syncDirectory(directory);
    const { stored, endPosition, fileBytes } = await recoverLog(file);
    if (fileBytes > endPosition) await file.truncate(endPosition);
    // What was read may have survived only in the page cache so far; from here on it counts as durable.
    await file.sync();
    const ends = stored.map(({ position, sizeBytes, crc }) => ({ endPosition: position + sizeBytes, crc }));
    return new DledgerLog(
      file,
      ends,
      stored.map(({ entry }) => entry),
      fileBytes - endPosition,
    );
  }

  private constructor(
    file: DiskFile,
    ends: EntryEnd[],
    entries: readonly RaftEntry[],
    truncatedBytes: number,
  ) {
    this.#file = file;
    this.#ends = ends;
    this.recoveredEntries = entries;
    this.truncatedBytes = truncatedBytes;
  }

  /** Cuts the log to `firstIndex` entries, then appends. One call at a time. After NoRoomError it may be tried again, that or another one. */
  async write(firstIndex: number, entries: readonly RaftEntry[]): Promise<void> {
    assert(
      firstIndex <= this.#ends.length,
      `entry ${firstIndex} would leave a gap behind ${this.#ends.length - 1}`,
    );
    if (firstIndex < this.#ends.length) {
      this.#ends.length = firstIndex;
      await this.#file.truncate(this.#endPosition());
      // The cut must be durable before new bytes take the place: no crash may leave the old end behind a new beginning.
      await this.#file.sync();
    }
    if (entries.length === 0) return;
    const durablePosition = this.#endPosition();
    const bytes = this.#encode(entries, durablePosition);
    try {
      await beforeSync(this.#file.write(durablePosition, bytes));
    } catch (error) {
      // A part of it may be there: a torn end, which the next write covers or the next start cuts off.
      this.#ends.length = firstIndex;
      throw error;
    }
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #endPosition(): number {
    return this.#ends.at(-1)?.endPosition ?? 0;
  }

  #encode(entries: readonly RaftEntry[], durablePosition: number): Uint8Array {
    const size = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
    const bytes = Buffer.alloc(size);
    for (const entry of entries) {
      const position = this.#endPosition();
      const previousCrc = this.#ends.at(-1)?.crc ?? 0;
      const crc = writeEntry(bytes, position - durablePosition, entry, {
        position,
        durablePosition,
        previousCrc,
      });
      this.#ends.push({ endPosition: position + entryBytes(entry), crc });
    }
    return bytes;
  }
}
