/** Reads a log file from its beginning to the last entry that can be trusted. */
import { Buffer } from 'node:buffer';
import type { DiskFile } from '../runtime/disk.ts';
import { entryHeaderBytes, entryMark, entrySizeAt, readEntry, type StoredEntry } from './dledger-entry.ts';
import { DledgerStoreError } from './dledger-errors.ts';

export interface RecoveredLog {
  readonly stored: readonly StoredEntry[];
  /** Where the file is to be cut. */
  readonly endPosition: number;
  readonly fileBytes: number;
}

export async function recoverLog(file: DiskFile, chunkBytes = 1024 * 1024): Promise<RecoveredLog> {
  const window = new FileWindow(file, await file.size(), chunkBytes);
  const stored: StoredEntry[] = [];
  let position = 0;
  for (;;) {
    const next = await readNext(window, position);
    if (next === undefined || !follows(next, stored.at(-1), position)) break;
    stored.push(next);
    position += next.sizeBytes;
  }
  if (position < window.fileBytes) await assertOnlyTorn(window, position, stored.length);
  return { stored, endPosition: position, fileBytes: window.fileBytes };
}

async function readNext(window: FileWindow, position: number): Promise<StoredEntry | undefined> {
  const header = await window.bytes(position, entryHeaderBytes);
  const size = entrySizeAt(header, 0);
  return size === undefined ? undefined : readEntry(await window.bytes(position, size), 0);
}

function follows(next: StoredEntry, last: StoredEntry | undefined, position: number): boolean {
  return (
    next.position === position &&
    next.durablePosition <= position &&
    next.previousCrc === (last?.crc ?? 0) &&
    next.entry.index === (last?.entry.index ?? -1) + 1 &&
    next.entry.term >= (last?.entry.term ?? 0)
  );
}

/**
 * A crash may tear what was not synced yet, in any pattern of sectors. But when an entry further on was written with the knowledge that
 * this place is durable, then this place was damaged later, and cutting here would take back what was promised.
 */
async function assertOnlyTorn(window: FileWindow, tornPosition: number, index: number): Promise<void> {
  for (let at = tornPosition + 1; at + entryHeaderBytes <= window.fileBytes; ) {
    const bytes = await window.bytes(at, window.chunkBytes);
    const found = bytes.indexOf(entryMark);
    if (found === -1) {
      at += Math.max(1, bytes.length - (entryMark.length - 1));
      continue;
    }
    at += found;
    const later = await readNext(window, at);
    if (later !== undefined && later.position === at && later.durablePosition > tornPosition) {
      throw new DledgerStoreError(
        window.path,
        `entry ${index} at byte ${tornPosition} is damaged, though it was durable when entry ${later.entry.index} was written`,
      );
    }
    at += 1;
  }
}

/** A file read by large pieces. */
class FileWindow {
  readonly fileBytes: number;
  readonly chunkBytes: number;
  readonly #file: DiskFile;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(file: DiskFile, fileBytes: number, chunkBytes: number) {
    this.#file = file;
    this.fileBytes = fileBytes;
    // At least a header, so that nothing searched for is longer than a piece.
    this.chunkBytes = Math.max(chunkBytes, entryHeaderBytes);
  }

  get path(): string {
    return this.#file.path;
  }

  /** Fewer bytes than asked for only at the end of the file. */
  async bytes(position: number, length: number): Promise<Buffer> {
    const end = Math.min(position + length, this.fileBytes);
    if (position < this.#start || end > this.#start + this.#bytes.length) {
      const read = await this.#file.read(position, Math.max(length, this.chunkBytes));
      this.#bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
      this.#start = position;
    }
    return this.#bytes.subarray(position - this.#start, Math.max(position, end) - this.#start);
  }
}
