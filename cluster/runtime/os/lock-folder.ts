/** One process per folder: Node has no flock, so the file `lock` names the process that holds the folder. */
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskError } from '../disk.ts';
import { processStart } from './process-start.ts';

/** Rejects with DiskError EBUSY when a living process holds `folder`. The lock of a dead one is taken over. */
export async function lockFolder(folder: string): Promise<{ release(): Promise<void> }> {
  const path = join(folder, 'lock');
  const mine = `${process.pid} ${processStart(process.pid) ?? ''}\n`;
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine);
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (await linked(draft, path)) return { release: () => rm(path, { force: true }) };
      const holder = await readFile(path, 'utf8').catch(() => '');
      const [pid = '', start = ''] = holder.trim().split(' ');
      if (/^\d+$/.test(pid) && processStart(Number(pid)) === start) {
        throw new DiskError(
          'EBUSY',
          folder,
          `${folder} is in use by process ${pid}; stop it, or choose another folder`,
        );
      }
      await rm(path, { force: true });
    }
    throw new DiskError('EBUSY', folder, `${folder}: several processes want this folder at once`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
