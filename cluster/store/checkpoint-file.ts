/** The checkpoint on disk. */
import type { Disk } from '../runtime/disk.ts';
import {
  CHECKPOINT_BYTES,
  type Checkpoint,
  type OurCheckpoint,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
import type { OpenFiles } from './open-files.ts';

export class CheckpointFile {
  readonly #files: OpenFiles;
  readonly #path: string;
  readonly #bytes: Uint8Array;
  #last: Checkpoint;

  private constructor(files: OpenFiles, path: string, bytes: Uint8Array) {
    this.#files = files;
    this.#path = path;
    this.#bytes = bytes;
    this.#last = readCheckpoint(bytes);
  }

  static async open(disk: Disk, files: OpenFiles, directory: string): Promise<CheckpointFile> {
    const path = `${directory}/checkpoint`;
    const bytes = new Uint8Array(CHECKPOINT_BYTES);
    if ((await disk.status(path)) !== undefined) {
      bytes.set(await files.use(path, (file) => file.read(0, CHECKPOINT_BYTES)));
    }
    return new CheckpointFile(files, path, bytes);
  }

  /** As found, or as last written. */
  get last(): Checkpoint {
    return this.#last;
  }

  /** Durable when it resolves; the name of a new file is the caller's to sync. One call at a time. */
  async write(checkpoint: Checkpoint & { readonly ours: OurCheckpoint }): Promise<void> {
    writeCheckpoint(this.#bytes, checkpoint);
    await this.#files.use(this.#path, async (file) => {
      await file.write(0, this.#bytes.slice());
      await file.sync();
    });
    this.#last = checkpoint;
  }
}
