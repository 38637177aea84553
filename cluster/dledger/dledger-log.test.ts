import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { RaftEntry } from '../raft/raft-message.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { entryHeaderBytes } from './dledger-entry.ts';
import { DledgerStoreError } from './dledger-errors.ts';
import { DledgerLog } from './dledger-log.ts';
import { recoverLog } from './log-recovery.ts';

const file = 'data/00000000000000000000';

function entry(index: number, term: number, body = `e${index}`): RaftEntry {
  return { index, term, body: Buffer.from(body) };
}

function texts(entries: readonly RaftEntry[]): readonly string[] {
  return entries.map(({ index, term, body }) => `${index}:${term} ${Buffer.from(body).toString()}`);
}

class LogScene {
  readonly world = new SimWorld(1);
  readonly host = this.world.host('c1');
  #log: DledgerLog | undefined;

  restart(): Runtime {
    if (this.host.running) this.host.kill();
    return this.host.start();
  }

  async open(): Promise<DledgerLog> {
    const { disk } = this.restart();
    const log = await this.world.settle(disk.makeDirectory('data').then(() => DledgerLog.open(disk, 'data')));
    this.#log = log;
    return log;
  }

  async write(firstIndex: number, entries: readonly RaftEntry[]): Promise<void> {
    assert(this.#log !== undefined);
    await this.world.settle(this.#log.write(firstIndex, entries));
  }

  size(): number {
    return this.host.disk.readFile(file).length;
  }
}

describe('the log file of a DLedger member', () => {
  it('begins empty and gives back what was written', async () => {
    const scene = new LogScene();
    assert.deepEqual((await scene.open()).recoveredEntries, []);
    await scene.write(0, [entry(0, 1), entry(1, 1, '')]);
    await scene.write(2, [entry(2, 3)]);
    const { recoveredEntries, truncatedBytes } = await scene.open();
    assert.deepEqual(texts(recoveredEntries), ['0:1 e0', '1:1 ', '2:3 e2']);
    assert.equal(truncatedBytes, 0);
  });

  it('holds an entry in 48 bytes and its body', async () => {
    const scene = new LogScene();
    await scene.open();
    await scene.write(0, [entry(0, 7, 'AB')]);
    const bytes = Buffer.from(scene.host.disk.readFile(file));
    assert.equal(
      bytes.toString('hex'),
      '444c473100000032' + // magic, size 50
        '0000000000000000' + // index
        '0000000000000007' + // term
        '0000000000000000' + // position
        '0000000000000000' + // durable position
        '00000000' + // crc of the entry before
        bytes.subarray(44, 48).toString('hex') +
        '4142',
    );
    assert.equal(bytes.length, entryHeaderBytes + 2);
  });

  it('replaces an end', async () => {
    const scene = new LogScene();
    await scene.open();
    await scene.write(0, [entry(0, 1), entry(1, 1), entry(2, 1)]);
    await scene.write(1, [entry(1, 2, 'another and longer')]);
    assert.deepEqual(texts((await scene.open()).recoveredEntries), ['0:1 e0', '1:2 another and longer']);
    await scene.write(0, []);
    assert.deepEqual((await scene.open()).recoveredEntries, []);
  });

  it('cuts a torn end, wherever it is torn', async () => {
    const whole = entryHeaderBytes + 2;
    for (let length = 0; length <= 2 * whole; length += 7) {
      const scene = new LogScene();
      await scene.open();
      await scene.write(0, [entry(0, 1), entry(1, 1)]);
      scene.host.disk.truncateFile(file, length);
      const { recoveredEntries, truncatedBytes } = await scene.open();
      assert.equal(recoveredEntries.length, Math.floor(length / whole));
      assert.equal(truncatedBytes, length % whole);
      assert.equal(scene.size(), length - truncatedBytes);
      await scene.write(recoveredEntries.length, [entry(recoveredEntries.length, 2, 'next')]);
      assert.equal((await scene.open()).recoveredEntries.length, recoveredEntries.length + 1);
    }
  });

  it('cuts before an entry of the last write whose bytes are wrong', async () => {
    for (let position = entryHeaderBytes + 2; position < 2 * (entryHeaderBytes + 2); position += 1) {
      const scene = new LogScene();
      await scene.open();
      await scene.write(0, [entry(0, 1), entry(1, 1), entry(2, 1)]);
      scene.host.disk.flipBits(file, position, 0x10);
      assert.deepEqual(texts((await scene.open()).recoveredEntries), ['0:1 e0']);
    }
  });

  it('refuses a log that was damaged where it had been durable', async () => {
    for (const position of [0, 5, 44, 49, 60, 99]) {
      const scene = new LogScene();
      await scene.open();
      await scene.write(0, [entry(0, 1), entry(1, 1)]);
      await scene.write(2, [entry(2, 1)]);
      scene.host.disk.flipBits(file, position);
      await assert.rejects(scene.open(), (error) => {
        assert(error instanceof DledgerStoreError);
        assert.match(
          error.message,
          /entry [01] at byte \d+ is damaged, though it was durable when entry 2 was written/,
        );
        return true;
      });
    }
  });

  it('does not join entries of two histories', async () => {
    const scene = new LogScene();
    await scene.open();
    await scene.write(0, [entry(0, 1), entry(1, 2), entry(2, 4)]);
    const old = scene.host.disk.readFile(file);
    await scene.write(1, [entry(1, 3)]);
    // As if the cut had been lost: the old entry 2 stands behind the new entry 1, of the same length.
    const mixed = Buffer.concat([scene.host.disk.readFile(file), old.subarray(scene.size())]);
    scene.host.disk.writeFile(file, mixed);
    assert.deepEqual(texts((await scene.open()).recoveredEntries), ['0:1 e0', '1:3 e1']);
  });

  it('reads by pieces of any size', async () => {
    const scene = new LogScene();
    await scene.open();
    const entries = Array.from({ length: 40 }, (_, index) => entry(index, 1, 'x'.repeat(index * 3)));
    await scene.write(0, entries);
    await scene.write(40, [entry(40, 1)]);
    for (const chunkBytes of [1, 49, 100, 5000]) {
      const { disk } = scene.restart();
      const { stored } = await scene.world.settle(
        disk.open(file).then((open) => recoverLog(open, chunkBytes)),
      );
      assert.equal(stored.length, 41);
    }
    scene.host.disk.flipBits(file, 60);
    for (const chunkBytes of [1, 49, 100, 5000]) {
      const { disk } = scene.restart();
      const recovered = scene.world.settle(disk.open(file).then((open) => recoverLog(open, chunkBytes)));
      await assert.rejects(recovered, DledgerStoreError);
    }
  });
});
