import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Runtime } from '../../../cluster/runtime/runtime.ts';
import { SimNodeFatalError } from './sim-host.ts';
import { SimTimeLimitError, SimWorld } from './sim-world.ts';

/** Echoes what comes, and keeps it on disk. */
async function startEcho(runtime: Runtime): Promise<void> {
  const file = await runtime.disk.open('echo.log', { create: true });
  let end = 0;
  await runtime.network.listen({ host: runtime.nodeId, port: 7 }, (stream) => {
    stream.handle({
      data: (bytes) => {
        const position = end;
        end += bytes.length;
        void file
          .write(position, bytes)
          .then(() => file.sync())
          .then(
            () => stream.write(bytes),
            (error: Error) => runtime.fatal(error),
          );
      },
      close: () => runtime.trace.emit('echo-closed'),
    });
  });
}

async function echoRun(seed: number): Promise<{ digest: string; received: string; time: number }> {
  const world = new SimWorld(seed);
  await world.settle(startEcho(world.host('n1').start()));
  const runtime = world.host('w1').start();
  let received = '';
  const stream = await world.settle(runtime.network.connect({ host: 'n1', port: 7 }, 1000));
  stream.handle({ data: (bytes) => (received += Buffer.from(bytes).toString()), close: () => undefined });
  for (let i = 0; i < 50; i++) {
    runtime.clock.after(runtime.random.below(20), () => stream.write(Buffer.from(`<message ${i}>`)));
  }
  await world.run(() => received.length >= 590, 10_000);
  return { digest: world.digest(), received, time: world.now() };
}

describe('a simulated world', () => {
  it('runs twice alike with one seed', async () => {
    assert.deepEqual(await echoRun(7), await echoRun(7));
  });

  it('runs differently with another seed', async () => {
    const [one, other] = [await echoRun(7), await echoRun(8)];
    assert.notEqual(one.digest, other.digest);
    assert.notEqual(one.received, other.received);
  });

  it('runs twice alike with faults of every kind', async () => {
    const run = async (seed: number): Promise<string> => {
      const world = new SimWorld(seed);
      const luck = world.random.fork('faults');
      const [server, client] = [world.host('n1'), world.host('w1')];
      const dial = async (runtime: Runtime): Promise<void> => {
        for (;;) {
          const stream = await runtime.network.connect({ host: 'n1', port: 7 }, 50).catch(() => undefined);
          if (stream !== undefined) {
            await new Promise<void>((closed) => {
              stream.handle({ data: (bytes) => stream.write(bytes), close: () => closed() });
              stream.write(Buffer.from('to and fro'));
              // Nobody tells of a power cut.
              runtime.clock.after(300, () => stream.destroy());
            });
          }
          await new Promise<void>((over) => runtime.clock.after(5, over));
        }
      };
      const restart = (powerCut: boolean): void => {
        server.kill({ powerCut });
        void startEcho(server.start());
      };
      void startEcho(server.start());
      void dial(client.start());
      const faults: readonly (() => void)[] = [
        () => restart(false),
        () => restart(true),
        () => server.pause(),
        () => server.resume(),
        () => world.cut('n1', 'w1', 'drop'),
        () => world.cut('w1', 'n1', 'hold'),
        () => world.cut('w1', 'n1', 'reset'),
        () => world.heal(),
        () => world.heal(),
        () => world.heal(),
        () => server.clock.setWallOffset(luck.below(1000)),
        () => server.clock.setRate(luck.below(100_000) - 50_000),
        () => world.shape('w1', 'n1', { latencyMs: luck.below(50), bytesPerMs: 1 + luck.below(9) }),
        () => world.shape('w1', 'n1', {}),
      ];
      for (let i = 0; i < 200; i++) {
        faults[luck.below(faults.length)]?.();
        await world.runFor(luck.below(100));
      }
      assert(world.trace.length > 5, `the faults closed ${world.trace.length} connections`);
      return world.digest();
    };
    for (const seed of [1, 2, 3]) assert.equal(await run(seed), await run(seed));
    assert.notEqual(await run(1), await run(2));
  });

  it('draws which of two lives comes first at one time, and keeps the order within a life', async () => {
    const orders = new Set<string>();
    for (let seed = 1; seed <= 10; seed++) {
      const world = new SimWorld(seed);
      const order: string[] = [];
      for (const name of ['n1', 'n2', 'n3']) {
        const { clock } = world.host(name).start();
        for (const turn of [1, 2, 3]) clock.soon(() => order.push(`${name} ${turn}`));
      }
      await world.runFor(1);
      for (const name of ['n1', 'n2', 'n3']) {
        assert.deepEqual(
          order.filter((entry) => entry.startsWith(name)),
          [1, 2, 3].map((turn) => `${name} ${turn}`),
        );
      }
      orders.add(order.join());
    }
    assert(orders.size >= 4, `${orders.size} orders`);
  });

  it('lets exactly the asked time go by', async () => {
    const world = new SimWorld(1);
    await world.runFor(250.5);
    await world.runFor(100);
    assert.equal(world.now(), 350.5);
  });

  it('says who waits when the limit comes', async () => {
    const world = new SimWorld(3);
    const runtime = world.host('n1').start();
    world.host('n2');
    runtime.clock.after(5000, () => undefined);
    world.cut('n1', 'n2', 'drop');
    world.host('n3').start();
    world.host('n3').pause();
    void runtime.network.connect({ host: 'n2', port: 1 }, 9000).then(
      () => assert.fail('n2 does not listen'),
      () => assert.fail('the time-out lies behind the limit'),
    );
    await assert.rejects(
      world.run(() => false, 1000),
      (error) => {
        assert(error instanceof SimTimeLimitError);
        assert.match(error.message, /seed 3: .* within 1000 ms; at 1000 ms/);
        assert.match(error.message, /n2 is down/);
        assert.match(error.message, /n3 is stopped, 0 events wait in it/);
        assert.match(error.message, /cut n1 -> n2 \(drop\)/);
        assert.match(error.message, /n1 waits to connect to n2:1/);
        assert.match(error.message, /n1: timer: 1, the first at 5000/);
        return true;
      },
    );
  });

  it('refuses a second run beside the first', async () => {
    const world = new SimWorld(1);
    const first = world.runFor(10);
    await assert.rejects(world.runFor(10), /runs already/);
    await first;
  });

  it('fails the run when a node stops itself, and the node is dead', async () => {
    const world = new SimWorld(1);
    const runtime = world.host('n1').start();
    runtime.clock.after(10, () => runtime.fatal(new Error('two masters')));
    runtime.clock.after(20, () => runtime.trace.emit('alive-after-death'));
    await assert.rejects(world.runFor(100), (error) => {
      assert(error instanceof SimNodeFatalError);
      assert.equal(error.message, 'n1 stopped itself: two masters');
      return true;
    });
    await world.runFor(100);
    assert.deepEqual(
      world.trace.map(({ node, event, fields }) => ({ node, event, fields })),
      [{ node: 'n1', event: 'invariant-broken', fields: { message: 'two masters' } }],
    );
    assert.equal(world.host('n1').running, false);
  });

  it('goes on when a test allowed the fatal error', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    host.allowFatal((error) => error instanceof Error && error.message === 'expected');
    host.start().fatal(new Error('expected'));
    await world.runFor(1);
    assert.deepEqual(
      host.fatalErrors.map(({ kind, error }) => [kind, (error as Error).message]),
      [['fatal', 'expected']],
    );
    host.start().fatal(new Error('another'));
    await assert.rejects(world.runFor(1), /another/);
  });

  it('fails the run with what an event threw, and the node is dead', async () => {
    const world = new SimWorld(1);
    const runtime = world.host('n1').start();
    runtime.clock.after(1, () => assert.equal(1 + 1, 3));
    await assert.rejects(world.runFor(10), { name: 'AssertionError', actual: 2, expected: 3 });
    assert.equal(world.host('n1').running, false);
  });

  it('fails the run with a promise rejection nobody handled', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    try {
      const world = new SimWorld(1);
      const runtime = world.host('n1').start();
      runtime.clock.after(1, () => void runtime.disk.open('missing'));
      await assert.rejects(world.runFor(10), { name: 'DiskError', code: 'ENOENT' });
    } finally {
      for (const listener of others) process.on('unhandledRejection', listener);
    }
  });

  it('settles as the promise does', async () => {
    const world = new SimWorld(1);
    const runtime = world.host('n1').start();
    assert.deepEqual(await world.settle(runtime.disk.list('nothing')), []);
    await assert.rejects(world.settle(runtime.disk.open('nothing')), { code: 'ENOENT' });
  });

  it('keeps what the nodes say, with the time', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const { trace } = host.start();
    await world.runFor(5);
    trace.emit('node-ready', { port: 9 });
    host.runtime?.trace.log('warn', 'careful');
    assert.deepEqual(world.trace, [{ time: 5, node: 'n1', event: 'node-ready', fields: { port: 9 } }]);
    assert.deepEqual(world.log, [{ time: 5, node: 'n1', level: 'warn', line: 'careful' }]);
  });

  it('hands its seeded bugs to every life, or others to one', () => {
    const world = new SimWorld(1, { seededBugs: ['skip-truncation'] });
    assert.deepEqual([...world.host('n1').start().seededBugs], ['skip-truncation']);
    assert.deepEqual([...world.host('n2').start({ seededBugs: new Set() }).seededBugs], []);
  });
});
