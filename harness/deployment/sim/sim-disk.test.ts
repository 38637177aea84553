import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Disk } from '../../../cluster/runtime/disk.ts';
import { SimWorld } from './sim-world.ts';

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function bytes(content: string): Uint8Array {
  return Buffer.from(content);
}

/** Runs `work` on the disk of a new life of n1, to its end. */
async function live<T>(world: SimWorld, work: (disk: Disk) => Promise<T>): Promise<T> {
  return world.settle(work(world.host('n1').start().disk));
}

describe('a simulated disk', () => {
  it('reads what was written, zeros in gaps, and less at the end', async () => {
    await live(new SimWorld(1), async (disk) => {
      const file = await disk.open('a', { create: true });
      await file.write(20_000, bytes('tail'));
      await file.write(0, bytes('head'));
      await file.write(50_000, new Uint8Array(0));
      assert.equal(await file.size(), 20_004);
      assert.equal(text(await file.read(0, 4)), 'head');
      assert.deepEqual(await file.read(10_000, 3), new Uint8Array(3));
      assert.equal(text(await file.read(20_002, 100)), 'il');
      assert.equal((await file.read(30_000, 5)).length, 0);
      await file.truncate(2);
      await file.truncate(6);
      assert.equal(text(await file.read(0, 10)), 'he\0\0\0\0');
      await file.close();
      await assert.rejects(file.size(), { code: 'EBADF' });
    });
  });

  it('keeps folders, lists them sorted, renames and removes', async () => {
    await live(new SimWorld(1), async (disk) => {
      await disk.makeDirectory('store/log');
      await disk.makeDirectory('store/log');
      await disk.open('store/b', { create: true });
      await disk.open('/disk/store/a', { create: true });
      assert.deepEqual(await disk.list('store'), ['a', 'b', 'log']);
      assert.deepEqual(await disk.list('nowhere'), []);
      assert.deepEqual(await disk.status('store/log'), { kind: 'directory', size: 0 });
      assert.equal(await disk.status('store/x'), undefined);
      await disk.rename('store/b', 'store/a');
      await disk.rename('store/a', 'store/log/c');
      assert.deepEqual(await disk.list('store'), ['log']);
      await assert.rejects(disk.remove('store/log'), { code: 'ENOTEMPTY' });
      await disk.remove('store/log/c');
      await disk.remove('store/log/c');
      await disk.remove('store/log');
      assert.deepEqual(await disk.list('store'), []);
    });
  });

  it('names what is wrong', async () => {
    await live(new SimWorld(1), async (disk) => {
      await disk.open('file', { create: true });
      await disk.makeDirectory('folder');
      await assert.rejects(disk.open('missing'), { name: 'DiskError', code: 'ENOENT', path: 'missing' });
      await assert.rejects(disk.open('missing/file', { create: true }), { code: 'ENOENT' });
      await assert.rejects(disk.open('file/file', { create: true }), { code: 'ENOTDIR' });
      await assert.rejects(disk.open('folder'), { code: 'EISDIR' });
      await assert.rejects(disk.list('file'), { code: 'ENOTDIR' });
      await assert.rejects(disk.makeDirectory('file/x'), { code: 'EEXIST' });
      await assert.rejects(disk.rename('missing', 'x'), { code: 'ENOENT' });
      await assert.rejects(disk.rename('file', 'folder'), { code: 'EISDIR' });
      await assert.rejects(disk.syncDirectory('missing'), { code: 'ENOENT' });
    });
  });

  it('finds out writes that overlap in time and place', async () => {
    const world = new SimWorld(1);
    const { disk } = world.host('n1').start();
    const file = await world.settle(disk.open('a', { create: true }));
    await world.settle(Promise.all([file.write(0, bytes('one')), file.write(3, bytes('two'))]));
    void Promise.all([file.write(0, bytes('one')), file.write(2, bytes('two'))]).then(() =>
      assert.fail('settled'),
    );
    await assert.rejects(world.runFor(10), /a: a write at 2 starts while one at 0 to the same place/);
    assert.equal(world.host('n1').running, false);
  });

  it('takes time, and more when it is slow', async () => {
    const world = new SimWorld(1);
    const { disk } = world.host('n1').start();
    const file = await world.settle(disk.open('a', { create: true }));
    const begin = world.now();
    await world.settle(file.sync());
    const usualMs = world.now() - begin;
    assert(usualMs > 0 && usualMs < 20);
    world.host('n1').disk.slowness = 1000;
    await assert.rejects(world.settle(file.sync(), 50), /did not happen within 50 ms/);
  });

  it('lets one life at a time have a folder', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const first = host.start().disk;
    await world.settle(first.makeDirectory('store'));
    const lock = await world.settle(first.lock('store'));
    await assert.rejects(world.settle(first.lock('store/../store')), { code: 'EBUSY' });
    await world.settle(lock.release());
    await world.settle(first.lock('store'));
    host.kill();
    await world.settle(host.start().disk.lock('store'));
    await assert.rejects(
      live(new SimWorld(1), (disk) => disk.lock('missing')),
      { code: 'ENOENT' },
    );
  });
});

describe('the death of a process', () => {
  it('takes nothing that was written', async () => {
    const world = new SimWorld(1);
    await live(world, async (disk) => {
      await (await disk.open('a', { create: true })).write(0, bytes('unsynced'));
    });
    world.host('n1').kill();
    assert.equal(text(world.host('n1').disk.readFile('a')), 'unsynced');
  });

  it('leaves a part of a write under way', async () => {
    const lengths = new Set<number>();
    for (let seed = 1; seed <= 60; seed++) {
      const world = new SimWorld(seed);
      const file = await live(world, (disk) => disk.open('a', { create: true }));
      const settled = () => assert.fail('a write of a dead process settled');
      void file.write(0, bytes('0123456789')).then(settled, settled);
      world.host('n1').kill();
      const left = text(world.host('n1').disk.readFile('a'));
      assert('0123456789'.startsWith(left));
      lengths.add(left.length);
      await world.runFor(100);
    }
    assert(lengths.has(0) && lengths.has(10) && lengths.size > 4, `${[...lengths]}`);
  });
});
