import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { ConsumeQueue } from './consume-queue/consume-queue.ts';
import { FileQueue } from './file-queue.ts';
import { OpenFiles } from './open-files.ts';
import { PendingRecords } from './pending-records.ts';

const { disk } = new SimWorld(1).host('n1').start();

function queue(): ConsumeQueue {
  const files = new FileQueue(disk, new OpenFiles(disk), '/disk/q', 200, 'mappedFileSizeConsumeQueue');
  return new ConsumeQueue('T', new Uint8Array(1), 0, files);
}

/** `count` records of 10 bytes from offset 0, each with its number as tags code and time. */
function filled(count: number, one: ConsumeQueue): PendingRecords {
  const pending = new PendingRecords(4);
  for (let index = 0; index < count; index += 1) pending.push(index * 10, 10, one, index, index, index);
  return pending;
}

function take(pending: PendingRecords, confirmOffset: number): number[] {
  const taken: number[] = [];
  pending.take(confirmOffset, (one, offset, size, queueOffset, tagsCode, storeTimestamp) => {
    assert.equal(one?.topic, 'T');
    assert.deepEqual(
      [offset, size, tagsCode, storeTimestamp],
      [queueOffset * 10, 10, queueOffset, queueOffset],
    );
    taken.push(queueOffset);
  });
  return taken;
}

describe('pending records', () => {
  it('are handed over in order, as far as they are confirmed', () => {
    const pending = filled(100, queue());
    assert.deepEqual(take(pending, 25), [0, 1]);
    assert.equal(pending.firstOffset, 20);
    assert.deepEqual(take(pending, 29), []);
    assert.deepEqual(take(pending, 30), [2]);
    assert.equal(take(pending, 1000).length, 97);
    assert.equal(pending.firstOffset, undefined);
  });

  it('keep their order when they wrap around and when they grow', () => {
    const one = queue();
    const pending = new PendingRecords(4);
    const taken: number[] = [];
    for (let index = 0; index < 1000; index += 1) {
      pending.push(index * 10, 10, one, index, index, index);
      if (index % 3 === 0) taken.push(...take(pending, index * 5));
    }
    taken.push(...take(pending, 10_000));
    assert.deepEqual(
      taken,
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  it('let go of their memory when a great many were taken, and go on', () => {
    const one = queue();
    const pending = filled(100_000, one);
    assert.equal(take(pending, 1_000_000).length, 100_000);
    pending.push(5, 10, one, 0, 0, 0);
    assert.equal(pending.count, 1);
  });

  it('say where records begin and end', () => {
    const pending = filled(10, queue());
    take(pending, 30);
    assert.deepEqual(
      [20, 30, 35, 90, 100].map((offset) => pending.isBoundary(offset)),
      [false, true, false, true, true],
    );
  });

  it('take a queue’s next offset along, forward and back', () => {
    const one = queue();
    const pending = filled(10, one);
    assert.equal(one.nextOffset, 10);
    pending.cut(65);
    assert.equal(one.nextOffset, 7);
    assert.equal(pending.count, 7);
    pending.push(70, 10, undefined, 0, 0, 0);
    pending.cut(0);
    assert.deepEqual([one.nextOffset, pending.count], [0, 0]);
  });
});
