/** Large reads of the log, for recovery, which goes over it more than once: what was read last need not be read again. */
import type { FileQueue } from '../file-queue.ts';

export const LOG_BLOCK_BYTES = 4 * 1024 * 1024;
const KEPT_BYTES_MAX = 4 * LOG_BLOCK_BYTES;

interface Kept {
  readonly length: number;
  readonly bytes: Uint8Array;
}

export class LogBlocks {
  readonly #files: FileQueue;
  readonly #kept = new Map<number, Kept>();
  #keptBytes = 0;

  constructor(files: FileQueue) {
    this.#files = files;
  }

  /** As `FileQueue.read`. */
  async read(position: number, length: number): Promise<Uint8Array> {
    const kept = this.#kept.get(position);
    if (kept?.length === length) return kept.bytes;
    const bytes = await this.#files.read(position, length);
    if (this.#keptBytes + bytes.length > KEPT_BYTES_MAX) {
      this.#kept.clear();
      this.#keptBytes = 0;
    }
    this.#kept.set(position, { length, bytes });
    this.#keptBytes += bytes.length;
    return bytes;
  }
}
