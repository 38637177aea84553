/** Appends to a file, one write at a time; what comes meanwhile goes into the next one. */
import type { FileHandle } from 'node:fs/promises';

export class LineOfBytes {
  readonly #file: FileHandle;
  readonly #written: (end: number) => void;
  #waiting: Uint8Array[] = [];
  #end = 0;
  #isBusy = false;

  /** `written`: told the end of the file after each write. */
  constructor(file: FileHandle, written: (end: number) => void) {
    this.#file = file;
    this.#written = written;
  }

  add(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    if (this.#isBusy) return;
    this.#isBusy = true;
    setImmediate(() => this.#write());
  }

  #write(): void {
    const chunks = this.#waiting;
    this.#waiting = [];
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#file.writev(chunks, this.#end).then(
      () => {
        this.#end += length;
        this.#written(this.#end);
        if (this.#waiting.length > 0) this.#write();
        else this.#isBusy = false;
      },
      (error: unknown) => {
        throw error;
      },
    );
  }
}
