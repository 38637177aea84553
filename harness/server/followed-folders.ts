/** The runs that somebody looked into last: what was read of them is not read again. */
import { join } from 'node:path';
import { FollowedFolder } from './followed-folder.ts';

const keptMax = 12;

export class FollowedFolders {
  readonly #results: string;
  readonly #kept = new Map<string, FollowedFolder>();

  constructor(results: string) {
    this.#results = results;
  }

  /** `path`: 'kind/run', one that the shelf has. */
  get(path: string): FollowedFolder {
    const followed = this.#kept.get(path) ?? new FollowedFolder(join(this.#results, path));
    // The one that was used last stands last.
    this.#kept.delete(path);
    this.#kept.set(path, followed);
    for (const oldest of [...this.#kept.keys()].slice(0, -keptMax)) this.#kept.delete(oldest);
    return followed;
  }
}
