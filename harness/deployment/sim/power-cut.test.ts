import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Disk, DiskFile } from '../../../cluster/runtime/disk.ts';
import { SimWorld } from './sim-world.ts';

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function bytes(content: string): Uint8Array {
  return Buffer.from(content);
}

/** What is left of n1's disk, by seed, after `work`, a step in the dark, and a power cut. */
async function afterPowerCuts<T>(
  work: (disk: Disk, world: SimWorld) => Promise<void>,
  look: (world: SimWorld) => T,
  seeds = 60,
): Promise<T[]> {
  const results: T[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const world = new SimWorld(seed);
    await world.settle(work(world.host('n1').start().disk, world));
    world.host('n1').kill({ powerCut: true });
    results.push(look(world));
  }
  return results;
}

async function madeDurably(disk: Disk, path: string, content: string): Promise<DiskFile> {
  const file = await disk.open(path, { create: true });
  await file.write(0, bytes(content));
  await file.sync();
  await disk.syncDirectory('.');
  return file;
}

describe('a power cut', () => {
  it('takes nothing that was synced', async () => {
    const left = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', 'durable');
        await file.truncate(3);
        await file.sync();
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    assert.deepEqual(new Set(left), new Set(['dur']));
  });

  it('leaves of unsynced writes all, nothing, or parts', async () => {
    const synced = 'x'.repeat(2000);
    const left = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', synced);
        await file.write(1000, bytes('y'.repeat(3000)));
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    const kinds = new Set(left);
    assert(kinds.has(synced), 'it was never lost');
    assert(kinds.has(synced.slice(0, 1000) + 'y'.repeat(3000)), 'it never survived');
    assert(kinds.size > 6, 'it was never torn');
    for (const content of left) assert.match(content, /^x{1000}[xy]{1000}[y\0]*$/);
  });

  it('takes all that was not synced, when it is to', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = new SimWorld(seed);
      const work = async (disk: Disk) => {
        const file = await madeDurably(disk, 'a', 'durable');
        await file.write(3, bytes('not so'));
        await file.truncate(100);
        await disk.rename('a', 'b');
        await disk.open('c', { create: true });
      };
      await world.settle(work(world.host('n1').start().disk));
      world.host('n1').kill({ powerCut: true, unsynced: 'lost' });
      assert.deepEqual(world.host('n1').disk.filePaths(), ['/disk/a']);
      assert.equal(text(world.host('n1').disk.readFile('a')), 'durable');
    }
  });

  it('loses an earlier write and keeps a later one, on some seeds', async () => {
    const left = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', '');
        await file.write(0, bytes('one'));
        await file.write(3, bytes('two'));
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    assert(left.includes('\0\0\0two'));
    assert(left.includes('one'));
    assert(left.includes(''));
    assert(left.includes('onetwo'));
  });

  it('may undo an unsynced truncation', async () => {
    const long = 'z'.repeat(30_000);
    const left = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', long);
        await file.truncate(5);
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    assert.deepEqual(new Set(left), new Set([long, 'zzzzz']));
  });

  it('covers by a sync only what was written before it began', async () => {
    const left = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', '');
        await file.write(0, bytes('one'));
        const syncing = file.sync();
        await file.write(3, bytes('two'));
        await syncing;
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    assert(left.every((content) => content.startsWith('one')));
    assert(left.includes('one') && left.includes('onetwo'));
  });

  it('may take a file whose folder was not synced, and the folder too', async () => {
    const folders = await afterPowerCuts(
      async (disk) => {
        await disk.makeDirectory('store');
        const file = await disk.open('store/a', { create: true });
        await file.write(0, bytes('synced'));
        await file.sync();
      },
      (world) => [world.host('n1').disk.has('store'), world.host('n1').disk.has('store/a')].join(),
    );
    assert.deepEqual(new Set(folders), new Set(['true,true', 'true,false', 'false,false']));
  });

  it('leaves the old or the new file after a rename that was not synced, the new one after the sync', async () => {
    const replace = async (disk: Disk) => {
      await madeDurably(disk, 'config', 'old');
      const file = await disk.open('config.tmp', { create: true });
      await file.write(0, bytes('new'));
      await file.sync();
      await disk.rename('config.tmp', 'config');
    };
    const look = (world: SimWorld) => text(world.host('n1').disk.readFile('config'));
    assert.deepEqual(new Set(await afterPowerCuts(replace, look)), new Set(['old', 'new']));
    const synced = async (disk: Disk) => {
      await replace(disk);
      await disk.syncDirectory('.');
    };
    assert.deepEqual(new Set(await afterPowerCuts(synced, look)), new Set(['new']));
  });

  it('may bring back a removed file', async () => {
    const left = await afterPowerCuts(
      async (disk) => {
        await madeDurably(disk, 'a', 'back');
        await disk.remove('a');
      },
      (world) => world.host('n1').disk.has('a'),
    );
    assert.deepEqual(new Set(left), new Set([true, false]));
  });

  it('makes a rename between folders durable once both are synced', async () => {
    const move = async (disk: Disk) => {
      await disk.makeDirectory('one');
      await disk.makeDirectory('two');
      await disk.syncDirectory('.');
      await disk.open('one/a', { create: true });
      await disk.syncDirectory('one');
      await disk.rename('one/a', 'two/a');
      await disk.rename('two/a', 'two/b');
      await disk.syncDirectory('two');
    };
    const look = (world: SimWorld) => world.host('n1').disk.filePaths().join();
    const left = await afterPowerCuts(move, look);
    assert.deepEqual(new Set(left), new Set(['/disk/two/b']));
    const unsynced = await afterPowerCuts(async (disk) => {
      await move(disk);
      await disk.rename('two/b', 'one/c');
      await disk.syncDirectory('two');
    }, look);
    assert.deepEqual(new Set(unsynced), new Set(['/disk/two/b', '/disk/one/c']));
  });

  it('writes back old changes of a file that is never synced', async () => {
    const [size] = await afterPowerCuts(
      async (disk) => {
        const file = await madeDurably(disk, 'a', '');
        for (let i = 0; i < 5000; i++) await file.write(i, Uint8Array.of(1));
      },
      (world) => world.host('n1').disk.readFile('a').subarray(0, 2000),
      1,
    );
    assert.deepEqual(size, new Uint8Array(2000).fill(1));
  });

  it('never makes durable by a later sync what a failed one left', async () => {
    const contents = await afterPowerCuts(
      async (disk, world) => {
        const file = await madeDurably(disk, 'a', '');
        await file.write(0, bytes('one'));
        world.host('n1').disk.fail({ operation: 'sync', countMax: 1 });
        await assert.rejects(file.sync(), { code: 'EIO' });
        await file.write(3, bytes('two'));
        await file.sync();
      },
      (world) => text(world.host('n1').disk.readFile('a')),
    );
    assert(contents.includes('onetwo') && contents.includes('\0\0\0two'), contents.join());
    for (const content of contents) assert(content.endsWith('two'));
  });
});
