/** Small files that are replaced as a whole: after a crash the old content is there or the new one, never a mixture (B23). */
import { DiskError } from '../runtime/disk.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** When it resolves, the new content survives a crash of the machine. One call at a time for each path; the folder is there. */
export async function replaceFile(runtime: Runtime, path: string, bytes: Uint8Array): Promise<void> {
  const folder = parentOf(path);
  const temporary = `${path}.tmp`;
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

/** The name of the folder survives a crash, also when an earlier life made it and died at once. Once in each life, before the first file. */
export async function makeFolder(runtime: Runtime, folder: string): Promise<void> {
  const parent = parentOf(folder);
  if (parent === folder) return;
  if ((await runtime.disk.status(parent)) === undefined) await makeFolder(runtime, parent);
  await runtime.disk.makeDirectory(folder);
  await runtime.disk.syncDirectory(parent);
}

/** "." for a bare name. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}
