import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../../harness/deployment/sim/sim-world.ts';
import { FileQueue } from '../file-queue.ts';
import { OpenFiles } from '../open-files.ts';
import { LogWriter } from './log-writer.ts';
import { MemoryTail } from './memory-tail.ts';

function scene(syncFlush: boolean, syncIntervalMs = 500) {
  const world = new SimWorld(3);
  const { clock, disk } = world.host('n1').start();
  const files = new FileQueue(disk, new OpenFiles(disk), '/disk/log', 4096, 'mappedFileSizeCommitLog');
  const tail = new MemoryTail(4096, 0);
  const durable: number[] = [];
  const writer = new LogWriter(
    clock,
    files,
    tail,
    { syncFlush, syncIntervalMs, diskFullRetryMs: 100 },
    { durable: (offset) => durable.push(offset), diskFull: () => undefined, failed: () => undefined },
  );
  const append = (size: number) => {
    const chunk = tail.room(size);
    chunk.bytes.fill(1, chunk.used, chunk.used + size);
    tail.grow(chunk, size);
    writer.wake();
  };
  return { world, files, tail, writer, durable, append };
}

describe('the log’s writer', () => {
  it('writes what gathered while it was busy at once', async () => {
    const { world, writer, durable, append } = scene(true);
    append(10);
    append(10);
    await world.run(() => writer.written === 20, 1000);
    assert.equal(writer.synced, 0);
    append(10);
    append(10);
    await world.run(() => writer.synced === 40, 1000);
    assert.deepEqual(durable, [20, 40]);
  });

  it('under ASYNC_FLUSH syncs now and then', async () => {
    const { world, writer, append } = scene(false);
    append(10);
    await world.run(() => writer.durable === 10, 100);
    assert.equal(writer.synced, 0);
    await world.run(() => writer.synced === 10, 1000);
  });

  it('does not take a sync from before a truncation for one of what came after', async () => {
    const { world, files, tail, writer, append } = scene(false, 100_000);
    append(4096);
    append(100);
    await world.run(() => writer.written === 4196, 1000);
    const cut = files.cut(4146);
    const sync = writer.sync();
    await world.settle(cut);
    tail.cut(4146);
    writer.cutTo(4146);
    append(30);
    await world.run(() => writer.written === 4176, 1000);
    await world.settle(sync);
    assert.equal(writer.synced, 0);
  });

  it('rejects a drain that cannot be, and a stopped one', async () => {
    const { world, writer, append } = scene(true);
    append(10);
    writer.stop();
    await assert.rejects(world.settle(writer.drain(10)), /the store is closed/);
  });
});
