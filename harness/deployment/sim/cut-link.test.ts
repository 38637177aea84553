import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { connected, endOf, numbered } from './connected-pair.ts';
import type { CutFlavour } from './sim-link.ts';
import { SimWorld } from './sim-world.ts';

describe('a cut link', () => {
  for (const flavour of ['drop', 'hold'] as const) {
    for (const [from, to] of [
      ['w1', 'n1'],
      ['n1', 'w1'],
    ] as const) {
      it(`lets a connect hang until the time-out (${flavour} ${from} -> ${to})`, async () => {
        const world = new SimWorld(1);
        await listening(world);
        world.cut(from, to, flavour);
        const begin = world.now();
        const dialled = world.host('w1').start().network.connect({ host: 'n1', port: 9 }, 700);
        await assert.rejects(world.settle(dialled), { code: 'ETIMEDOUT' });
        assert.equal(world.now() - begin, 700);
      });
    }

    it(`lets a connect through at the heal (${flavour})`, async () => {
      const world = new SimWorld(1);
      await listening(world);
      world.cut('w1', 'n1', flavour);
      const dialled = world.host('w1').start().network.connect({ host: 'n1', port: 9 }, 700);
      await world.runFor(500);
      world.heal('w1', 'n1');
      const stream = await world.settle(dialled);
      assert.equal(stream.remoteAddress, '10.0.0.1:9');
      assert(world.now() < 600);
    });
  }

  it('loses bytes one way only, and closes the connections that lost some at the heal (drop)', async () => {
    const { world, server, client } = await connected(1);
    world.cut('w1', 'n1', 'drop');
    client.stream.write(numbered(1_000_000));
    server.stream.write(numbered(10));
    await world.runFor(1000);
    assert.deepEqual([server.received().length, client.received().length], [0, 10]);
    assert.equal(client.stream.bufferedBytes(), 0);
    assert.deepEqual([server.closes, client.closes], [[], []]);
    world.heal();
    await world.runFor(10);
    assert.deepEqual([server.closes, client.closes], [['ECONNRESET'], ['ECONNRESET']]);
    assert.equal(server.received().length, 0);
  });

  it('catches bytes that are on their way (drop)', async () => {
    const { world, server, client } = await connected(1);
    client.stream.write(numbered(10));
    world.cut('w1', 'n1', 'drop');
    world.heal();
    await world.runFor(100);
    assert.equal(server.received().length, 0);
    assert.deepEqual([server.closes, client.closes], [['ECONNRESET'], ['ECONNRESET']]);
  });

  it('leaves a connection alone that sent nothing meanwhile (drop)', async () => {
    const { world, server, client } = await connected(1);
    world.partition(['w1'], ['n1'], 'drop');
    await world.runFor(1000);
    world.heal();
    client.stream.write(numbered(10));
    await world.runFor(100);
    assert.equal(server.received().length, 10);
    assert.deepEqual([server.closes, client.closes], [[], []]);
  });

  it('hides the end of a connection until the heal (drop)', async () => {
    const { world, server } = await connected(1);
    world.cut('w1', 'n1', 'drop');
    world.host('w1').kill();
    await world.runFor(5000);
    assert.deepEqual(server.closes, []);
    world.heal();
    await world.runFor(10);
    assert.deepEqual(server.closes, ['ECONNRESET']);
  });

  it('delivers late and in order at the heal, with the end (hold)', async () => {
    const { world, server, client } = await connected(1);
    const sent = numbered(5000);
    client.stream.write(sent.subarray(0, 1000));
    world.cut('w1', 'n1', 'hold');
    for (let at = 1000; at < 5000; at += 1000) {
      client.stream.write(sent.subarray(at, at + 1000));
      await world.runFor(100);
    }
    client.stream.end();
    await world.runFor(1000);
    assert.deepEqual([server.chunks, server.closes], [[], []]);
    world.heal('w1');
    await world.runFor(15);
    assert.deepEqual(server.received(), Buffer.from(sent));
    assert.deepEqual(server.closes, [undefined]);
  });

  it('holds the sender back when too much is held (hold)', async () => {
    const { world, server, client } = await connected(1);
    world.cut('w1', 'n1', 'hold');
    for (let i = 0; i < 100; i++) client.stream.write(numbered(10_000));
    assert(client.stream.bufferedBytes() > 0);
    await world.runFor(100);
    world.heal();
    await world.runFor(100);
    assert.equal(server.received().length, 1_000_000);
  });

  it('closes connections at once and refuses new ones (reset)', async () => {
    const { world, server, client } = await connected(1);
    world.cut('n1', 'w1', 'reset');
    await world.runFor(10);
    assert.deepEqual([server.closes, client.closes], [['ECONNRESET'], ['ECONNRESET']]);
    const again = () => world.host('w2').start().network.connect({ host: 'n1', port: 9 }, 1000);
    world.cut('w2', 'n1', 'reset');
    await assert.rejects(world.settle(again()), { code: 'ECONNRESET' });
    world.heal();
    world.host('w2').kill();
    assert.equal((await world.settle(again())).remoteAddress, '10.0.0.1:9');
  });

  it('changes its flavour: held bytes are lost when it becomes a drop', async () => {
    const { world, server, client } = await connected(1);
    world.cut('w1', 'n1', 'hold');
    client.stream.write(numbered(10));
    await world.runFor(10);
    world.cut('w1', 'n1', 'drop');
    world.heal();
    await world.runFor(10);
    assert.equal(server.received().length, 0);
    assert.deepEqual(server.closes, ['ECONNRESET']);
  });

  it('is healed by its own names only', async () => {
    const world = new SimWorld(1);
    await listening(world);
    world.host('n2');
    const flavours: readonly CutFlavour[] = ['drop', 'hold', 'reset'];
    for (const flavour of flavours) {
      world.cut('w1', 'n1', flavour);
      world.heal('n1', 'w1');
      world.heal('w1', 'n2');
      const dialled = world.host('w1').start().network.connect({ host: 'n1', port: 9 }, 100);
      await assert.rejects(world.settle(dialled), { name: 'NetworkError' });
      world.host('w1').kill();
    }
  });
});

describe('a slow link', () => {
  it('delays and narrows one way', async () => {
    const { world, server, client } = await connected(1);
    world.shape('w1', 'n1', { latencyMs: 100, jitterMs: 0, bytesPerMs: 10 });
    const begin = world.now();
    client.stream.write(numbered(1000));
    await world.run(() => server.received().length === 1000, 10_000);
    const tookMs = world.now() - begin;
    assert(tookMs >= 200 && tookMs < 210, `${tookMs} ms`);
    world.shape('w1', 'n1', {});
    client.stream.write(numbered(1000));
    await world.run(() => server.received().length === 2000, 10);
  });
});

async function listening(world: SimWorld): Promise<void> {
  const { network } = world.host('n1').start();
  await world.settle(network.listen({ host: 'n1', port: 9 }, (stream) => endOf(stream)));
  world.host('w1');
}
