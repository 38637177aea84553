import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'mocha';
import type { LinkShape } from '../../../nemeses/nemesis.ts';
import { SimFaults } from './sim-faults.ts';
import { SimWorld } from './sim-world.ts';

describe('the faults of the simulated world', () => {
  let world: SimWorld;
  let faults: SimFaults;

  beforeEach(() => {
    world = new SimWorld(5);
    faults = new SimFaults(world);
    for (const name of ['n1', 'n2', 'n3']) world.host(name).start();
  });

  it('move a clock, and read it back', async () => {
    await faults.setClock('n1', { offsetMs: -262_000, driftPpm: 1000, ratePpm: 50_000 });
    await world.runFor(1000);
    const { offsetMs = 0, trueMs } = await faults.probeClock('n1');
    assert.deepEqual([Math.round(offsetMs), trueMs], [-262_000 + 1 + 50, 1000]);
    await faults.setClock('n1', { offsetMs: 0, driftPpm: 0, ratePpm: 0 });
    const begin = await faults.probeClock('n1');
    await world.runFor(1000);
    const end = await faults.probeClock('n1');
    assert.deepEqual([begin.offsetMs, end.offsetMs], [0, 0]);
    assert.equal(Math.round((end.monotonicMs ?? 0) - (begin.monotonicMs ?? 0)), 1000);
  });

  it('make a disk slow, full or unreadable, one at a time, and mend it', async () => {
    const probe = async () => {
      const { write, read, ms } = await world.settle(faults.probeDisk('n1'));
      return `${write} ${read} ${ms > 20 ? 'slow' : 'fast'}`;
    };
    assert.equal(await probe(), 'done done fast');
    await faults.breakDisk('n1', { kind: 'slow', factor: 200 });
    assert.equal(await probe(), 'done done slow');
    await faults.breakDisk('n1', { kind: 'full' });
    assert.equal(await probe(), 'ENOSPC done fast');
    assert.equal(await probe(), 'ENOSPC done fast');
    await faults.breakDisk('n1', { kind: 'read-error' });
    assert.equal(await probe(), 'done EIO fast');
    await faults.mendDisk('n1');
    assert.equal(await probe(), 'done done fast');
    assert.deepEqual(world.host('n1').disk.filePaths(), []);
  });

  it('damage what was written of the log of a host that is down', async () => {
    const { disk } = world.host('n1');
    const log = '/disk/store/commitlog/00000000000000000000';
    disk.writeFile(log, Buffer.concat([Buffer.alloc(1000, 0xff), Buffer.alloc(9000)]));
    await assert.rejects(faults.damageDisk('n1', { kind: 'truncate', place: 0.5 }), /n1 runs/);
    world.host('n1').kill();
    assert.equal(
      await faults.damageDisk('n1', { kind: 'bit-flip', place: 0.999 }),
      `${log}: a bit of byte 999 turned over`,
    );
    assert.notEqual(disk.readFile(log)[999], 0xff);
    assert.equal(await faults.damageDisk('n1', { kind: 'truncate', place: 0.5 }), `${log}: cut to 500 bytes`);
    assert.equal(disk.readFile(log).length, 500);
    world.host('n2').kill();
    await assert.rejects(faults.damageDisk('n2', { kind: 'truncate', place: 0.5 }), /n2 has written no log/);
  });

  it('shape links, the last shaping first, and measure them', async () => {
    const ms = async () => {
      const probes = await world.settle(
        faults.probeDelays([
          ['n1', 'n2'],
          ['n2', 'n1'],
        ]),
      );
      return probes.map((probe) => Math.floor((probe.ms ?? 9999) / 50) * 50);
    };
    const latency = (latencyMs: number): LinkShape => ({ latencyMs, jitterMs: 0 });
    assert.deepEqual(await ms(), [0, 0]);
    const first = await faults.shapeLinks(
      [
        ['n1', 'n2'],
        ['n2', 'n1'],
      ],
      latency(110),
    );
    const second = await faults.shapeLinks([['n1', 'n2']], latency(220));
    assert.deepEqual(await ms(), [200, 100]);
    await first.heal();
    assert.deepEqual(await ms(), [200, 0]);
    await second.heal();
    await second.heal();
    assert.deepEqual(await ms(), [0, 0]);
  });
});
