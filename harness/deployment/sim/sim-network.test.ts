import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ByteStream } from '../../../cluster/runtime/network.ts';
import { connected, type End, endOf, numbered } from './connected-pair.ts';
import { SimWorld } from './sim-world.ts';

describe('a simulated connection', () => {
  it('carries the bytes in order, cut anywhere', async () => {
    const { world, server, client } = await connected(4);
    const sent = numbered(300_000);
    for (let at = 0; at < sent.length; at += 1000) client.stream.write(sent.subarray(at, at + 1000));
    await world.runFor(1000);
    assert.deepEqual(server.received(), Buffer.from(sent));
    const lengths = new Set(server.chunks.map((chunk) => chunk.length % 1000));
    assert(lengths.size > 5, `the chunks have whole writes only: ${[...lengths]}`);
  });

  it('joins writes of one turn and of several', async () => {
    const { world, server, client } = await connected(4);
    for (let i = 0; i < 100; i++) client.stream.write(numbered(10));
    await world.runFor(1000);
    assert.equal(server.received().length, 1000);
    assert(server.chunks.length < 20, `${server.chunks.length} chunks`);
  });

  it('carries both ways and tells the addresses', async () => {
    const { world, server, client } = await connected(1);
    client.stream.write(numbered(3));
    server.stream.write(numbered(5));
    await world.runFor(100);
    assert.deepEqual([server.received().length, client.received().length], [3, 5]);
    assert.equal(client.stream.remoteAddress, '10.0.0.1:9');
    assert.match(server.stream.remoteAddress, /^10\.0\.0\.2:\d+$/);
  });

  it('ends after what was written is sent', async () => {
    const { world, server, client } = await connected(2);
    server.stream.write(numbered(200_000));
    client.stream.write(numbered(500_000));
    client.stream.end();
    client.stream.write(numbered(1));
    await world.runFor(1000);
    assert.deepEqual([server.received().length, client.received().length], [500_000, 200_000]);
    assert.deepEqual([server.closes, client.closes], [[undefined], [undefined]]);
  });

  it('is told of its own destroy in a later turn, once', async () => {
    const { world, server, client } = await connected(2);
    client.stream.destroy(Object.assign(new Error('enough'), { code: 'ENOUGH' }));
    client.stream.destroy();
    assert.deepEqual(client.closes, []);
    assert.equal(client.stream.write(numbered(1_000_000)), true);
    await world.runFor(1000);
    assert.deepEqual(client.closes, ['ENOUGH']);
    assert.equal(server.closes.length, 1);
    assert.equal(server.received().length, 0);
  });

  it('stops at pause and goes on at resume', async () => {
    const { world, server, client } = await connected(3);
    server.stream.pause();
    client.stream.write(numbered(1000));
    client.stream.end();
    await world.runFor(100);
    assert.deepEqual([server.chunks, server.closes], [[], []]);
    server.stream.resume();
    await world.runFor(100);
    assert.equal(server.received().length, 1000);
    assert.deepEqual(server.closes, [undefined]);
  });

  it('asks a writer to wait above the high-water mark, and drains', async () => {
    const { world, client, server } = await connected(3);
    let drains = 0;
    client.stream.handle({ data: () => undefined, close: () => undefined, drain: () => drains++ });
    assert.equal(client.stream.write(numbered(1000)), true);
    assert.equal(client.stream.write(numbered(400_000)), true);
    assert.equal(client.stream.write(numbered(100_000)), false);
    await world.runFor(100);
    assert.equal(drains, 1);
    assert.equal(server.received().length, 501_000);
  });

  it('keeps what arrived before there was a handler', async () => {
    const world = new SimWorld(1);
    let accepted: ByteStream | undefined;
    await world.settle(
      world
        .host('n1')
        .start()
        .network.listen({ host: '0.0.0.0', port: 9 }, (stream) => {
          accepted = stream;
        }),
    );
    const dialled = world.host('w1').start().network.connect({ host: '10.0.0.1', port: 9 }, 1000);
    const client = await world.settle(dialled);
    client.write(numbered(10));
    client.end();
    await world.runFor(100);
    assert(accepted !== undefined);
    const server = endOf(accepted);
    await world.runFor(100);
    assert.equal(server.received().length, 10);
    assert.deepEqual(server.closes, [undefined]);
  });

  it('closes at the peer of a killed process, after a part of what its kernel had', async () => {
    const ends = new Set<string | undefined>();
    const counts = new Set<number>();
    for (let seed = 1; seed <= 40; seed++) {
      const { world, server, client } = await connected(seed);
      for (let i = 0; i < 3; i++) {
        client.stream.write(numbered(1000));
        await world.runFor(0.05);
      }
      world.host('w1').kill();
      await world.runFor(1000);
      assert.equal(server.closes.length, 1);
      assert.deepEqual(server.received(), Buffer.from([...server.chunks.flatMap((chunk) => [...chunk])]));
      ends.add(server.closes[0]);
      counts.add(server.received().length);
      assert.deepEqual(client.closes, []);
    }
    assert.deepEqual(ends, new Set([undefined, 'ECONNRESET']));
    assert(counts.size > 1);
  });
});

describe('connecting', () => {
  it('is refused where nobody listens', async () => {
    const world = new SimWorld(1);
    world.host('n1').start();
    world.host('n2');
    const { network } = world.host('w1').start();
    for (const host of ['n1', 'n2', 'localhost']) {
      await assert.rejects(world.settle(network.connect({ host, port: 9 }, 1000)), {
        name: 'NetworkError',
        code: 'ECONNREFUSED',
      });
    }
  });

  it('times out when the answer comes too late, and lets go of the late connection', async () => {
    const world = new SimWorld(1);
    const accepted: End[] = [];
    const { network } = world.host('n1').start();
    await world.settle(network.listen({ host: 'n1', port: 9 }, (stream) => accepted.push(endOf(stream))));
    const client = world.host('w1').start();
    world.shape('n1', 'w1', { latencyMs: 100 });
    const dialled = client.network.connect({ host: 'n1', port: 9 }, 50);
    await assert.rejects(world.settle(dialled), { code: 'ETIMEDOUT' });
    assert.deepEqual(
      accepted.map((end) => end.closes),
      [[]],
    );
    await world.runFor(200);
    assert.equal(accepted[0]?.closes.length, 1);
  });

  it('knows only hosts that exist', async () => {
    const world = new SimWorld(1);
    const { network } = world.host('w1').start();
    await assert.rejects(world.settle(network.connect({ host: 'n9', port: 9 }, 1000)), { code: 'ENOTFOUND' });
  });

  it('is refused once the listener is closed or dead', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const { network } = world.host('w1').start();
    const listener = await world.settle(
      host.start().network.listen({ host: 'n1', port: 0 }, (stream) => endOf(stream)),
    );
    const { port } = listener.address;
    await world.settle(network.connect({ host: 'n1', port }, 1000));
    await world.settle(listener.close());
    await assert.rejects(world.settle(network.connect({ host: 'n1', port }, 1000)), { code: 'ECONNREFUSED' });
    host.kill();
    const next = host.start();
    await world.settle(next.network.listen({ host: 'n1', port }, (stream) => endOf(stream)));
    await world.settle(network.connect({ host: 'n1', port }, 1000));
    host.kill();
    await assert.rejects(world.settle(network.connect({ host: 'n1', port }, 1000)), { code: 'ECONNREFUSED' });
  });

  it('listens on own addresses only, and once on a port', async () => {
    const world = new SimWorld(1);
    world.host('n2');
    const { network } = world.host('n1').start();
    const accept = () => undefined;
    await world.settle(network.listen({ host: 'n1', port: 9 }, accept));
    await assert.rejects(world.settle(network.listen({ host: 'n1', port: 9 }, accept)), {
      code: 'EADDRINUSE',
    });
    await assert.rejects(world.settle(network.listen({ host: 'n2', port: 9 }, accept)), {
      code: 'EADDRNOTAVAIL',
    });
  });
});
