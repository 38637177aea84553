/** Folders whose names survive a crash of the machine. */
import type { Disk } from '../runtime/disk.ts';

/** Makes the folder and its missing parents; when it resolves none of their names can be lost. */
export async function makeDurableDirectory(disk: Disk, path: string): Promise<void> {
  const changed: string[] = [];
  for (let missing = path; missing.includes('/'); ) {
    if ((await disk.status(missing)) !== undefined) break;
    const parent = missing.slice(0, missing.lastIndexOf('/'));
    if (parent === '') break;
    changed.push(parent);
    missing = parent;
  }
  if (changed.length === 0) return;
  await disk.makeDirectory(path);
  for (const parent of changed.reverse()) await disk.syncDirectory(parent);
}
