/** What a stopped node left on its disk, to be looked at. Paths are relative to the node's data folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StoredFiles {
  /** Names in the folder, sorted; none when there is no such folder. */
  list(folder: string): readonly string[];
  /** Undefined when there is no such file. */
  read(path: string): Uint8Array | undefined;
}

/** Of a folder on the harness's own disk. */
export function filesUnder(root: string): StoredFiles {
  const unlessMissing = <T, U>(read: () => T, missing: U): T | U => {
    try {
      return read();
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing;
      throw error;
    }
  };
  return {
    list: (folder) => unlessMissing(() => readdirSync(join(root, folder)).sort(), []),
    read: (path) => unlessMissing(() => readFileSync(join(root, path)), undefined),
  };
}
