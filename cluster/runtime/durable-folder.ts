/** A folder that is still there after a crash of the machine. */
import { type Disk, DiskError } from './disk.ts';

/**
 * Makes the folder and its parents and syncs the names of all of them, each time: an earlier life may have made some and died before
 * its sync. A parent that may not be read is not one that we made.
 */
export async function makeDurableFolder(disk: Disk, path: string): Promise<void> {
  await disk.makeDirectory(path);
  for (let at = path; at !== '/' && at !== '.'; at = parentOf(at)) {
    try {
      await disk.syncDirectory(parentOf(at));
    } catch (error) {
      if (!(error instanceof DiskError && (error.code === 'EACCES' || error.code === 'EPERM'))) throw error;
    }
  }
}

/** "." for a bare name. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}
