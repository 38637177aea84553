/**
 * What proxies and toxics do to connections, asked of the embedded server and of Shopify's: what is here is what both do. A behaviour that
 * only the Go server showed was made part of the embedded one.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { TestListener, TestPeer } from './testing/test-peers.ts';
import { describeToxiproxies } from './testing/toxiproxies-under-test.ts';

describeToxiproxies('a Toxiproxy', (server) => {
  describe('a proxy', () => {
    it('carries bytes both ways, and much of them', async () => {
      const { listen } = await server().proxy();
      const { near, far } = await server().connection(listen);
      const much = 'x'.repeat(3_000_000);
      near.say(much);
      far.say('back');
      assert.equal((await far.hasReceived(much)).length, much.length);
      assert.equal(await near.hasReceived('back'), 'back');
      near.close();
    });

    it('closes the one side when the other closes', async () => {
      const { listen } = await server().proxy();
      const { near, far } = await server().connection(listen);
      near.say('last');
      near.socket.end();
      await far.hasClosed();
      assert.equal(far.received, 'last');
      await near.hasClosed();
    });

    it('accepts and closes when nobody listens behind it', async () => {
      const gone = await TestListener.listen();
      await gone.close();
      const listens = await server().client.populate([
        { name: 'gone', listen: '127.0.0.1:0', upstream: gone.address },
      ]);
      const near = await TestPeer.connect(listens.get('gone') ?? '');
      await near.hasClosed();
      assert.equal(near.received, '');
    });

    it('drops its connections when disabled, refuses new ones, and comes back', async () => {
      const { name, listen } = await server().proxy();
      const { near, far } = await server().connection(listen);
      await server().client.setEnabled(name, false);
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      await assert.rejects(TestPeer.connect(listen), /ECONNREFUSED/);
      await server().client.setEnabled(name, true);
      const again = await server().connection(listen);
      again.near.say('again');
      assert.equal(await again.far.hasReceived('again'), 'again');
      again.near.close();
    });

    it('moves to another upstream', async () => {
      const other = await TestListener.listen();
      const { name, listen } = await server().proxy();
      const moved = await server().ask('POST', `/proxies/${name}`, { upstream: other.address });
      assert.deepEqual(
        [moved.status, moved.json['upstream'], moved.json['listen']],
        [200, other.address, listen],
      );
      const near = await TestPeer.connect(listen);
      near.say('moved');
      assert.equal(await (await other.next()).hasReceived('moved'), 'moved');
      near.close();
      await other.close();
    });
  });

  describe('latency', () => {
    it('delays one direction only, and keeps the order', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'latency',
        attributes: { latency: 60, jitter: 20 },
      });
      const startMs = performance.now();
      near.say('a');
      far.say('r');
      assert.equal(await near.hasReceived('r'), 'r');
      near.say('b');
      assert.equal(await far.hasReceived('ab'), 'ab');
      assert.ok(performance.now() - startMs >= 39, 'came too early');
      near.close();
    });

    it('lets all it holds go, in order, at once when it is taken away', async () => {
      const { near, far, toxic } = await server().poisoned('upstream', {
        type: 'latency',
        attributes: { latency: 3_600_000, jitter: 0 },
      });
      let sent = '';
      for (let index = 0; index < 200; index += 1) {
        near.say(`${index},`);
        sent += `${index},`;
      }
      // A round trip the other way shows that nothing is on its way without the toxic.
      far.say('fence');
      assert.equal(await near.hasReceived('fence'), 'fence');
      assert.equal(far.received, '');
      await toxic.remove();
      assert.equal(await far.hasReceived(sent), sent);
      near.say('next');
      assert.equal(await far.hasReceived(`${sent}next`), `${sent}next`);
      near.close();
    });

    it('acts on connections that were there before', async () => {
      const { name, listen } = await server().proxy();
      const { near, far } = await server().connection(listen);
      near.say('before');
      await far.hasReceived('before');
      const toxic = await server().client.addToxic(name, 't', 'upstream', {
        type: 'latency',
        attributes: { latency: 3_600_000, jitter: 0 },
      });
      near.say('held');
      far.say('fence');
      await near.hasReceived('fence');
      assert.equal(far.received, 'before');
      await toxic.remove();
      assert.equal(await far.hasReceived('beforeheld'), 'beforeheld');
      near.close();
    });

    it('holds a close behind the bytes before it', async () => {
      const { near, far, toxic } = await server().poisoned('upstream', {
        type: 'latency',
        attributes: { latency: 3_600_000, jitter: 0 },
      });
      near.say('last words');
      near.socket.end();
      far.say('fence');
      assert.equal(await near.hasReceived('fence'), 'fence');
      assert.equal(far.isClosed, false);
      await toxic.remove();
      await far.hasClosed();
      assert.equal(far.received, 'last words');
    });
  });

  describe('timeout', () => {
    it('of 0 drops bytes in its direction and closes the connection when it is taken away', async () => {
      const { near, far, toxic } = await server().poisoned('upstream', {
        type: 'timeout',
        attributes: { timeout: 0 },
      });
      near.say('lost');
      far.say('passes');
      assert.equal(await near.hasReceived('passes'), 'passes');
      assert.equal(near.isClosed, false);
      await toxic.remove();
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      assert.equal(far.received, '');
    });

    it('of 0 lets a close pass', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'timeout',
        attributes: { timeout: 0 },
      });
      near.close();
      await far.hasClosed();
      assert.equal(far.received, '');
    });

    it('closes after that long without a byte', async () => {
      const startMs = performance.now();
      const { near, far } = await server().poisoned('downstream', {
        type: 'timeout',
        attributes: { timeout: 50 },
      });
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      assert.ok(performance.now() - startMs >= 49, 'closed too early');
    });
  });

  describe('slow_close', () => {
    it('keeps a close from the other side until it is taken away', async () => {
      const { near, far, toxic } = await server().poisoned('upstream', {
        type: 'slow_close',
        attributes: { delay: 3_600_000 },
      });
      near.say('and out');
      near.socket.end();
      assert.equal(await far.hasReceived('and out'), 'and out');
      far.say('fence');
      assert.equal(await near.hasReceived('fence'), 'fence');
      assert.equal(far.isClosed, false);
      await toxic.remove();
      await far.hasClosed();
    });

    it('before a timeout makes a cut that not even a close crosses', async () => {
      const { name, listen } = await server().proxy();
      const slow = await server().client.addToxic(name, 's', 'upstream', {
        type: 'slow_close',
        attributes: { delay: 3_600_000 },
      });
      const drop = await server().client.addToxic(name, 'd', 'upstream', {
        type: 'timeout',
        attributes: { timeout: 0 },
      });
      const { near, far } = await server().connection(listen);
      const other = await server().connection(listen);
      near.socket.end();
      far.say('fence');
      assert.equal(await near.hasReceived('fence'), 'fence');
      assert.equal(far.isClosed, false);
      await slow.remove();
      await drop.remove();
      await Promise.all([far.hasClosed(), other.far.hasClosed(), other.near.hasClosed()]);
      assert.equal(far.received, '');
    });
  });

  describe('reset_peer', () => {
    it('resets a connection that begins under it at the first byte', async () => {
      const { near } = await server().poisoned('upstream', {
        type: 'reset_peer',
        attributes: { timeout: 0 },
      });
      near.say('x');
      await near.hasClosed();
      assert.equal(near.errorCode, 'ECONNRESET');
    });

    it('closes a connection that was there before at its next byte', async () => {
      const { name, listen } = await server().proxy();
      const { near, far } = await server().connection(listen);
      near.say('before');
      await far.hasReceived('before');
      await server().client.addToxic(name, 't', 'upstream', {
        type: 'reset_peer',
        attributes: { timeout: 0 },
      });
      near.say('x');
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      assert.equal(far.received, 'before');
    });
  });

  describe('limit_data', () => {
    it('closes after that many bytes', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'limit_data',
        attributes: { bytes: 5 },
      });
      near.say('abc');
      await far.hasReceived('abc');
      near.say('defgh');
      await Promise.all([near.hasClosed(), far.hasClosed()]);
      assert.equal(far.received, 'abcde');
    });
  });

  describe('slicer', () => {
    it('keeps every byte in its place', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'slicer',
        attributes: { average_size: 7, size_variation: 3, delay: 10 },
      });
      const text = Array.from({ length: 100 }, (_, index) => `${index};`).join('');
      near.say(text);
      assert.equal(await far.hasReceived(text), text);
      near.close();
    });

    it('waits between slices, also where a wait is less than a millisecond', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'slicer',
        attributes: { average_size: 10, size_variation: 0, delay: 500 },
      });
      const startMs = performance.now();
      // Halved until a slice has ten bytes: 128 of them.
      near.say('x'.repeat(1280));
      await far.hasReceived('x'.repeat(1280));
      assert.ok(performance.now() - startMs >= 60, 'came too early');
      near.close();
    });
  });

  describe('bandwidth', () => {
    it('takes the time that its rate allows', async () => {
      const { near, far } = await server().poisoned('upstream', {
        type: 'bandwidth',
        attributes: { rate: 100 },
      });
      const startMs = performance.now();
      near.say('x'.repeat(25_000));
      await far.hasReceived('x'.repeat(25_000));
      assert.ok(performance.now() - startMs >= 200, 'came too early');
      near.close();
    });

    it('of 0 holds everything until it is taken away', async () => {
      const { near, far, toxic } = await server().poisoned('upstream', {
        type: 'bandwidth',
        attributes: { rate: 0 },
      });
      near.say('held');
      far.say('fence');
      await near.hasReceived('fence');
      assert.equal(far.received, '');
      await toxic.remove();
      assert.equal(await far.hasReceived('held'), 'held');
      near.close();
    });
  });

  describe('toxicity', () => {
    it('of 0 spares every connection', async () => {
      const { name, listen } = await server().proxy();
      await server().ask('POST', `/proxies/${name}/toxics`, {
        type: 'timeout',
        stream: 'upstream',
        toxicity: 0,
        attributes: { timeout: 0 },
      });
      const { near, far } = await server().connection(listen);
      near.say('spared');
      assert.equal(await far.hasReceived('spared'), 'spared');
      near.close();
    });
  });

  describe('an update', () => {
    it('changes what happens on living connections', async () => {
      const { name, near, far } = await server().poisoned('upstream', {
        type: 'latency',
        attributes: { latency: 3_600_000, jitter: 0 },
      });
      near.say('held');
      far.say('fence');
      await near.hasReceived('fence');
      await server().ask('POST', `/proxies/${name}/toxics/t`, { attributes: { latency: 0 } });
      assert.equal(await far.hasReceived('held'), 'held');
      near.say('+');
      assert.equal(await far.hasReceived('held+'), 'held+');
      near.close();
    });
  });
});
