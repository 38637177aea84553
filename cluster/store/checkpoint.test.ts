import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { viewOf, writeInt64 } from '../bytes/int64.ts';
import { CHECKPOINT_BYTES, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { APACHE_STORE } from './testing/apache-store.ts';

function checkpoint(value: number) {
  return {
    physicMsgTimestamp: value + 1,
    logicsMsgTimestamp: value + 2,
    indexMsgTimestamp: value + 3,
    masterFlushedOffset: value + 4,
    confirmOffset: value + 5,
    ours: {
      dispatchedOffset: value + 6,
      syncedOffset: value + 7,
      scanOffset: value + 8,
      owedOffset: value + 9,
      maxOffset: value + 10,
      queueUnits: value + 11,
      commitLogFileBytes: value + 12,
      consumeQueueFileBytes: value + 13,
    },
  };
}

describe('a checkpoint', () => {
  it('is read as it was written, again and again', () => {
    const file = new Uint8Array(CHECKPOINT_BYTES);
    assert.equal(readCheckpoint(file).ours, undefined);
    for (const value of [0, 2 ** 40, 7, 100]) {
      writeCheckpoint(file, checkpoint(value));
      assert.deepEqual(readCheckpoint(file), checkpoint(value));
    }
  });

  it('has RocketMQ’s fields where RocketMQ looks for them', () => {
    const found = readCheckpoint(readFileSync(`${APACHE_STORE}/checkpoint`));
    assert.deepEqual(found, {
      physicMsgTimestamp: 1795305838775,
      logicsMsgTimestamp: 1795305762515,
      indexMsgTimestamp: 0,
      masterFlushedOffset: 0,
      confirmOffset: 58308,
      ours: undefined,
    });
    const file = new Uint8Array(CHECKPOINT_BYTES);
    writeCheckpoint(file, checkpoint(20));
    const fields = [0, 8, 16, 24, 32].map((at) => Number(viewOf(file).getBigInt64(at)));
    assert.deepEqual(fields, [21, 22, 23, 24, 25]);
  });

  it('torn anywhere is the one before or the one after', () => {
    const before = new Uint8Array(CHECKPOINT_BYTES);
    writeCheckpoint(before, checkpoint(1000));
    writeCheckpoint(before, checkpoint(2000));
    const after = before.slice();
    writeCheckpoint(after, checkpoint(3000));
    const check = (torn: Uint8Array) => {
      const found = readCheckpoint(torn);
      assert.ok(
        [checkpoint(2000), checkpoint(3000)].some((one) => JSON.stringify(one) === JSON.stringify(found)),
      );
    };
    for (let cut = 0; cut <= CHECKPOINT_BYTES; cut += 1) {
      check(Buffer.concat([after.subarray(0, cut), before.subarray(cut)]));
    }
    for (let sectors = 0; sectors < 256; sectors += 1) {
      const torn = before.slice();
      for (let sector = 0; sector < 8; sector += 1) {
        if ((sectors & (1 << sector)) !== 0)
          torn.set(after.subarray(sector * 512, sector * 512 + 512), sector * 512);
      }
      check(torn);
    }
  });

  it('stays ours when a Java broker wrote its fields', () => {
    const file = new Uint8Array(CHECKPOINT_BYTES);
    writeCheckpoint(file, checkpoint(1000));
    writeInt64(viewOf(file), 0, 99);
    assert.deepEqual(readCheckpoint(file), checkpoint(1000));
  });
});
