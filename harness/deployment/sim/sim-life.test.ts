import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ByteStream } from '../../../cluster/runtime/network.ts';
import { SimWorld } from './sim-world.ts';

describe('a life that was killed', () => {
  it('is silent for ever: no timer, no disk, no network, no trace', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    world.host('n2');
    const runtime = host.start();
    let voices = 0;
    const speak = () => {
      voices++;
    };
    runtime.clock.after(1, speak);
    runtime.clock.soon(speak);
    runtime.disk.makeDirectory('store').then(speak, speak);
    runtime.network.connect({ host: 'n2', port: 1 }, 10).then(speak, speak);
    runtime.network.listen({ host: 'n1', port: 1 }, speak).then(speak, speak);
    host.kill();
    runtime.clock.after(1, speak);
    runtime.clock.soon(speak);
    runtime.disk.list('.').then(speak, speak);
    runtime.network.connect({ host: 'n2', port: 1 }, 10).then(speak, speak);
    runtime.trace.emit('ghost');
    runtime.trace.log('error', 'ghost');
    runtime.fatal(new Error('ghost'));
    await world.runFor(10_000);
    assert.equal(voices, 0);
    assert.deepEqual([world.trace, world.log, host.fatalErrors], [[], [], []]);
    assert.equal(host.disk.has('store'), false);
  });

  it('does not disturb the next life', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const first = host.start();
    await world.settle(first.network.listen({ host: 'n1', port: 9 }, () => undefined));
    host.kill();
    const second = host.start();
    await world.settle(second.network.listen({ host: 'n1', port: 9 }, () => undefined));
    assert.equal(host.lives, 2);
    assert.notEqual(first.random.uint32(), second.random.uint32());
  });

  it('must have been killed before the next start', () => {
    const host = new SimWorld(1).host('n1');
    host.start();
    assert.throws(() => host.start(), /n1 runs already: kill it/);
  });

  it('may be killed twice', () => {
    const host = new SimWorld(1).host('n1');
    host.start();
    host.kill();
    host.kill();
    assert.equal(host.running, false);
  });
});

describe('a stopped life', () => {
  it('gets its events in order when it goes on, while its clock went on', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    const { clock, disk } = host.start();
    const begin = clock.monotonicMs();
    const events: string[] = [];
    const note = (name: string) => () => {
      events.push(`${name} at ${Math.floor(clock.monotonicMs() - begin)}`);
    };
    clock.after(10, note('first'));
    clock.after(30, note('second'));
    clock.after(150, note('third'));
    host.pause();
    disk.makeDirectory('store').then(note('disk'), assert.fail);
    await world.runFor(100);
    assert.deepEqual(events, []);
    assert.equal(host.paused, true);
    host.resume();
    await world.runFor(100);
    assert.deepEqual(events, ['disk at 100', 'first at 100', 'second at 100', 'third at 150']);
  });

  it('is connected to by its kernel, which keeps the bytes', async () => {
    const world = new SimWorld(1);
    const server = world.host('n1');
    let received = '';
    const handler = {
      data: (bytes: Uint8Array) => {
        received += Buffer.from(bytes).toString();
      },
      close: () => undefined,
    };
    await world.settle(
      server.start().network.listen({ host: 'n1', port: 9 }, (stream) => stream.handle(handler)),
    );
    server.pause();
    const client = world.host('w1').start();
    const stream: ByteStream = await world.settle(client.network.connect({ host: 'n1', port: 9 }, 100));
    stream.handle({ data: () => undefined, close: () => undefined });
    stream.write(Buffer.from('patience'));
    await world.runFor(1000);
    assert.equal(received, '');
    server.resume();
    await world.runFor(1000);
    assert.equal(received, 'patience');
  });

  it('holds a flood back once its kernel is full', async () => {
    const world = new SimWorld(1);
    const server = world.host('n1');
    let receivedBytes = 0;
    const handler = {
      data: (bytes: Uint8Array) => {
        receivedBytes += bytes.length;
      },
      close: () => undefined,
    };
    await world.settle(
      server.start().network.listen({ host: 'n1', port: 9 }, (stream) => stream.handle(handler)),
    );
    const client = world.host('w1').start();
    const stream = await world.settle(client.network.connect({ host: 'n1', port: 9 }, 100));
    let drains = 0;
    stream.handle({ data: () => undefined, close: () => undefined, drain: () => drains++ });
    server.pause();
    let sentBytes = 0;
    let goesOn = true;
    while (goesOn) {
      goesOn = stream.write(new Uint8Array(10_000));
      sentBytes += 10_000;
      assert(sentBytes < 1e6, 'the flood was never held back');
    }
    await world.runFor(1000);
    assert.equal(drains, 0);
    assert(stream.bufferedBytes() > 65_536);
    server.resume();
    await world.runFor(1000);
    assert.equal(drains, 1);
    assert.equal(stream.bufferedBytes(), 0);
    assert.equal(receivedBytes, sentBytes);
  });

  it('can be killed while it is stopped', async () => {
    const world = new SimWorld(1);
    const host = world.host('n1');
    let fired = 0;
    host.start().clock.after(10, () => fired++);
    host.pause();
    await world.runFor(20);
    host.kill();
    host.start();
    host.resume();
    await world.runFor(20);
    assert.equal(fired, 0);
  });
});
