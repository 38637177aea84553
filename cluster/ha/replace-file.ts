/** Small files that are replaced as a whole: after a crash the old content is there or the new one, never a mixture (B23). */
import { DiskError } from '../runtime/disk.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** When it resolves, the new content survives a crash of the machine. One call at a time for each path. */
export async function replaceFile(runtime: Runtime, path: string, bytes: Uint8Array): Promise<void> {
  const folder = parentOf(path);
  const temporary = `${path}.tmp`;
  await runtime.disk.makeDirectory(folder);
  const file = await runtime.disk.open(temporary, { create: true });
  try {
    // A longer one may be left over from a crash.
    await file.truncate(0);
    await file.write(0, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await runtime.disk.rename(temporary, path);
  await runtime.disk.syncDirectory(folder);
}

/** Undefined when there is no such file. */
export async function readWholeFile(runtime: Runtime, path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await runtime.disk.open(path);
    try {
      return await file.read(0, await file.size());
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof DiskError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}
