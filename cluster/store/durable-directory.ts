/** Folders whose names survive a crash of the machine. */
import type { Disk } from '../runtime/disk.ts';

/** Makes the folder and its missing parents; when it resolves none of their names can be lost. */
export async function makeDurableDirectory(disk: Disk, path: string): Promise<void> {
  const changed: string[] = [];
  let missing = path;
  while ((await disk.status(missing)) === undefined) {
    const slash = missing.lastIndexOf('/');
    const parent = slash > 0 ? missing.slice(0, slash) : slash === 0 ? '/' : '.';
    changed.push(parent);
    if (slash <= 0) break;
    missing = parent;
  }
  if (changed.length === 0) return;
  await disk.makeDirectory(path);
  for (const parent of changed.reverse()) await disk.syncDirectory(parent);
}
