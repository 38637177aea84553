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

describe('a broken disk', () => {
  it('fails what it is told to fail, as often as it is told', async () => {
    const world = new SimWorld(1);
    await live(world, async (disk) => {
      const file = await disk.open('a', { create: true });
      const broken = world.host('n1').disk;
      broken.fail({ operation: 'write', pathPart: 'b' });
      await file.write(0, bytes('fine'));
      broken.fail({ operation: 'write', pathPart: 'a', countMax: 1 });
      await assert.rejects(file.write(4, bytes(' again')), { name: 'DiskError', code: 'EIO', path: 'a' });
      await file.write(4, bytes(' again'));
      broken.fail({ operation: 'read', code: 'EACCES' });
      await assert.rejects(file.read(0, 4), { code: 'EACCES' });
      broken.clearFaults();
      assert.equal(text(await file.read(0, 100)), 'fine again');
    });
  });

  it('may leave a part of a write that failed', async () => {
    const left = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const world = new SimWorld(seed);
      await live(world, async (disk) => {
        const file = await disk.open('a', { create: true });
        world.host('n1').disk.fail({ operation: 'write' });
        await assert.rejects(file.write(0, bytes('1234')), { code: 'EIO' });
      });
      left.add(text(world.host('n1').disk.readFile('a')));
    }
    assert.deepEqual(left, new Set(['', '1', '12', '123']));
  });

  it('stays full, however often a write is tried again', async () => {
    const world = new SimWorld(1);
    await live(world, async (disk) => {
      const file = await disk.open('a', { create: true });
      world.host('n1').disk.fill();
      const long = bytes('1'.repeat(9000));
      for (let trial = 0; trial < 40; trial++)
        await assert.rejects(file.write(0, long), { code: 'ENOSPC' }, `trial ${trial}`);
    });
  });

  it('is full, until there is room', async () => {
    const world = new SimWorld(1);
    await live(world, async (disk) => {
      const file = await disk.open('a', { create: true });
      await file.write(0, bytes('here'));
      world.host('n1').disk.fill();
      await assert.rejects(file.write(10_000, bytes('more')), { code: 'ENOSPC' });
      await file.write(0, bytes('HERE'));
      world.host('n1').disk.makeRoom(10_000);
      await file.write(10_000, bytes('more'));
      await assert.rejects(file.write(20_000, bytes('more')), { code: 'ENOSPC' });
      world.host('n1').disk.makeRoom();
      await file.write(20_000, bytes('more'));
    });
  });
});

describe('a hand in the disk', () => {
  it('reads, writes, rots, cuts and removes files of a stopped host', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    host.disk.writeFile('store/log/0', bytes('abc'));
    host.disk.writeFile('store/log/1', bytes('def'));
    host.disk.writeFile('other', bytes('x'));
    assert.deepEqual(host.disk.filePaths('/disk/store'), ['/disk/store/log/0', '/disk/store/log/1']);
    host.disk.flipBits('store/log/0', 1, 0xff);
    assert.throws(() => host.disk.flipBits('store/log/0', 3), /has 3 bytes; there is no byte 3/);
    host.disk.truncateFile('store/log/1', 1);
    host.kill({ powerCut: true });
    await live(world, async (disk) => {
      assert.deepEqual(await (await disk.open('store/log/0')).read(0, 9), Uint8Array.of(97, 98 ^ 255, 99));
      assert.equal(text(await (await disk.open('store/log/1')).read(0, 9)), 'd');
    });
    host.disk.remove('store');
    assert.deepEqual(host.disk.filePaths(), ['/disk/other']);
    host.disk.wipe();
    assert.deepEqual(host.disk.filePaths(), []);
    assert.equal(host.disk.has('/disk'), true);
  });
});
