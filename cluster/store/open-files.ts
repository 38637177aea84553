/** The store's open files: a log has many, a process may have few. */
import type { Disk, DiskFile } from '../runtime/disk.ts';

interface Entry {
  readonly file: Promise<DiskFile>;
  users: number;
}

export class OpenFiles {
  readonly #disk: Disk;
  readonly #countMax: number;
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(disk: Disk, countMax = 256) {
    this.#disk = disk;
    this.#countMax = countMax;
  }

  /** Opens the file, making it where it is missing, and keeps it open at least until `work` has ended. */
  async use<T>(path: string, work: (file: DiskFile) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(path) ?? { file: this.#disk.open(path, { create: true }), users: 0 };
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.users += 1;
    try {
      return await work(await entry.file);
    } catch (error) {
      if ((await settled(entry.file)) === undefined) this.#entries.delete(path);
      throw error;
    } finally {
      entry.users -= 1;
      if (this.#entries.size > this.#countMax) await this.#closeOldest();
    }
  }

  /** Before the file is removed. No `use` of it may be under way. */
  async close(path: string): Promise<void> {
    const entry = this.#entries.get(path);
    this.#entries.delete(path);
    await (await settled(entry?.file))?.close();
  }

  async closeAll(): Promise<void> {
    for (const path of [...this.#entries.keys()]) await this.close(path);
  }

  async #closeOldest(): Promise<void> {
    for (const [path, entry] of this.#entries) {
      if (entry.users === 0) return this.close(path);
    }
  }
}

/** The file, or undefined when it could not be opened. */
async function settled(file: Promise<DiskFile> | undefined): Promise<DiskFile | undefined> {
  return file?.catch(() => undefined);
}
