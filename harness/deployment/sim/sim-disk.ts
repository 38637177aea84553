/** A host's disk as one life sees it: operations take virtual time and fall silent with the life. */
import { type Disk, DiskError, type DiskFile, type FileStatus } from '../../../cluster/runtime/disk.ts';
import { hasOwnLuck } from './folder-tree.ts';
import type { DiskOperation, HostDisk } from './host-disk.ts';
import type { Scheduler } from './scheduler.ts';
import type { EventOwner } from './sim-event.ts';
import type { SimFile } from './sim-file.ts';
import type { SimRandom } from './sim-random.ts';

/** Microseconds, shortest and longest. */
const cheapUs = [20, 250] as const;
const syncUs = [100, 1500] as const;
/** One sync in so many takes up to ten times longer. */
const slowSyncOneIn = 40;

interface WriteInFlight {
  readonly path: string;
  readonly file: SimFile;
  readonly position: number;
  readonly bytes: Uint8Array;
}

export class SimDisk implements Disk {
  readonly #scheduler: Scheduler;
  readonly #life: EventOwner;
  readonly #host: HostDisk;
  readonly #random: SimRandom;
  readonly #besideRandom: SimRandom;
  readonly #writesInFlight = new Set<WriteInFlight>();

  constructor(scheduler: Scheduler, life: EventOwner, host: HostDisk, random: SimRandom) {
    this.#scheduler = scheduler;
    this.#life = life;
    this.#host = host;
    this.#random = random;
    this.#besideRandom = random.fork('beside');
  }

  open(path: string, options?: { readonly create?: boolean }): Promise<DiskFile> {
    return this.#operate('open', path, cheapUs, () => {
      const { tree } = this.#host;
      const file = options?.create === true ? tree.makeFile(path) : tree.file(path);
      return new SimDiskFile(this, path, file);
    });
  }

  status(path: string): Promise<FileStatus | undefined> {
    return this.#operate('list', path, cheapUs, () => {
      const node = this.#host.tree.find(path);
      if (node === undefined) return undefined;
      return { kind: node.kind, size: node.kind === 'file' ? node.size : 0 };
    });
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#operate('list', directory, cheapUs, () => {
      const node = this.#host.tree.find(directory);
      if (node?.kind === 'file') {
        throw new DiskError('ENOTDIR', directory, `${directory}: wanted a folder, is a file`);
      }
      return [...(node?.entries.keys() ?? [])].sort();
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#operate('open', path, cheapUs, () => this.#host.tree.makeFolder(path));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#operate('rename', from, cheapUs, () => this.#host.tree.rename(from, to));
  }

  remove(path: string): Promise<void> {
    return this.#operate('rename', path, cheapUs, () => this.#host.tree.remove(path));
  }

  syncDirectory(path: string): Promise<void> {
    const mark = this.#host.tree.syncMark();
    return this.#operate('sync', path, this.#syncUs(path), () => {
      const node = this.#host.tree.find(path);
      if (node?.kind !== 'directory') throw new DiskError('ENOENT', path, `${path}: no such folder to sync`);
      this.#host.tree.synced(node, mark);
    });
  }

  lock(path: string): Promise<{ release(): Promise<void> }> {
    return this.#operate('open', path, cheapUs, () => {
      const { locks, tree } = this.#host;
      const folder = tree.find(path);
      if (folder === undefined) throw new DiskError('ENOENT', path, `${path}: no folder to lock`);
      if (locks.has(folder)) {
        throw new DiskError('EBUSY', path, `${path}: another process holds it; stop that one first`);
      }
      const token = {};
      locks.set(folder, token);
      const release = () => {
        if (locks.get(folder) === token) locks.delete(folder);
      };
      return { release: () => this.#operate('open', path, cheapUs, release) };
    });
  }

  readFile(path: string, file: SimFile, position: number, length: number): Promise<Uint8Array> {
    return this.#operate('read', path, cheapUs, () => file.read(position, length));
  }

  writeFile(path: string, file: SimFile, position: number, bytes: Uint8Array): Promise<void> {
    const other = this.#overlapping(file, position, bytes.length);
    if (other !== undefined) {
      // The order of the two is anybody's guess: no server of ours may do that, so it ends the run instead of looking like a bad disk.
      const what = `a write at ${position} starts while one at ${other.position} to the same place is under way`;
      this.#life.uncaught(new Error(`${path}: ${what}`));
      return new Promise(() => undefined);
    }
    const write: WriteInFlight = { path, file, position, bytes };
    this.#writesInFlight.add(write);
    return this.#operate(
      'write',
      path,
      cheapUs,
      () => {
        if (!this.#host.hasRoom(file.newBytes(position, bytes.length))) {
          throw new DiskError('ENOSPC', path, `${path}: no room for ${bytes.length} bytes`);
        }
        this.#scheduler.digest.number(position);
        this.#scheduler.digest.bytes(bytes);
        file.write(position, bytes);
      },
      (error) => {
        this.#writesInFlight.delete(write);
        if (error === undefined) return;
        const part = bytes.subarray(0, this.#luckOf(path).below(Math.max(1, bytes.length)));
        // What a full disk refused finds no room in parts either: else it would fit after enough trials.
        if (this.#host.hasRoom(file.newBytes(position, part.length))) file.write(position, part);
      },
    );
  }

  syncFile(path: string, file: SimFile): Promise<void> {
    const mark = file.syncMark();
    return this.#operate(
      'sync',
      path,
      this.#syncUs(path),
      () => file.synced(mark),
      (error) => {
        if (error !== undefined) file.syncFailed(mark);
      },
    );
  }

  truncateFile(path: string, file: SimFile, length: number): Promise<void> {
    return this.#operate('truncate', path, cheapUs, () => {
      this.#scheduler.digest.number(length);
      file.truncate(length);
    });
  }

  sizeOf(path: string, file: SimFile): Promise<number> {
    return this.#operate('list', path, cheapUs, () => file.size);
  }

  closeFile(path: string): Promise<void> {
    return this.#operate('list', path, cheapUs, () => undefined);
  }

  /** The process died: the kernel may have taken a part of the writes under way. */
  die(): void {
    for (const { path, file, position, bytes } of this.#writesInFlight) {
      const random = this.#luckOf(path);
      const luck = random.below(3);
      if (luck === 0) continue;
      file.write(position, luck === 1 ? bytes : bytes.subarray(0, random.below(bytes.length + 1)));
    }
    this.#writesInFlight.clear();
    this.#host.locks.clear();
  }

  #overlapping(file: SimFile, position: number, length: number): WriteInFlight | undefined {
    for (const other of this.#writesInFlight) {
      const isApart = other.position + other.bytes.length <= position || position + length <= other.position;
      if (other.file === file && !isApart) return other;
    }
    return undefined;
  }

  #luckOf(path: string): SimRandom {
    return hasOwnLuck(path) ? this.#besideRandom : this.#random;
  }

  #syncUs(path: string): readonly [number, number] {
    const [low, high] = syncUs;
    return [low, this.#luckOf(path).oneIn(slowSyncOneIn) ? high * 10 : high];
  }

  #operate<T>(
    operation: DiskOperation,
    path: string,
    [low, high]: readonly [number, number],
    effect: () => T,
    settled?: (error?: unknown) => void,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const delayUs = Math.round(this.#luckOf(path).between(low, high) * this.#host.slowness);
      this.#scheduler.schedule(this.#life, 'disk', delayUs, () => {
        try {
          this.#host.checkFaults(operation, path);
          const result = effect();
          if (this.#scheduler.watch !== undefined)
            this.#scheduler.note('disk', this.#life.name, `${operation} ${path}`);
          settled?.();
          resolve(result);
        } catch (error) {
          if (this.#scheduler.watch !== undefined) {
            const code = error instanceof DiskError ? error.code : String(error);
            this.#scheduler.note('disk', this.#life.name, `${operation} ${path}: ${code}`);
          }
          settled?.(error);
          reject(error);
        }
      });
    });
  }
}

class SimDiskFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimDisk;
  readonly #file: SimFile;
  #isOpen = true;

  constructor(disk: SimDisk, path: string, file: SimFile) {
    this.#disk = disk;
    this.path = path;
    this.#file = file;
  }

  size(): Promise<number> {
    return this.#whenOpen(() => this.#disk.sizeOf(this.path, this.#file));
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#whenOpen(() => this.#disk.readFile(this.path, this.#file, position, length));
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return this.#whenOpen(() => this.#disk.writeFile(this.path, this.#file, position, bytes));
  }

  sync(): Promise<void> {
    return this.#whenOpen(() => this.#disk.syncFile(this.path, this.#file));
  }

  truncate(length: number): Promise<void> {
    return this.#whenOpen(() => this.#disk.truncateFile(this.path, this.#file, length));
  }

  close(): Promise<void> {
    return this.#whenOpen(() => {
      this.#isOpen = false;
      return this.#disk.closeFile(this.path);
    });
  }

  #whenOpen<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isOpen) return operation();
    return Promise.reject(new DiskError('EBADF', this.path, `${this.path}: was closed before`));
  }
}
