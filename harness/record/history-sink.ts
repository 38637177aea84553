/** Where the events of a history go as they happen. */
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Operation } from '../../checkers/history/operation.ts';

export interface HistorySink {
  write(operation: Operation): void;
  /** Resolves when all is kept; rejects with the first error (no space, no permission). */
  close(): Promise<void>;
}

/** One JSON line per event; nothing of it kept in memory. */
export class HistoryFile implements HistorySink {
  readonly #file: WriteStream;
  #failure: Error | undefined;

  constructor(path: string) {
    this.#file = createWriteStream(path, { flags: 'w', highWaterMark: 1 << 20 });
    this.#file.on('error', (error) => {
      this.#failure ??= error;
    });
  }

  write(operation: Operation): void {
    this.#file.write(`${JSON.stringify(operation)}\n`);
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      // The call-back hears of an error that the listener has not heard of yet, or of none when it heard of it long ago.
      this.#file.end((error?: Error | null) => {
        const failure = this.#failure ?? error;
        if (failure === undefined || failure === null) resolve();
        else reject(failure);
      });
    });
  }
}

/** For short runs that are judged where they happened. */
export class HistoryInMemory implements HistorySink {
  readonly operations: Operation[] = [];

  write(operation: Operation): void {
    this.operations.push(operation);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
