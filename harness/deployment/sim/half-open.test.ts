import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { connected, endOf, numbered } from './connected-pair.ts';
import { SimWorld } from './sim-world.ts';

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

describe('a connection to a machine that lost its power', () => {
  it('tells the peer nothing, however long it listens', async () => {
    for (const seed of seeds) {
      const { world, client } = await connected(seed);
      world.host('n1').kill({ powerCut: true });
      await world.runFor(600_000);
      world.host('n1').start();
      await world.runFor(600_000);
      assert.deepEqual(client.closes, [], `seed ${seed}`);
    }
  });

  it('takes bytes until the buffers are full, and on some seeds there is no way after a while', async () => {
    const closes = new Set<string | undefined>();
    const much = numbered(65_536);
    for (const seed of seeds) {
      const { world, client } = await connected(seed);
      world.host('n1').kill({ powerCut: true });
      client.stream.write(numbered(10));
      await world.runFor(900);
      assert.deepEqual(client.closes, [], `seed ${seed}`);
      for (let i = 0; i < 20; i++) client.stream.write(much);
      assert(client.stream.bufferedBytes() > 65_536, `seed ${seed}`);
      await world.runFor(60_000);
      closes.add(client.closes[0]);
    }
    assert.deepEqual(closes, new Set([undefined, 'EHOSTUNREACH']));
  });

  it('is reset when bytes reach the machine that came back', async () => {
    for (const seed of seeds) {
      const { world, client } = await connected(seed);
      world.host('n1').kill({ powerCut: true });
      await world.runFor(10_000);
      world.host('n1').start();
      client.stream.write(numbered(10));
      await world.runFor(100);
      assert.deepEqual(client.closes, ['ECONNRESET'], `seed ${seed}`);
    }
  });

  it('is reset by bytes sent into the dark, when they are sent again', async () => {
    const times = new Set<number>();
    for (const seed of seeds) {
      const { world, client } = await connected(seed);
      world.host('n1').kill({ powerCut: true });
      client.stream.write(numbered(10));
      await world.runFor(800);
      world.host('n1').start();
      const begin = world.now();
      await world.run(() => client.closes.length > 0, 1000);
      assert.deepEqual(client.closes, ['ECONNRESET']);
      times.add(Math.floor((world.now() - begin) / 100));
    }
    assert(times.size > 3, [...times].join());
  });

  it('is not reset across a cut, but after the heal', async () => {
    const { world, client } = await connected(3);
    world.host('n1').kill({ powerCut: true });
    client.stream.write(numbered(10));
    world.cut('n1', 'w1', 'hold');
    world.host('n1').start();
    await world.runFor(5000);
    assert.deepEqual(client.closes, []);
    world.heal();
    await world.runFor(5000);
    assert.deepEqual(client.closes, ['ECONNRESET']);
  });

  it('may still bring what was on the wire', async () => {
    const lengths = new Set<number>();
    for (const seed of seeds) {
      const { world, server, client } = await connected(seed);
      server.stream.write(numbered(10));
      await world.runFor(0.01);
      server.stream.write(numbered(10));
      world.host('n1').kill({ powerCut: true });
      await world.runFor(1000);
      lengths.add(client.received().length);
      assert.deepEqual(client.closes, []);
    }
    assert.deepEqual(lengths, new Set([0, 10, 20]));
  });

  it('cannot be dialled until the machine is back', async () => {
    const { world } = await connected(1);
    world.host('n1').kill({ powerCut: true });
    const runtime = world.host('w2').start();
    const inVain = runtime.network.connect({ host: 'n1', port: 9 }, 500);
    await assert.rejects(world.settle(inVain), { code: 'ETIMEDOUT' });
    const late = runtime.network.connect({ host: 'n1', port: 9 }, 5000);
    await world.runFor(1000);
    await world.settle(
      world
        .host('n1')
        .start()
        .network.listen({ host: 'n1', port: 8 }, () => undefined),
    );
    await assert.rejects(world.settle(late), { code: 'ECONNREFUSED' });
  });
});

describe('a packet past all connections', () => {
  it('takes as long as the link, and does not arrive over a cut or at a dead machine', async () => {
    const world = new SimWorld(1);
    for (const name of ['n1', 'n2']) world.host(name).start();
    const ping = () => world.settle(world.ping('n1', 'n2', 4096, 1000));
    assert(((await ping()) ?? 99) < 6);
    world.shape('n1', 'n2', { latencyMs: 100, jitterMs: 20, bytesPerMs: 40 });
    const slow = (await ping()) ?? 0;
    assert(slow >= 202 && slow < 500, String(slow));
    world.shape('n1', 'n2', { bytesPerMs: 1 });
    assert.equal(await ping(), undefined);
    world.shape('n1', 'n2', {});
    world.cut('n1', 'n2', 'hold');
    assert.equal(await ping(), undefined);
    world.heal();
    world.host('n2').kill({ powerCut: true });
    assert.equal(await ping(), undefined);
    world.host('n2').start();
    assert.notEqual(await ping(), undefined);
  });
});

describe('a narrow link', () => {
  it('carries the bytes of all connections one after the other', async () => {
    const { world, server, client } = await connected(1);
    const dialled = world.settle(
      (world.host('w1').runtime ?? assert.fail()).network.connect({ host: 'n1', port: 9 }, 1000),
    );
    const other = endOf(await dialled);
    world.shape('w1', 'n1', { bytesPerMs: 10, jitterMs: 0 });
    const begin = world.now();
    for (let i = 0; i < 10; i++) client.stream.write(numbered(500));
    other.stream.write(numbered(5000));
    await world.run(() => server.received().length === 5000, 5000);
    const first = world.now() - begin;
    assert(first >= 500, `${first} ms`);
    client.stream.write(numbered(10));
    await world.run(() => server.received().length === 5010, 5000);
    assert(world.now() - begin >= 1000, `${world.now() - begin} ms`);
  });
});
