import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { EpochFile } from './epoch-file.ts';
import { decodeEpochFile, EpochFileError, encodeEpochFile } from './epoch-file-text.ts';
import { decodeRoleEpoch, encodeRoleEpoch, RoleEpochFile } from './role-epoch-file.ts';

/** Written by RocketMQ 5.5.0. */
const javaFile = '1\n1987466933\n1-58308\n';
const path = 'store/epochFileCheckpoint';

describe('the text of the epoch file', () => {
  it('is read and written as RocketMQ does', () => {
    assert.deepEqual(decodeEpochFile(Buffer.from(javaFile)), [{ epoch: 1, startOffset: 58308 }]);
    assert.equal(Buffer.from(encodeEpochFile([{ epoch: 1, startOffset: 58308 }])).toString(), javaFile);
  });

  it('is not checked when the CRC is 0', () => {
    assert.deepEqual(decodeEpochFile(Buffer.from('1\n0\n3-7\n')), [{ epoch: 3, startOffset: 7 }]);
  });

  it('survives a round trip of many epochs', () => {
    const list = Array.from({ length: 1500 }, (_, index) => ({ epoch: index + 1, startOffset: index * 1e9 }));
    assert.deepEqual(decodeEpochFile(encodeEpochFile(list)), list);
  });

  for (const [what, text] of [
    ['nothing', ''],
    ['a wrong CRC', '1\n1987466934\n1-58308\n'],
    ['a missing entry', '2\n0\n1-58308\n'],
    ['an entry that is none', '1\n0\n1:58308\n'],
    ['epochs that go back', '2\n0\n2-0\n1-5\n'],
    ['zeros', '\0\0\0\0'],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => decodeEpochFile(Buffer.from(text)), EpochFileError);
    });
  }
});

describe('the epoch file', () => {
  it('B23: what is replaced survives a power cut, the folder included', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const file = new EpochFile(host.start(), path);
    assert.equal(await world.settle(file.load()), 'missing');
    await world.settle(file.replace([{ epoch: 1, startOffset: 0 }]));
    await world.settle(file.replace([{ epoch: 4, startOffset: 0 }]));
    host.kill({ powerCut: true });
    const again = new EpochFile(host.start(), path);
    assert.equal(await world.settle(again.load()), 'loaded');
    assert.deepEqual(again.entries(), [{ epoch: 4, startOffset: 0 }]);
  });

  it('B23: is the old or the new one after a power cut in the middle, never a mixture', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const world = new SimWorld(seed);
      const host = world.host('n1');
      const file = new EpochFile(host.start(), path);
      await world.settle(file.load());
      await world.settle(file.replace([{ epoch: 1, startOffset: 0 }]));
      void file.replace([
        { epoch: 1, startOffset: 0 },
        { epoch: 2, startOffset: 5 },
      ]);
      await world.runFor(world.random.below(2000) / 1000);
      host.kill({ powerCut: true });
      const again = new EpochFile(host.start(), path);
      assert.equal(await world.settle(again.load()), 'loaded', `seed ${seed}`);
      assert.equal(again.entries()[0]?.epoch, 1);
    }
  });

  it('writes an empty list, so that an old one cannot come back', async () => {
    const world = new SimWorld(1);
    const runtime = world.host('n1').start();
    const file = new EpochFile(runtime, path);
    await world.settle(file.load());
    await world.settle(file.replace([{ epoch: 1, startOffset: 0 }]));
    await world.settle(file.replace([]));
    const again = new EpochFile(runtime, path);
    assert.equal(await world.settle(again.load()), 'loaded');
    assert.deepEqual(again.entries(), []);
  });
});

describe('the role epoch file', () => {
  it('holds epoch and owner, and knows when it is damaged', () => {
    const bytes = encodeRoleEpoch({ masterEpoch: 5, masterBrokerId: 2 });
    assert.deepEqual(decodeRoleEpoch(bytes), { masterEpoch: 5, masterBrokerId: 2 });
    assert.equal(decodeRoleEpoch(Buffer.from(Buffer.from(bytes).toString().replace('5', '6'))), undefined);
    assert.equal(decodeRoleEpoch(bytes.subarray(0, 20)), undefined);
  });

  it('R1: only goes forward, and remembers over a power cut', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const file = new RoleEpochFile(host.start(), 'store/haEpoch');
    assert.equal(await world.settle(file.load()), 'missing');
    await world.settle(file.advance({ masterEpoch: 3, masterBrokerId: 1 }));
    await assert.rejects(world.settle(file.advance({ masterEpoch: 3, masterBrokerId: 2 })), /not newer/);
    host.kill({ powerCut: true });
    const again = new RoleEpochFile(host.start(), 'store/haEpoch');
    await world.settle(again.load());
    assert.deepEqual(again.current(), { masterEpoch: 3, masterBrokerId: 1 });
  });
});
