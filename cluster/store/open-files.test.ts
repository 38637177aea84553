import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { Disk, DiskFile } from '../runtime/disk.ts';
import { OpenFiles } from './open-files.ts';

/** Counts the files that are open. */
function counting(disk: Disk): { disk: Disk; open: Set<string> } {
  const open = new Set<string>();
  const opener = async (path: string, options?: { readonly create?: boolean }): Promise<DiskFile> => {
    const file = await disk.open(path, options);
    open.add(path);
    return Object.assign(Object.create(file) as DiskFile, {
      read: (position: number, length: number) => file.read(position, length),
      close: async () => {
        open.delete(path);
        await file.close();
      },
    });
  };
  return { disk: Object.assign(Object.create(disk) as Disk, { open: opener }), open };
}

describe('open files', () => {
  it('are no more than the limit once nobody uses them', async () => {
    const world = new SimWorld(1);
    const { disk, open } = counting(world.host('n1').start().disk);
    const files = new OpenFiles(disk, 2);
    await world.settle(
      (async () => {
        for (const name of ['a', 'b', 'a', 'c']) await files.use(`/disk/${name}`, (file) => file.read(0, 1));
        assert.deepEqual([...open].sort(), ['/disk/a', '/disk/c']);
        await files.use('/disk/d', async () => {
          await files.use('/disk/e', () => files.use('/disk/f', async () => assert.equal(open.size, 5)));
        });
        assert.ok(open.size <= 2);
        await files.closeAll();
        assert.equal(open.size, 0);
      })(),
    );
  });

  it('that could not be opened are tried again', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const files = new OpenFiles(host.start().disk);
    host.disk.fail({ operation: 'open', countMax: 1 });
    const use = () => files.use('/disk/a', async () => 'opened');
    await assert.rejects(world.settle(use()), { code: 'EIO' });
    assert.equal(await world.settle(use()), 'opened');
  });
});
