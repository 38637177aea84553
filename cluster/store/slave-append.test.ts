import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { encodeMessage } from '../message/encode-message.ts';
import { MessageStore } from './message-store.ts';
import { draft, readBodies, readLog, smallConfig } from './testing/store-life.ts';

/** A master with a log and an empty slave. */
async function pair(
  use: (master: MessageStore, slave: MessageStore, world: SimWorld) => Promise<void>,
): Promise<void> {
  const world = new SimWorld(1);
  const master = await world.settle(MessageStore.open(world.host('n1').start(), smallConfig));
  const slave = await world.settle(MessageStore.open(world.host('n2').start(), smallConfig));
  master.setRole('master', 1);
  slave.setRole('slave', 1);
  for (let index = 0; index < 40; index += 1)
    master.append([draft(`${index} `.padEnd(200, 'x'), { queueId: index % 2 })]);
  await use(master, slave, world);
}

async function copy(master: MessageStore, slave: MessageStore, end = master.maxOffset()): Promise<void> {
  while (slave.maxOffset() < end) {
    slave.appendRaw(slave.maxOffset(), await master.readRaw(slave.maxOffset(), 700, end));
  }
}

function record(physicalOffset: number, queueOffset: number, body = 'x'): Uint8Array {
  return encodeMessage({
    ...draft(body),
    physicalOffset,
    queueOffset,
    storeTimestamp: 1,
    storeHost: smallConfig.storeHost,
  });
}

describe('a slave’s log', () => {
  it('becomes the master’s, byte for byte, with the same queues', () =>
    pair(async (master, slave, world) => {
      await world.settle(copy(master, slave));
      assert.equal(slave.pendingBytes(), slave.maxOffset());
      await world.run(() => slave.durableOffset() === master.maxOffset(), 10_000);
      assert.equal(slave.pendingBytes(), 0);
      assert.deepEqual(await world.settle(readLog(slave)), await world.settle(readLog(master)));
      assert.equal(slave.nextQueueOffset('T', 1), 20);
      assert.equal(slave.queueMaxOffset('T', 1), 0);
      slave.setConfirmOffset(slave.maxOffset());
      master.setConfirmOffset(master.maxOffset());
      assert.deepEqual(
        await world.settle(readBodies(slave, 'T', 1)),
        await world.settle(readBodies(master, 'T', 1)),
      );
    }));

  it('goes on where the master’s was when it becomes the master’s own', () =>
    pair(async (master, slave, world) => {
      await world.settle(copy(master, slave));
      slave.setRole('master', 2);
      const result = slave.append([draft('mine')]);
      assert.equal(result.kind, 'appended');
      assert.deepEqual([result.physicalOffset, result.queueOffset], [master.maxOffset(), 20]);
      assert.throws(
        () => slave.appendRaw(slave.maxOffset(), record(slave.maxOffset(), 21)),
        /a master makes its own records/,
      );
    }));

  it('takes only whole records, at its own end, that name their place', () =>
    pair(async (_master, slave) => {
      slave.appendRaw(0, record(0, 0));
      const end = slave.maxOffset();
      const good = record(end, 1);
      const refused = (offset: number, bytes: Uint8Array, message: RegExp) => {
        assert.throws(
          () => slave.appendRaw(offset, bytes),
          (error: Error) => error.name === 'StoreError' && message.test(error.message),
        );
      };
      refused(end + 1, good, /records for offset 94, but the log ends at 93/);
      refused(0, good, /records for offset 0, but the log ends at 93/);
      refused(end, good.subarray(0, 92), /no record for offset 93: cut/);
      refused(end, record(end + 1, 1), /it names the offset 94/);
      refused(end, Buffer.concat([good, Buffer.alloc(100)]), /no record for offset 186: magic 0/);
      refused(end, record(end, 1, 'x'.repeat(4000)), /record of 4092 bytes where a file has 4003 left/);
      const blank = Buffer.alloc(100);
      blank.writeInt32BE(100, 0);
      blank.writeInt32BE(0xcbd43194 | 0, 4);
      refused(end, blank, /blank of 100 bytes where a file has 4003 left/);
      assert.equal(slave.maxOffset(), end, 'nothing of it was appended');
      slave.appendRaw(end, good);
    }));

  it('begins where the master’s begins when it is empty', () =>
    pair(async (_master, slave, world) => {
      assert.throws(
        () => slave.appendRaw(100, record(100, 7)),
        /the log begins at 100: wanted the start of a file of 4096 bytes/,
      );
      slave.appendRaw(8192, record(8192, 23));
      assert.deepEqual([slave.minOffset(), slave.nextQueueOffset('T', 0)], [8192, 24]);
      slave.appendRaw(slave.maxOffset(), record(slave.maxOffset(), 24));
      await world.run(() => slave.durableOffset() === slave.maxOffset(), 10_000);
      slave.setConfirmOffset(slave.maxOffset());
      await world.runFor(1500);
      world.host('n2').kill({ powerCut: true });
      const again = await world.settle(MessageStore.open(world.host('n2').start(), smallConfig));
      assert.deepEqual([again.minOffset(), again.maxOffset()], [8192, slave.maxOffset()]);
      assert.deepEqual([again.queueMinOffset('T', 0), again.queueMaxOffset('T', 0)], [23, 25]);
      assert.deepEqual(await world.settle(readBodies(again)), ['x', 'x']);
      const below = await world.settle(
        again.getMessages({ topic: 'T', queueId: 0, queueOffset: 3, countMax: 1, bytesMax: 1 }),
      );
      assert.deepEqual([below.status, below.nextBeginOffset], ['OFFSET_TOO_SMALL', 23]);
    }));

  it('may begin anew further on, after it was emptied', () =>
    pair(async (master, slave, world) => {
      await world.settle(copy(master, slave));
      await world.settle(slave.truncateTo(0, { force: true }));
      slave.appendRaw(40960, record(40960, 99));
      await world.run(() => slave.durableOffset() === slave.maxOffset(), 10_000);
      assert.deepEqual(world.host('n2').disk.filePaths('/disk/store/commitlog'), [
        '/disk/store/commitlog/00000000000000040960',
      ]);
      world.host('n2').kill({ powerCut: true });
      const again = await world.settle(MessageStore.open(world.host('n2').start(), smallConfig));
      assert.deepEqual(
        [again.minOffset(), again.maxOffset(), again.nextQueueOffset('T', 0)],
        [40960, slave.maxOffset(), 100],
      );
    }));
});
