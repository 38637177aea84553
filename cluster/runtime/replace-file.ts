/** Small files that are replaced as a whole: after a crash the old content is there or the new one, never a mixture (B23). */
import { type Disk, DiskError } from './disk.ts';
import { parentOf } from './durable-folder.ts';
import { beforeSync } from './no-room-error.ts';

/**
 * When it resolves, the new content survives a crash of the machine; when it rejects with NoRoomError the old one is there as it was. One call
 * at a time for each path; the folder is there.
 */
export async function replaceFile(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const folder = parentOf(path);
  const temporary = `${path}.tmp`;
  const file = await beforeSync(disk.open(temporary, { create: true }));
  try {
    // A longer one may be left over from a crash.
    await file.truncate(0);
    await beforeSync(file.write(0, bytes));
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(temporary, path);
  await disk.syncDirectory(folder);
}

/** Undefined when there is no such file. */
export async function readWholeFile(disk: Disk, path: string): Promise<Uint8Array | undefined> {
  try {
    const file = await disk.open(path);
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
