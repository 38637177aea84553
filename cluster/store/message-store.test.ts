import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { decodeMessage } from '../message/decode-message.ts';
import { javaHashCode } from '../message/tags-code.ts';
import type { Appended } from './append-result.ts';
import type { MessageStore } from './message-store.ts';
import { StoreHost } from './testing/store-host.ts';
import { draft, readBodies, readLog } from './testing/store-life.ts';

async function withStore(
  use: (store: MessageStore, host: StoreHost, world: SimWorld) => Promise<void>,
  config = {},
): Promise<void> {
  const world = new SimWorld(1);
  const host = new StoreHost(world, config);
  await use(await host.open(), host, world);
}

function append(store: MessageStore, body: string, options = {}): Appended {
  const result = store.append([draft(body, options)]);
  assert.equal(result.kind, 'appended');
  return result;
}

async function durable(store: MessageStore, world: SimWorld): Promise<void> {
  await world.run(() => store.durableOffset() === store.maxOffset(), 10_000);
}

describe('an append', () => {
  it('gives offsets at once, and is durable later', () =>
    withStore(async (store, _host, world) => {
      const seen: number[] = [];
      store.onDurable((offset) => seen.push(offset));
      const first = append(store, 'one');
      const second = append(store, 'two');
      assert.deepEqual([first.physicalOffset, first.queueOffset, second.queueOffset], [0, 0, 1]);
      assert.equal(second.physicalOffset, first.endOffset);
      assert.equal(store.maxOffset(), second.endOffset);
      assert.equal(store.durableOffset(), 0);
      await durable(store, world);
      assert.deepEqual(seen, [second.endOffset], 'one write and one sync for both');
    }));

  it('of a batch keeps the messages together, with ids and queue offsets of their own', () =>
    withStore(async (store, host) => {
      append(store, 'x'.repeat(3800));
      const batch = store.append([draft('a'), draft('b'), draft('c'.repeat(50))]);
      assert.equal(batch.kind, 'appended');
      assert.equal(batch.physicalOffset, 4096, 'they did not fit the first file together');
      assert.equal(batch.queueOffset, 1);
      assert.deepEqual(batch.messageIds, [
        '0A00000100002A9F0000000000001000',
        '0A00000100002A9F000000000000105D',
        '0A00000100002A9F00000000000010BA',
      ]);
      assert.equal(store.nextQueueOffset('T', 0), 4);
      const last = await host.settle(store.messageAt(batch.physicalOffset + 2 * 93));
      assert.deepEqual([last?.queueOffset, last?.body.length], [3, 50]);
    }));

  it('is refused, with what was wanted, when the message is not as it must be', () =>
    withStore(
      async (store) => {
        const refusal = (options: Parameters<typeof draft>[1]) => {
          const result = store.append([draft('x', options)]);
          return result.kind === 'refused' ? `${result.reason}: ${result.detail}` : 'appended';
        };
        assert.equal(
          refusal({ properties: 'x'.repeat(32768) }),
          'properties-too-long: properties: wanted at most 32767 bytes, got 32768',
        );
        assert.match(
          refusal({ body: Buffer.alloc(1001) }),
          /message-illegal: body: wanted at most 1000 bytes \(maxMessageSize\), got 1001/,
        );
        assert.match(refusal({ properties: 'a\u0001b\0\u0002' }), /message-illegal: properties: a zero byte/);
        for (const topic of ['', '..', 'a/b', 'é'.repeat(128)]) {
          assert.match(refusal({ topic }), /message-illegal: topic: wanted a name of 1 to 255 bytes/);
        }
        assert.match(
          refusal({ properties: 'x'.repeat(4000) }),
          /wanted at most 4088 bytes of records \(mappedFileSizeCommitLog\)/,
        );
        assert.equal(store.append([]).kind, 'refused');
        assert.equal(store.maxOffset(), 0);
        assert.equal(refusal({ body: Buffer.alloc(1000), topic: 'é'.repeat(127) }), 'appended');
      },
      { maxMessageSize: 1000 },
    ));

  it('is refused unless the store is a master’s', () =>
    withStore(async (store, host) => {
      store.setRole('slave', 2);
      assert.match(JSON.stringify(store.append([draft('x')])), /not-available.*role is slave/);
      store.setRole('master', 3);
      assert.equal(store.stateVersion, 3);
      await host.settle(store.close());
      assert.match(JSON.stringify(store.append([draft('x')])), /not-available.*the store is closed/);
    }));

  it('is refused while too much waits for the disk', () =>
    withStore(
      async (store, _host, world) => {
        const body = Buffer.alloc(4 * 1024 * 1024);
        let result = store.append([draft('', { body })]);
        let count = 0;
        for (; result.kind === 'appended' && count < 30; count += 1)
          result = store.append([draft('', { body })]);
        assert.match(JSON.stringify(result), /not-available.*bytes wait for the disk/);
        assert.equal(count, 16);
        await durable(store, world);
        assert.equal(store.append([draft('x')]).kind, 'appended');
      },
      {
        mappedFileSizeCommitLog: 1024 * 1024 * 1024,
        memoryTailBytes: 1024 * 1024,
        flushDiskType: 'ASYNC_FLUSH',
      },
    ));

  it('leaves half messages without a place in their queue', () =>
    withStore(async (store, host) => {
      append(store, 'a');
      assert.equal(append(store, 'half', { sysFlag: 4 }).queueOffset, 0);
      assert.equal(append(store, 'committed', { sysFlag: 8 }).queueOffset, 1);
      append(store, 'rolled back', { sysFlag: 12 });
      store.setConfirmOffset(store.maxOffset());
      assert.deepEqual(await host.settle(readBodies(store)), ['a', 'committed']);
    }));
});

describe('a message', () => {
  it('is readable when it is confirmed, not before', () =>
    withStore(async (store, host) => {
      const events: unknown[] = [];
      store.onArrival((...arrival) => events.push(arrival));
      store.onConfirm((offset) => events.push(offset));
      const first = append(store, 'one', { properties: 'TAGS\u0001TagA\u0002' });
      append(store, 'two');
      assert.deepEqual(await host.settle(readBodies(store)), []);
      assert.deepEqual([store.queueMaxOffset('T', 0), store.nextQueueOffset('T', 0)], [0, 2]);
      store.setConfirmOffset(first.endOffset);
      assert.deepEqual(events, [['T', 0, 1, javaHashCode('TagA')], first.endOffset]);
      assert.deepEqual(await host.settle(readBodies(store)), ['one']);
      store.setConfirmOffset(0);
      assert.equal(store.confirmOffset(), first.endOffset, 'it never goes back');
      assert.throws(() => store.setConfirmOffset(store.maxOffset() + 1), /beyond the log's end/);
    }));

  it('is found at its physical offset, and nothing is found elsewhere', () =>
    withStore(async (store, host) => {
      const { physicalOffset } = append(store, 'one');
      assert.equal((await host.settle(store.messageAt(physicalOffset)))?.topic, 'T');
      for (const offset of [-1, 1, 50, store.maxOffset()]) {
        assert.equal(await host.settle(store.messageAt(offset)), undefined);
      }
    }));

  it('comes from disk when memory has let go of it', () =>
    withStore(async (store, host, world) => {
      const bodies: string[] = [];
      for (let index = 0; index < 200; index += 1) {
        bodies.push(`${index} `.padEnd(300, 'x'));
        append(store, bodies[index] ?? '');
        if (index % 10 === 0) await durable(store, world);
      }
      await durable(store, world);
      store.setConfirmOffset(store.maxOffset());
      await world.runFor(2000);
      assert.ok(store.readRaw(0, 100, store.maxOffset()) instanceof Promise);
      assert.ok(store.readRaw(store.maxOffset() - 391, 100, store.maxOffset()) instanceof Uint8Array);
      assert.deepEqual(await host.settle(readBodies(store)), bodies);
      const log = await host.settle(readLog(store));
      assert.equal(log.length, store.maxOffset());
      assert.equal(decodeMessage(log, 0).body.length, 300);
    }));
});

describe('getMessages', () => {
  const query = { topic: 'T', queueId: 0, queueOffset: 0, countMax: 10, bytesMax: 100_000 };

  it('says why there is nothing', () =>
    withStore(async (store, host) => {
      const ask = async (queueOffset: number, topic = 'T') => {
        const result = await host.settle(store.getMessages({ ...query, topic, queueOffset }));
        return [result.status, result.nextBeginOffset, result.minOffset, result.maxOffset];
      };
      assert.deepEqual(await ask(0, 'U'), ['NO_MATCHED_LOGIC_QUEUE', 0, 0, 0]);
      append(store, 'one');
      assert.deepEqual(await ask(5), ['NO_MESSAGE_IN_QUEUE', 0, 0, 0]);
      store.setConfirmOffset(store.maxOffset());
      assert.deepEqual(await ask(0), ['FOUND', 1, 0, 1]);
      assert.deepEqual(await ask(1), ['OFFSET_OVERFLOW_ONE', 1, 0, 1]);
      assert.deepEqual(await ask(2), ['OFFSET_OVERFLOW_BADLY', 1, 0, 1]);
      assert.deepEqual(await ask(-1), ['OFFSET_TOO_SMALL', 0, 0, 1]);
    }));

  it('delivers no more than asked for, and one message whatever its size', () =>
    withStore(async (store, host) => {
      for (let index = 0; index < 5; index += 1) append(store, 'x'.repeat(500));
      store.setConfirmOffset(store.maxOffset());
      const count = async (limits: object) =>
        (await host.settle(store.getMessages({ ...query, ...limits }))).records.length;
      assert.equal(await count({}), 5);
      assert.equal(await count({ countMax: 3 }), 3);
      assert.equal(await count({ bytesMax: 1200 }), 2);
      assert.equal(await count({ bytesMax: 1 }), 1);
    }));

  it('filters by tags, counts what it left out, and does not look on for ever', () =>
    withStore(async (store, host) => {
      for (let index = 0; index < 1000; index += 1) {
        append(store, `${index}`, {
          properties: index === 3 || index === 900 ? 'TAGS\u0001A\u0002' : 'TAGS\u0001B\u0002',
        });
      }
      store.setConfirmOffset(store.maxOffset());
      const tagsCodes = new Set([javaHashCode('A')]);
      const ask = async (queueOffset: number, countMax = 10) =>
        host.settle(store.getMessages({ ...query, queueOffset, countMax, tagsCodes }));
      const first = await ask(0);
      assert.deepEqual([first.status, first.records.length, first.nextBeginOffset], ['FOUND', 1, 800]);
      const second = await ask(4);
      assert.deepEqual([second.status, second.nextBeginOffset], ['NO_MATCHED_MESSAGE', 804]);
      const third = await ask(804);
      assert.deepEqual([third.status, third.nextBeginOffset], ['FOUND', 1000]);
      assert.equal((await ask(0, 1)).nextBeginOffset, 4);
      assert.equal(
        (await host.settle(store.getMessages({ ...query, tagsCodes: new Set() }))).records.length,
        10,
      );
    }));
});

describe('readRaw', () => {
  it('delivers whole records, never beyond the end asked for or the end of a file', () =>
    withStore(async (store) => {
      for (let index = 0; index < 10; index += 1) append(store, 'x'.repeat(908));
      const read = (offset: number, bytesMax: number, end = store.maxOffset()) => {
        const bytes = store.readRaw(offset, bytesMax, end);
        assert.ok(bytes instanceof Uint8Array);
        return bytes.length;
      };
      assert.equal(read(0, 2500), 2000);
      assert.equal(read(0, 10), 1000, 'a longer one comes alone');
      assert.equal(read(0, 10_000), 4096, 'four records and the blank');
      assert.equal(read(4000, 10), 96, 'the blank alone');
      assert.equal(read(0, 10_000, 2000), 2000);
      assert.equal(read(4096, 1500), 1000);
      assert.equal(read(store.maxOffset(), 10), 0);
      assert.equal(read(2000, 10, 2000), 0);
    }));

  it('gives bytes that never change, not even by a truncation', () =>
    withStore(async (store, host) => {
      append(store, 'one');
      const kept = append(store, 'two').physicalOffset;
      const bytes = store.readRaw(kept, 1, store.maxOffset());
      assert.ok(bytes instanceof Uint8Array);
      const before = Buffer.from(bytes).toString('hex');
      await host.settle(store.truncateTo(kept));
      append(store, 'another');
      assert.equal(Buffer.from(bytes).toString('hex'), before);
    }));

  it('rejects below the log’s start', () =>
    withStore(async (store, host) => {
      append(store, 'one');
      await assert.rejects(host.settle(Promise.resolve(store.readRaw(-5, 10, 50))), {
        name: 'StoreError',
        kind: 'gone',
      });
    }));
});
