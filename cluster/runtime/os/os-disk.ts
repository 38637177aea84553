/** Files of the operating system. */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { Disk, DiskFile, FileStatus } from '../disk.ts';
import { DiskError } from '../disk.ts';
import { lockFolder } from './lock-folder.ts';

export class OsDisk implements Disk {
  readonly #workingFolder: string;

  /** Relative paths start at `workingFolder`. */
  constructor(workingFolder: string) {
    this.#workingFolder = workingFolder;
  }

  open(path: string, options?: { readonly create?: boolean }): Promise<OsDiskFile> {
    const flags = constants.O_RDWR | (options?.create === true ? constants.O_CREAT : 0);
    return this.#do(path, async (full) => new OsDiskFile(full, await open(full, flags, 0o644)));
  }

  async status(path: string): Promise<FileStatus | undefined> {
    try {
      const found = await stat(this.#full(path));
      return { kind: found.isDirectory() ? 'directory' : 'file', size: found.size };
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw diskError(error, path);
    }
  }

  async list(directory: string): Promise<readonly string[]> {
    try {
      return (await readdir(this.#full(directory))).sort();
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw diskError(error, directory);
    }
  }

  makeDirectory(path: string): Promise<void> {
    return this.#do(path, async (full) => {
      await mkdir(full, { recursive: true });
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#do(from, (full) => rename(full, this.#full(to)));
  }

  remove(path: string): Promise<void> {
    return this.#do(path, async (full) => {
      const found = await this.status(path);
      if (found === undefined) return;
      await (found.kind === 'directory' ? rmdir(full) : rm(full, { force: true }));
    });
  }

  syncDirectory(path: string): Promise<void> {
    return this.#do(path, async (full) => {
      const handle = await open(full, constants.O_RDONLY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  lock(path: string): Promise<{ release(): Promise<void> }> {
    return this.#do(path, (full) => lockFolder(full));
  }

  async #do<T>(path: string, work: (full: string) => Promise<T>): Promise<T> {
    try {
      return await work(this.#full(path));
    } catch (error) {
      throw diskError(error, path);
    }
  }

  #full(path: string): string {
    return isAbsolute(path) ? path : join(this.#workingFolder, path);
  }
}

export class OsDiskFile implements DiskFile {
  readonly path: string;
  readonly #handle: FileHandle;

  constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** The file's number on its file system. */
  inode(): Promise<number> {
    return this.#do(async () => (await this.#handle.stat()).ino);
  }

  size(): Promise<number> {
    return this.#do(async () => (await this.#handle.stat()).size);
  }

  read(position: number, length: number): Promise<Uint8Array> {
    return this.#do(async () => {
      const bytes = Buffer.alloc(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    });
  }

  write(position: number, bytes: Uint8Array): Promise<void> {
    return this.#do(async () => {
      let written = 0;
      while (written < bytes.length) {
        const result = await this.#handle.write(bytes, written, bytes.length - written, position + written);
        written += result.bytesWritten;
      }
    });
  }

  sync(): Promise<void> {
    return this.#do(() => this.#handle.datasync());
  }

  truncate(length: number): Promise<void> {
    return this.#do(() => this.#handle.truncate(length));
  }

  close(): Promise<void> {
    return this.#do(() => this.#handle.close());
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw diskError(error, this.path);
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function diskError(error: unknown, path: string): DiskError {
  if (error instanceof DiskError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DiskError(codeOf(error) ?? 'EIO', path, `${path}: ${message}`, { cause: error });
}
