/**
 * A disk that fails as it is told, in front of the real one: for nodes whose harness says so by ROCKETMQ_DISK_FAULTS, a folder beside the data.
 *
 * There the file `order` says what is wrong with the disk now, and `told` what this node has taken notice of and what came of it. What a power cut would
 * take is in the journal.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { type Disk, DiskError, type DiskFile, type FileStatus } from '../disk.ts';
import { OsDisk, type OsDiskFile } from './os-disk.ts';
import { replaceFile } from './replace-file.ts';
import { isBlank, UnsyncedJournal } from './unsynced-journal.ts';

export interface DiskOrder {
  /** Orders and probes are counted. */
  readonly number: number;
  readonly trouble: 'none' | 'slow' | 'full' | 'read-error';
  /** Of each operation on a slow disk. */
  readonly delayMs: number;
  /** To be tried, and told. */
  readonly probe: boolean;
}

export interface DiskTold {
  readonly number: number;
  /** Refused or delayed since the life began. */
  readonly refused: number;
  readonly delayed: number;
  readonly probe?: { readonly write: string; readonly read: string; readonly ms: number };
}

export const healthyDisk: DiskOrder = { number: 0, trouble: 'none', delayMs: 0, probe: false };
const lookEveryMs = 25;
const probeBytes = 4096;
/** No more of what a truncation takes away is kept: logs are shorter in the runs that need it. */
const truncatedBytesMax = 16 * 1024 * 1024;
const readBytes = 512 * 1024;

export class FaultyDisk implements Disk {
  readonly #disk: OsDisk;
  readonly #folder: string;
  readonly #workingFolder: string;
  readonly #journal: UnsyncedJournal | undefined;
  #order: DiskOrder = healthyDisk;
  #refused = 0;
  #delayed = 0;
  #waitedMs = 0;

  /** `isNode`: it keeps the journal, and looks for orders by itself. */
  constructor(workingFolder: string, folder: string, isNode = true) {
    this.#disk = new OsDisk(workingFolder);
    this.#workingFolder = workingFolder;
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.look();
    if (!isNode) return;
    this.#journal = new UnsyncedJournal(folder);
    setInterval(() => this.look(), lookEveryMs).unref();
  }

  /** Takes notice of the last order. */
  look(): void {
    const order = readOrder(this.#folder);
    if (order.number === this.#order.number) return;
    this.#order = order;
    if (!order.probe) this.#tell(order.number);
    else void this.probe().then((probe) => this.#tell(order.number, probe));
  }

  async probe(): Promise<Required<DiskTold>['probe']> {
    const path = join(this.#folder, 'probe');
    this.#waitedMs = 0;
    const write = await codeOf(async () => {
      const file = await this.open(path, { create: true });
      try {
        await file.truncate(0);
        await file.write(0, new Uint8Array(probeBytes).fill(1));
        await file.sync();
      } finally {
        await file.close();
      }
    });
    // A full disk has left it empty; of a missing one nothing can be read.
    writeFileSync(path, new Uint8Array(probeBytes));
    const read = await codeOf(async () => {
      const file = await this.open(path);
      try {
        await file.read(0, probeBytes);
      } finally {
        await file.close();
      }
    });
    return { write, read, ms: this.#waitedMs };
  }

  async open(path: string, options?: { readonly create?: boolean }): Promise<DiskFile> {
    const isNew = options?.create === true && (await this.#disk.status(path)) === undefined;
    if (isNew && this.#order.trouble === 'full') throw this.#refusal('ENOSPC', path, 'open');
    const file = await this.#disk.open(path, options);
    if (isNew) this.#journal?.made(this.#full(path));
    return new FaultyFile(file, await file.inode(), this);
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.#disk.status(path);
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#disk.list(directory);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#disk.makeDirectory(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#journal?.renames(this.#full(from), this.#full(to));
    await this.#disk.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    const found = await this.#disk.status(path);
    if (found?.kind === 'file') this.#journal?.removes(this.#full(path));
    await this.#disk.remove(path);
  }

  async syncDirectory(path: string): Promise<void> {
    const marked = this.#journal?.mark(this.#full(path)) ?? [];
    await this.delay();
    await this.#disk.syncDirectory(path);
    this.#journal?.synced(marked);
  }

  lock(path: string): Promise<{ release(): Promise<void> }> {
    return this.#disk.lock(path);
  }

  async delay(): Promise<void> {
    const { trouble, delayMs } = this.#order;
    if (trouble !== 'slow') return;
    this.#delayed += 1;
    const startMs = performance.now();
    await new Promise<void>((resolve) => setTimeout(resolve, delayMs));
    this.#waitedMs += performance.now() - startMs;
  }

  get journal(): UnsyncedJournal | undefined {
    return this.#journal;
  }

  checkRead(path: string): void {
    if (this.#order.trouble === 'read-error') throw this.#refusal('EIO', path, 'read');
  }

  /** Bytes that are there already may be written over. */
  checkRoom(path: string, old: Uint8Array, length: number): void {
    if (this.#order.trouble !== 'full') return;
    if (old.length < length || isBlank(old)) throw this.#refusal('ENOSPC', path, 'write');
  }

  #refusal(code: string, path: string, operation: string): DiskError {
    this.#refused += 1;
    return new DiskError(code, path, `${path}: ${operation} failed with ${code} (injected)`);
  }

  #full(path: string): string {
    return isAbsolute(path) ? path : join(this.#workingFolder, path);
  }

  #tell(number: number, probe?: DiskTold['probe']): void {
    const told: DiskTold = {
      ...{ number, refused: this.#refused, delayed: this.#delayed },
      ...(probe === undefined ? {} : { probe }),
    };
    replaceFile(join(this.#folder, 'told'), JSON.stringify(told));
  }
}

class FaultyFile implements DiskFile {
  readonly path: string;
  readonly #file: OsDiskFile;
  readonly #inode: number;
  readonly #disk: FaultyDisk;
  readonly #inFlight = new Set<number>();

  constructor(file: OsDiskFile, inode: number, disk: FaultyDisk) {
    this.path = file.path;
    this.#file = file;
    this.#inode = inode;
    this.#disk = disk;
  }

  size(): Promise<number> {
    return this.#file.size();
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    await this.#disk.delay();
    this.#disk.checkRead(this.path);
    return await this.#file.read(position, length);
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    await this.#disk.delay();
    const size = await this.#file.size();
    const old = await this.#file.read(position, bytes.length);
    this.#disk.checkRoom(this.path, old, bytes.length);
    const seq = this.#disk.journal?.wrote(this.#inode, position, old, bytes.length, size);
    await this.#during(seq, this.#file.write(position, bytes));
  }

  async sync(): Promise<void> {
    const marked = this.#disk.journal?.mark(this.#inode, this.#inFlight) ?? [];
    await this.#disk.delay();
    await this.#file.sync();
    this.#disk.journal?.synced(marked);
  }

  async truncate(length: number): Promise<void> {
    await this.#disk.delay();
    const size = await this.#file.size();
    const seq = this.#disk.journal?.truncated(this.#inode, length, size, await this.#tail(length, size));
    await this.#during(seq, this.#file.truncate(length));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** What is behind `length`, whole. */
  async #tail(length: number, size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let at = length; at < Math.min(size, length + truncatedBytesMax); at += readBytes) {
      const part = await this.#file.read(at, Math.min(readBytes, size - at));
      // So many zeros are the blank end.
      if (isBlank(part)) break;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  async #during(seq: number | undefined, work: Promise<void>): Promise<void> {
    if (seq !== undefined) this.#inFlight.add(seq);
    try {
      await work;
    } finally {
      if (seq !== undefined) this.#inFlight.delete(seq);
    }
  }
}

export function readOrder(folder: string): DiskOrder {
  try {
    return JSON.parse(readFileSync(join(folder, 'order'), 'utf8')) as DiskOrder;
  } catch {
    return healthyDisk;
  }
}

async function codeOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof DiskError) return error.code;
    throw error;
  }
}
