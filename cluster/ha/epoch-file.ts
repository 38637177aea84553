/** The durable list of epochs. What `entries` shows is on the disk. */
import assert from 'node:assert/strict';
import { makeDurableFolder, parentOf } from '../runtime/durable-folder.ts';
import { readWholeFile, replaceFile } from '../runtime/replace-file.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { decodeEpochFile, EpochFileError, encodeEpochFile } from './epoch-file-text.ts';
import { type EpochList, isEpochList } from './epoch-list.ts';

export class EpochFile {
  readonly #runtime: Runtime;
  readonly #path: string;
  #entries: EpochList = [];

  constructor(runtime: Runtime, path: string) {
    this.#runtime = runtime;
    this.#path = path;
  }

  /** Tells whether a whole, well-formed file was there. A damaged one counts as empty: the replica is suspect then (B23). */
  async load(): Promise<'loaded' | 'missing' | 'damaged'> {
    await makeDurableFolder(this.#runtime.disk, parentOf(this.#path));
    const bytes = await readWholeFile(this.#runtime.disk, this.#path);
    if (bytes === undefined) return 'missing';
    try {
      this.#entries = decodeEpochFile(bytes);
      return 'loaded';
    } catch (error) {
      if (!(error instanceof EpochFileError)) throw error;
      this.#runtime.trace.log('error', `${this.#path}: not an epoch file, taken as empty: ${error.message}`);
      return 'damaged';
    }
  }

  entries(): EpochList {
    return this.#entries;
  }

  /** Durable when it resolves. One call at a time. An empty list is written too: an old one must not come back. */
  async replace(entries: EpochList): Promise<void> {
    assert(isEpochList(entries), `not a list of epochs: ${JSON.stringify(entries)}`);
    await replaceFile(this.#runtime.disk, this.#path, encodeEpochFile(entries));
    this.#entries = entries;
  }
}
