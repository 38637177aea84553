/** Files as a tar stream, without a copy of them all in memory. */
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { ImageFile } from './image-files.ts';

/** The same files give the same bytes, whenever they were made. `folder` is put before every path. */
export function tarOf(files: readonly ImageFile[], folder = ''): Readable {
  const tar = pack();
  const write = async () => {
    const folders = new Set<string>();
    for (const { path, isProgram, from } of files) {
      const name = `${folder}${path}`.replace(/^\//, '');
      for (const parent of parentsOf(name)) {
        if (folders.has(parent)) continue;
        folders.add(parent);
        tar.entry({ name: parent, type: 'directory', mode: 0o755, mtime: epoch });
      }
      const mode = isProgram ? 0o755 : 0o644;
      if ('text' in from) {
        tar.entry({ name, mode, mtime: epoch }, from.text);
        continue;
      }
      const file = realpathSync(from.file);
      const entry = tar.entry({ name, mode, mtime: epoch, size: statSync(file).size });
      await pipeline(createReadStream(file), entry);
    }
    tar.finalize();
  };
  write().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  // The package's streams are of another family than Node's.
  const bytes = new PassThrough();
  pipeline(tar as unknown as Readable, bytes).catch(() => undefined);
  return bytes;
}

const epoch = new Date(0);

/** "a/b/c" -> "a/", "a/b/". */
function parentsOf(name: string): readonly string[] {
  const parts = name.split('/').slice(0, -1);
  return parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`);
}
