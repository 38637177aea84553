/**
 * A stream of bytes in files of one fixed size, each named by the position of its first byte in 20 digits (RocketMQ's MappedFileQueue).
 * Files are made at full length, sparse: what was not written reads as zeros.
 */
import assert from 'node:assert/strict';
import type { Disk } from '../runtime/disk.ts';
import { makeDurableFolder } from '../runtime/durable-folder.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';
import type { OpenFiles } from './open-files.ts';
import { StoreError } from './store-error.ts';

const REWRITE_BYTES = 4 * 1024 * 1024;

export class FileQueue {
  readonly directory: string;
  readonly fileBytes: number;
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  readonly #sizeKey: string;
  /** Positions of the files' first bytes, ascending, without gaps. */
  #starts: number[] = [];
  /** Written since their last sync. */
  #dirty = new Set<number>();
  #hasFolder = false;
  #namesDirty = false;
  #clearFirst = false;
  /** Syncs wait for each other: the second must not resolve on the empty list that the first one left. */
  readonly #syncs = new RunInOrder();

  constructor(disk: Disk, files: OpenFiles, directory: string, fileBytes: number, sizeKey: string) {
    this.#disk = disk;
    this.#files = files;
    this.directory = directory;
    this.fileBytes = fileBytes;
    this.#sizeKey = sizeKey;
  }

  /** The first byte there is; undefined without files. */
  get start(): number | undefined {
    return this.#starts[0];
  }

  /** Behind the last file; 0 without files. */
  get end(): number {
    const last = this.#starts.at(-1);
    return last === undefined ? 0 : last + this.fileBytes;
  }

  get starts(): readonly number[] {
    return this.#starts;
  }

  startOf(position: number): number {
    return position - (position % this.fileBytes);
  }

  /**
   * Finds the files. A power cut may leave them short, or take away the name of one and leave the next: short ones get their full length, with
   * zeros, and what lies behind a gap at or above `durableEnd` is removed. Without `durableEnd` (a folder of another hand) all must be as they
   * should. Throws StoreError 'config'.
   */
  async load(durableEnd: number | undefined): Promise<void> {
    const names = (await this.#disk.list(this.directory)).filter((name) => /^\d{20}$/.test(name));
    this.#starts = names.map(Number);
    await this.#dropBehindGap(durableEnd);
    for (const start of this.#starts) {
      const path = this.#path(start);
      const size = (await this.#disk.status(path))?.size ?? 0;
      if (size === this.fileBytes) continue;
      const isEmptyLast = size === 0 && start === this.#starts.at(-1);
      if (size > this.fileBytes || (durableEnd === undefined && !isEmptyLast)) {
        throw new StoreError(
          'config',
          `${path}: wanted ${this.fileBytes} bytes (${this.#sizeKey}), got ${size}`,
        );
      }
      await this.#files.use(path, (file) => file.truncate(this.fileBytes));
      this.#dirty.add(start);
    }
  }

  async #dropBehindGap(durableEnd: number | undefined): Promise<void> {
    for (const [index, start] of this.#starts.entries()) {
      const wanted = index === 0 ? this.startOf(start) : (this.#starts[index - 1] ?? 0) + this.fileBytes;
      if (start === wanted) continue;
      if (durableEnd === undefined || index === 0 || wanted < durableEnd) {
        throw new StoreError(
          'config',
          `${this.#path(start)} does not follow the file before it; is one missing, or ${this.#sizeKey} not ${this.fileBytes}?`,
        );
      }
      while (this.#starts.length > index) await this.#remove(this.#starts.at(-1) ?? start);
      await this.#syncNames();
    }
  }

  /** Up to `length` bytes from `position`, never beyond the end of its file; none where there is no file. */
  async read(position: number, length: number): Promise<Uint8Array> {
    const start = this.startOf(position);
    if (!this.#has(start)) return new Uint8Array(0);
    const inFile = Math.min(length, start + this.fileBytes - position);
    return this.#files.use(this.#path(start), (file) => file.read(position - start, inFile));
  }

  /** What there is holds nothing: the files are removed before the next write, wherever it goes. */
  beginAnew(): void {
    this.#clearFirst = true;
  }

  /** All of `bytes` must lie in one file, which is made if it is the next one or the first. */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    const start = this.startOf(position);
    assert(
      position + bytes.length <= start + this.fileBytes,
      `${bytes.length} bytes at ${position} cross a file end`,
    );
    if (this.#clearFirst) {
      await this.clear();
      this.#clearFirst = false;
    }
    if (!this.#has(start)) await this.#make(start);
    try {
      await this.#files.use(this.#path(start), (file) => file.write(position - start, bytes));
    } finally {
      // Not before: a sync that began during the write may have missed its bytes.
      this.#dirty.add(start);
    }
  }

  /** When it resolves, all that was written before the call survives a crash of the machine. */
  sync(): Promise<void> {
    return this.#syncs.run(() => this.#syncNow());
  }

  async #syncNow(): Promise<void> {
    const dirty = this.#dirty;
    const namesDirty = this.#namesDirty;
    this.#dirty = new Set();
    this.#namesDirty = false;
    try {
      for (const start of [...dirty].sort(ascending)) {
        if (this.#has(start)) await this.#files.use(this.#path(start), (file) => file.sync());
      }
      if (namesDirty) await this.#syncNames();
    } catch (error) {
      for (const start of dirty) this.#dirty.add(start);
      this.#namesDirty ||= namesDirty;
      throw error;
    }
  }

  /**
   * After a crash: what lies in [from, end) may never have been synced, whoever wrote it. To be followed by `sync`; a sync alone would not do,
   * since after one that failed a kernel may keep bytes for readers that no later sync puts on the disk.
   */
  async writeAgain(from: number, end: number): Promise<void> {
    for (let position = from; position < end; ) {
      const bytes = await this.read(position, Math.min(REWRITE_BYTES, end - position));
      assert(bytes.length > 0, `nothing at ${position} of ${end}`);
      await this.write(position, bytes);
      position += bytes.length;
    }
    this.#namesDirty = true;
  }

  /**
   * Everything from `position` on becomes zeros; durable when it resolves. The cut file is emptied on disk, not only in our heads: bytes left
   * behind would come back as records after a crash (B22).
   */
  cut(position: number): Promise<void> {
    return this.#syncs.run(() => this.#cutNow(position));
  }

  async #cutNow(position: number): Promise<void> {
    const keep = this.startOf(position);
    // From the end, so that a crash on the way leaves a shorter stream without a gap.
    for (let last = this.#starts.at(-1); last !== undefined && last > keep; last = this.#starts.at(-1)) {
      await this.#remove(last);
    }
    await this.#syncNames();
    if (!this.#has(keep)) return;
    await this.#files.use(this.#path(keep), async (file) => {
      await file.truncate(position - keep);
      await file.truncate(this.fileBytes);
      await file.sync();
    });
    this.#dirty.delete(keep);
  }

  /** Removes all files; durable when it resolves. */
  clear(): Promise<void> {
    return this.#syncs.run(() => this.#clearNow());
  }

  async #clearNow(): Promise<void> {
    for (let last = this.#starts.at(-1); last !== undefined; last = this.#starts.at(-1))
      await this.#remove(last);
    await this.#syncNames();
  }

  async #make(start: number): Promise<void> {
    assert(this.#starts.length === 0 || start === this.end, `${this.#path(start)} would leave a gap`);
    await this.#makeFolder();
    const isFirst = this.#starts.length === 0;
    this.#dirty.add(start);
    this.#namesDirty = true;
    await this.#files.use(this.#path(start), (file) => file.truncate(this.fileBytes));
    this.#starts.push(start);
    // The first name says where the stream begins: were it lost and the next one kept, the stream would seem to begin there.
    if (isFirst) await this.sync();
  }

  /** Once in each life: the name that an earlier one made may not have been synced. */
  async #makeFolder(): Promise<void> {
    if (this.#hasFolder) return;
    await makeDurableFolder(this.#disk, this.directory);
    this.#hasFolder = true;
  }

  async #remove(start: number): Promise<void> {
    await this.#files.close(this.#path(start));
    await this.#disk.remove(this.#path(start));
    this.#starts.pop();
    this.#dirty.delete(start);
  }

  async #syncNames(): Promise<void> {
    if ((await this.#disk.status(this.directory)) !== undefined)
      await this.#disk.syncDirectory(this.directory);
  }

  #has(start: number): boolean {
    const first = this.#starts[0];
    return first !== undefined && start >= first && start < this.end;
  }

  #path(start: number): string {
    return `${this.directory}/${String(start).padStart(20, '0')}`;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
