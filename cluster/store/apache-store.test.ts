import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { decodeProperties } from '../message/message-properties.ts';
import type { Disk } from '../runtime/disk.ts';
import { OsDisk } from '../runtime/os/os-disk.ts';
import { MessageStore } from './message-store.ts';
import { APACHE_STORE, copyFolder, parseMessages } from './testing/apache-store.ts';
import { readLog, readQueue } from './testing/store-life.ts';

const LOG_END = 130820;
const config = {
  storePathRootDir: '/disk/store',
  storeHost: { ip: '127.0.0.1', port: 10911 },
  mappedFileSizeCommitLog: 262144,
  mappedFileSizeConsumeQueue: 6000,
} as const;
const messages = parseMessages(readFileSync(`${APACHE_STORE}/messages.jsonl`, 'utf8'));
const logFile = readFileSync(`${APACHE_STORE}/commitlog/00000000000000000000`);

async function withApacheStore(
  prepare: (world: SimWorld) => void,
  use: (store: MessageStore, disk: Disk, world: SimWorld) => Promise<void>,
): Promise<void> {
  const world = new SimWorld(1);
  const runtime = world.host('n1').start();
  // From the real disk, which the simulated world does not wait for.
  const copied = copyFolder(new OsDisk(process.cwd()), APACHE_STORE, asSoonAs(world), '/disk/store');
  await copied;
  prepare(world);
  await world.settle(
    (async () => {
      const store = await MessageStore.open(runtime, config);
      await use(store, runtime.disk, world);
    })(),
  );
}

/** The host's disk without its delays. */
function asSoonAs(world: SimWorld): Disk {
  const { disk } = world.host('n1');
  const open = async (path: string) => ({
    path,
    size: async () => disk.readFile(path).length,
    read: async () => disk.readFile(path),
    write: async (_position: number, bytes: Uint8Array) => disk.writeFile(path, bytes),
    sync: async () => undefined,
    truncate: async () => undefined,
    close: async () => undefined,
  });
  const nothing = async () => undefined;
  return {
    open,
    status: nothing,
    list: async () => [],
    makeDirectory: nothing,
    rename: nothing,
    remove: nothing,
    syncDirectory: nothing,
    lock: async () => ({ release: nothing }),
  };
}

async function checkQueues(store: MessageStore, end: number): Promise<number> {
  let count = 0;
  const queues = new Map(messages.map((one) => [`${one.topic}/${one.queueId}`, one]));
  for (const { topic, queueId } of queues.values()) {
    const wanted = messages.filter(
      (one) => one.topic === topic && one.queueId === queueId && one.physicalOffset + one.storeSize <= end,
    );
    const found = await readQueue(store, topic, queueId);
    assert.deepEqual(
      found.map((one) => [
        one.queueOffset,
        one.physicalOffset,
        one.size,
        Object.fromEntries(decodeProperties(one.properties)),
      ]),
      wanted.map((one) => [one.queueOffset, one.physicalOffset, one.storeSize, one.properties]),
    );
    assert.equal(store.queueMaxOffset(topic, queueId), wanted.length);
    count += found.length;
  }
  return count;
}

describe('the store of an Apache RocketMQ broker', () => {
  it('opens: log, queues and offsets are those that Apache sees', () =>
    withApacheStore(
      () => undefined,
      async (store) => {
        assert.equal(store.recovered.clean, true);
        assert.equal(store.maxOffset(), LOG_END);
        assert.deepEqual(Buffer.from(await readLog(store)), logFile.subarray(0, LOG_END));
        // What its checkpoint says; the rest is readable when the broker's role confirms it.
        assert.equal(store.confirmOffset(), 58308);
        assert.equal(
          await checkQueues(store, 58308),
          messages.filter((one) => one.physicalOffset < 58308).length,
        );
        store.setConfirmOffset(LOG_END);
        assert.equal(await checkQueues(store, LOG_END), 370);
        assert.equal((await store.messageAt(385))?.properties.includes('key-1-1'), true);
      },
    ));

  it('gets the queue files that Apache wrote, byte for byte, when they are made again from its log', () =>
    withApacheStore(
      (world) => world.host('n1').disk.remove('/disk/store/consumequeue'),
      async (store, _disk, world) => {
        store.setConfirmOffset(LOG_END);
        await store.close();
        const { disk } = world.host('n1');
        const files = disk.filePaths('/disk/store/consumequeue');
        assert.equal(files.length, 11);
        for (const path of files) {
          const apache = readFileSync(path.replace('/disk/store', APACHE_STORE));
          assert.deepEqual(disk.readFile(path), Uint8Array.from(apache), path);
        }
      },
    ));

  it('goes on where it ended, and opens again as ours', () =>
    withApacheStore(
      () => undefined,
      async (store, _disk, world) => {
        store.setRole('master', 1);
        const first = messages.find((one) => one.topic === 'PeerNormal');
        assert.ok(first !== undefined);
        const result = store.append([
          { ...first, bornHost: { ip: '127.0.0.1', port: 1 }, properties: '', body: Uint8Array.of(1) },
        ]);
        assert.equal(result.kind, 'appended');
        assert.equal(result.physicalOffset, LOG_END);
        const queue = messages.filter((one) => one.topic === 'PeerNormal' && one.queueId === first.queueId);
        assert.equal(result.queueOffset, queue.length);
        await store.close();
        const runtime = world.host('n1').runtime;
        assert.ok(runtime !== undefined);
        const again = await MessageStore.open(runtime, config);
        assert.equal(again.recovered.clean, true);
        assert.equal(again.maxOffset(), result.endOffset);
        assert.equal(again.confirmOffset(), 58308);
        again.setConfirmOffset(result.endOffset);
        assert.equal(again.queueMaxOffset('PeerNormal', first.queueId), queue.length + 1);
      },
    ));

  it('after an unclean stop loses nothing that is whole', () =>
    withApacheStore(
      (world) => {
        const { disk } = world.host('n1');
        disk.writeFile('/disk/store/abort', Uint8Array.of(49));
        // The last record is torn.
        disk.writeFile(
          '/disk/store/commitlog/00000000000000000000',
          Uint8Array.from(logFile).fill(0, LOG_END - 360),
        );
      },
      async (store) => {
        const last = messages.at(-1);
        assert.ok(last !== undefined);
        assert.equal(store.recovered.clean, false);
        assert.equal(store.maxOffset(), last.physicalOffset);
        assert.ok(store.recovered.truncatedBytes > 0);
        store.setConfirmOffset(last.physicalOffset);
        assert.equal(await checkQueues(store, last.physicalOffset), 369);
      },
    ));

  it('is refused with another file size than the one it was written with', async () => {
    const world = new SimWorld(1);
    await copyFolder(new OsDisk(process.cwd()), APACHE_STORE, asSoonAs(world), '/disk/store');
    const opened = MessageStore.open(world.host('n1').start(), {
      ...config,
      mappedFileSizeCommitLog: 1024 * 1024,
    });
    await assert.rejects(
      world.settle(opened),
      /wanted 1048576 bytes \(mappedFileSizeCommitLog\), got 262144/,
    );
  });
});
