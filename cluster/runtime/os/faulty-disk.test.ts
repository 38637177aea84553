import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { DiskError } from '../disk.ts';
import { type DiskOrder, FaultyDisk, healthyDisk } from './faulty-disk.ts';
import { undoUnsynced } from './unsynced-journal.ts';

let root = '';
let faults = '';
let data = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faulty-disk-'));
  [faults, data] = [join(root, 'disk'), join(root, 'data')];
  mkdirSync(data);
});

afterEach(() => rmSync(root, { recursive: true }));

/** The process is killed and the power goes: what is left is what the test looks at. */
function cutPower(unsynced: 'lost' | 'torn' = 'lost', chance = () => 0.5) {
  return undoUnsynced(faults, unsynced, chance);
}

function text(name: string): string | undefined {
  const path = join(data, name);
  return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
}

function order(number: number, trouble: DiskOrder['trouble'], delayMs = 0): void {
  writeFileSync(join(faults, 'order'), JSON.stringify({ ...healthyDisk, number, trouble, delayMs }));
}

const bytes = (content: string) => Buffer.from(content, 'latin1');
const isRefused = (code: string) => (error: unknown) => error instanceof DiskError && error.code === code;

describe('a disk in front of the real one', () => {
  it('loses with the power what was not synced: bytes, lengths, and nothing else', async () => {
    const disk = new FaultyDisk(data, faults);
    const file = await disk.open('log', { create: true });
    await disk.syncDirectory(data);
    await file.write(0, bytes('synced.'));
    await file.sync();
    await file.write(3, bytes('OVER'));
    await file.write(7, bytes('tail'));
    await file.truncate(100);
    await file.truncate(5);
    await file.close();
    assert.equal(text('log'), 'synOV');
    const lost = cutPower();
    assert.equal(text('log'), 'synced.');
    assert.equal(lost.names, 0);
    assert.ok(lost.writes >= 2 && lost.bytes >= 8, JSON.stringify(lost));
    assert.deepEqual(cutPower(), { writes: 0, bytes: 0, names: 0 });
  });

  it('loses names that were made, changed and removed, and gives back what they named', async () => {
    const disk = new FaultyDisk(data, faults);
    for (const name of ['kept', 'replaced', 'removed']) {
      const file = await disk.open(name, { create: true });
      await file.write(0, bytes(name));
      await file.sync();
      await file.close();
    }
    await disk.syncDirectory(data);
    const draft = await disk.open('draft', { create: true });
    await draft.write(0, bytes('new'));
    await draft.sync();
    await draft.close();
    await disk.rename('draft', 'replaced');
    await disk.remove('removed');
    assert.deepEqual([text('replaced'), text('removed')], ['new', undefined]);
    assert.equal(cutPower().names, 3);
    assert.deepEqual(['kept', 'replaced', 'removed', 'draft'].map(text), [
      'kept',
      'replaced',
      'removed',
      undefined,
    ]);
  });

  it('keeps all of it once the folder is synced, also where a file number is used again', async () => {
    const disk = new FaultyDisk(data, faults);
    for (let round = 0; round < 3; round += 1) {
      const file = await disk.open('draft', { create: true });
      await file.write(0, bytes(`round ${round}`));
      if (round === 2) await file.sync();
      await file.close();
      await disk.rename('draft', 'current');
      await disk.syncDirectory(data);
    }
    cutPower();
    assert.equal(text('current'), 'round 2');
  });

  it('tears by the sector, where luck has it', async () => {
    const disk = new FaultyDisk(data, faults);
    const file = await disk.open('log', { create: true });
    await disk.syncDirectory(data);
    await file.truncate(2048);
    await file.sync();
    await file.write(0, bytes('x'.repeat(2048)));
    await file.close();
    const luck = [0.1, 0.9, 0.1, 0.9, 0.9];
    cutPower('torn', () => luck.shift() ?? 0);
    const sectors = [0, 512, 1024, 1536].map((at) => text('log')?.slice(at, at + 512));
    assert.deepEqual(new Set(sectors), new Set(['x'.repeat(512), '\0'.repeat(512)]));
  });

  it('is full, does not read, or crawls, as it is told, and heals', async () => {
    const disk = new FaultyDisk(data, faults, false);
    const file = await disk.open('log', { create: true });
    await file.write(0, bytes('first'));
    order(1, 'full');
    disk.look();
    await assert.rejects(file.write(5, bytes('more')), isRefused('ENOSPC'));
    await file.write(0, bytes('FIRST'));
    await assert.rejects(disk.open('other', { create: true }), isRefused('ENOSPC'));
    assert.equal((await disk.probe()).write, 'ENOSPC');
    order(2, 'read-error');
    disk.look();
    await assert.rejects(file.read(0, 5), isRefused('EIO'));
    assert.deepEqual(await disk.probe(), { write: 'done', read: 'EIO', ms: 0 });
    order(3, 'slow', 8);
    disk.look();
    assert.ok((await disk.probe()).ms >= 20);
    order(4, 'none');
    disk.look();
    await file.write(5, bytes('more'));
    assert.deepEqual(await disk.probe(), { write: 'done', read: 'done', ms: 0 });
    assert.equal(text('log'), 'FIRSTmore');
    await file.close();
  });
});
