/**
 * What a Toxiproxy must do for us, asked of the embedded server and of Shopify's own. A behaviour that only the Go server showed was made
 * part of the embedded one; what is here is what both do.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { startToxiproxy, type ToxiproxyProcess } from '../deployment/process/toxiproxy-process.ts';
import { findToxiproxy } from './find-toxiproxy.ts';
import { claimRunSlot, detectAddressForm, type RunSlot } from './run-slot.ts';
import { TestListener, TestPeer } from './test-peers.ts';
import { ToxiproxyServer } from './toxiproxy/toxiproxy-server.ts';
import { type ToxicDirection, type ToxicSpec, ToxiproxyClient } from './toxiproxy-client.ts';

interface Subject {
  readonly name: string;
  /** Undefined when it can be tested here. */
  readonly skipped?: string;
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>;
}

const found = findToxiproxy();
const subjects: readonly Subject[] = [
  {
    name: 'embedded, in this process',
    async start() {
      const server = new ToxiproxyServer();
      const address = await server.listen('127.0.0.1', 0);
      return { url: `http://${address}`, stop: () => server.close() };
    },
  },
  { name: 'embedded, as a process', start: () => startProcess('embedded') },
  {
    name: "Shopify's",
    ...(found.kind === 'missing' ? { skipped: found.reason } : {}),
    start: () => startProcess('binary'),
  },
];

async function startProcess(choice: 'embedded' | 'binary') {
  const folder = mkdtempSync(join(tmpdir(), 'toxiproxy-'));
  const slot: RunSlot = await claimRunSlot(await detectAddressForm(), 200);
  let server: ToxiproxyProcess;
  try {
    server = await startToxiproxy(choice, slot.api, { logFile: join(folder, 'log'), environment: {} });
  } catch (error) {
    await slot.release();
    throw error;
  }
  return {
    url: server.client.url,
    async stop() {
      await server.child.kill();
      await slot.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

for (const subject of subjects) {
  describe(`a Toxiproxy server (${subject.name})`, () => {
    let url = '';
    let client: ToxiproxyClient;
    let stop: () => Promise<void> = () => Promise.resolve();
    let upstream: TestListener;
    let proxyCount = 0;

    before(async function () {
      if (subject.skipped !== undefined) {
        process.stderr.write(`skipped, the conformance of Shopify's Toxiproxy: ${subject.skipped}\n`);
        this.skip();
      }
      const started = await subject.start();
      ({ url } = started);
      stop = started.stop;
      client = new ToxiproxyClient(url);
      upstream = await TestListener.listen();
    });

    after(async () => {
      await stop();
      await upstream?.close();
    });

    async function ask(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      let json: unknown;
      try {
        json = JSON.parse(text);
      } catch {
        json = undefined;
      }
      return { status: response.status, text: text.trim(), json: json as Record<string, unknown> };
    }

    async function refuses(
      method: string,
      path: string,
      body: unknown,
      status: number,
      error: string | RegExp,
    ) {
      const answer = await ask(method, path, body);
      assert.equal(answer.status, status, answer.text);
      assert.equal(answer.json['status'], status);
      if (typeof error === 'string') assert.equal(answer.json['error'], error);
      else assert.match(String(answer.json['error']), error);
    }

    /** A proxy of its own to the test's listener. */
    async function proxy(): Promise<{ readonly name: string; readonly listen: string }> {
      proxyCount += 1;
      const name = `p${proxyCount}`;
      const listens = await client.populate([{ name, listen: '127.0.0.1:0', upstream: upstream.address }]);
      return { name, listen: listens.get(name) ?? '' };
    }

    /** A connection through the proxy: who dialled and who was dialled, both known to be through. */
    async function connection(listen: string) {
      const near = await TestPeer.connect(listen);
      const far = await upstream.next();
      return { near, far };
    }

    async function poisoned(stream: ToxicDirection, spec: ToxicSpec) {
      const { name, listen } = await proxy();
      const toxic = await client.addToxic(name, 't', stream, spec);
      return { name, toxic, ...(await connection(listen)) };
    }

    describe('its HTTP API', () => {
      it('tells its version', async () => {
        assert.notEqual(await client.version(), '');
      });

      it('creates, shows, lists and deletes a proxy', async () => {
        const draft = { name: 'one', listen: '127.0.0.1:0', upstream: upstream.address };
        const created = await ask('POST', '/proxies', draft);
        assert.equal(created.status, 201);
        assert.equal(created.json['enabled'], true);
        assert.deepEqual(created.json['toxics'], []);
        assert.match(String(created.json['listen']), /^127\.0\.0\.1:[1-9]\d*$/);
        const shown = await ask('GET', '/proxies/one');
        assert.deepEqual(shown.json, created.json);
        const listed = await ask('GET', '/proxies');
        assert.deepEqual(listed.json['one'], created.json);
        const deleted = await ask('DELETE', '/proxies/one');
        assert.deepEqual([deleted.status, deleted.text], [204, '']);
        await refuses('GET', '/proxies/one', undefined, 404, 'proxy not found');
      });

      it('refuses proxies that cannot be', async () => {
        const { name } = await proxy();
        await refuses('POST', '/proxies', { name }, 400, 'missing required field: upstream');
        await refuses('POST', '/proxies', { upstream: 'x:1' }, 400, 'missing required field: name');
        await refuses('POST', '/proxies', '', 400, 'bad request body: EOF');
        await refuses('POST', '/proxies', '{', 400, /^bad request body: /);
        await refuses(
          'POST',
          '/proxies',
          { name: 5 },
          400,
          /^bad request body: json: cannot unmarshal number /,
        );
        await refuses('POST', '/proxies', { name, upstream: 'x:1' }, 409, 'proxy already exists');
        const taken = { name: 'taken', listen: upstream.address, upstream: 'x:1' };
        await refuses(
          'POST',
          '/proxies',
          taken,
          500,
          `listen tcp ${upstream.address}: bind: address already in use`,
        );
        const nowhere = { name: 'nowhere', listen: 'nowhere', upstream: 'x:1' };
        await refuses(
          'POST',
          '/proxies',
          nowhere,
          500,
          'listen tcp: address nowhere: missing port in address',
        );
        await refuses('DELETE', '/proxies/none', undefined, 404, 'proxy not found');
        await refuses('POST', '/proxies/none', {}, 404, 'proxy not found');
        await refuses('GET', '/proxies/none/toxics', undefined, 404, 'proxy not found');
      });

      it('answers as Go does where there is no such page', async () => {
        const unknown = await ask('GET', '/nothing');
        assert.deepEqual([unknown.status, unknown.text], [404, '404 page not found']);
        assert.equal((await ask('PUT', '/proxies')).status, 405);
      });

      it('gives each toxic its defaults and its name', async () => {
        const { name } = await proxy();
        const added = await ask('POST', `/proxies/${name}/toxics`, {
          type: 'latency',
          attributes: { latency: 5, more: 1 },
        });
        assert.equal(added.status, 200);
        assert.deepEqual(added.json, {
          attributes: { latency: 5, jitter: 0 },
          name: 'latency_downstream',
          type: 'latency',
          stream: 'downstream',
          toxicity: 1,
        });
        assert.deepEqual((await ask('GET', `/proxies/${name}/toxics/latency_downstream`)).json, added.json);
      });

      it('knows the attributes of every toxic', async () => {
        const { name } = await proxy();
        const attributes: Record<string, Record<string, number>> = {
          bandwidth: { rate: 1 },
          latency: { latency: 1, jitter: 2 },
          limit_data: { bytes: 3 },
          reset_peer: { timeout: 4 },
          slicer: { average_size: 5, size_variation: 1, delay: 6 },
          slow_close: { delay: 7 },
          timeout: { timeout: 8 },
        };
        for (const [type, given] of Object.entries(attributes)) {
          const added = await ask('POST', `/proxies/${name}/toxics`, {
            type,
            stream: 'upstream',
            attributes: given,
          });
          assert.deepEqual(added.json['attributes'], given, type);
          assert.equal(added.json['name'], `${type}_upstream`);
        }
        const listed = await ask('GET', `/proxies/${name}/toxics`);
        assert.deepEqual(
          (listed.json as unknown as { type: string }[]).map(({ type }) => type),
          Object.keys(attributes),
        );
      });

      it('lists upstream toxics before downstream ones', async () => {
        const { name } = await proxy();
        for (const stream of ['downstream', 'upstream'])
          await ask('POST', `/proxies/${name}/toxics`, { type: 'noop', stream });
        const { toxics } = (await ask('GET', `/proxies/${name}`)).json as { toxics: { name: string }[] };
        assert.deepEqual(
          toxics.map((toxic) => toxic.name),
          ['noop_upstream', 'noop_downstream'],
        );
      });

      it('changes what an update names and keeps the rest', async () => {
        const { name } = await proxy();
        await ask('POST', `/proxies/${name}/toxics`, {
          name: 't',
          type: 'latency',
          attributes: { latency: 5, jitter: 1 },
        });
        const updated = await ask('POST', `/proxies/${name}/toxics/t`, {
          name: 'u',
          attributes: { jitter: 3 },
        });
        assert.equal(updated.status, 200);
        assert.deepEqual(updated.json['attributes'], { latency: 5, jitter: 3 });
        assert.equal(updated.json['name'], 't');
        const lighter = await ask('POST', `/proxies/${name}/toxics/t`, { toxicity: 0.5 });
        assert.equal(lighter.json['toxicity'], 0.5);
        assert.deepEqual(lighter.json['attributes'], { latency: 5, jitter: 3 });
      });

      it('refuses toxics that cannot be', async () => {
        const { name } = await proxy();
        const path = `/proxies/${name}/toxics`;
        await refuses('POST', path, { type: 'nothing' }, 400, 'invalid toxic type');
        await refuses('POST', path, {}, 400, 'invalid toxic type');
        const sideways = 'stream was invalid, can be either upstream or downstream';
        await refuses('POST', path, { type: 'latency', stream: 'sideways' }, 400, sideways);
        const half = { type: 'latency', attributes: { latency: 5.5 } };
        await refuses('POST', path, half, 400, /^bad request body: json: cannot unmarshal number 5.5 /);
        await ask('POST', path, { type: 'noop' });
        await refuses('POST', path, { type: 'noop' }, 409, 'toxic already exists');
        await refuses('GET', `${path}/none`, undefined, 404, 'toxic not found');
        await refuses('POST', `${path}/none`, {}, 404, 'toxic not found');
        await refuses('DELETE', `${path}/none`, undefined, 404, 'toxic not found');
      });

      it('makes many proxies in one call and stops at the first that fails', async () => {
        const good = { name: 'good', listen: '127.0.0.1:0', upstream: 'x:1' };
        const bad = { name: 'bad', listen: upstream.address, upstream: 'x:1' };
        const late = { name: 'late', listen: '127.0.0.1:0', upstream: 'x:1' };
        const answer = await ask('POST', '/populate', [good, bad, late]);
        assert.equal(answer.status, 500);
        assert.match(String(answer.json['error']), /address already in use$/);
        assert.deepEqual(
          (answer.json['proxies'] as { name: string }[]).map(({ name }) => name),
          ['good'],
        );
        await refuses('GET', '/proxies/late', undefined, 404, 'proxy not found');
        await refuses(
          'POST',
          '/populate',
          [good, { name: 'x' }],
          400,
          'missing required field: upstream at proxy 2',
        );
        await refuses('POST', '/populate', {}, 400, /^bad request body: /);
      });

      it('keeps a populated proxy, and its connections, when it is populated again', async () => {
        const { name, listen } = await proxy();
        const { near, far } = await connection(listen);
        const again = await ask('POST', '/populate', [{ name, listen, upstream: upstream.address }]);
        assert.equal(again.status, 201);
        near.say('still');
        assert.equal(await far.hasReceived('still'), 'still');
        near.close();
      });

      it('resets: every proxy enabled, every toxic gone', async () => {
        const { name, listen } = await proxy();
        await client.addToxic(name, 't', 'upstream', {
          type: 'latency',
          attributes: { latency: 9, jitter: 0 },
        });
        await client.setEnabled(name, false);
        const reset = await ask('POST', '/reset');
        assert.deepEqual([reset.status, reset.text], [204, '']);
        const shown = await ask('GET', `/proxies/${name}`);
        assert.deepEqual(
          [shown.json['enabled'], shown.json['toxics'], shown.json['listen']],
          [true, [], listen],
        );
      });
    });

    describe('a proxy', () => {
      it('carries bytes both ways, and much of them', async () => {
        const { listen } = await proxy();
        const { near, far } = await connection(listen);
        const much = 'x'.repeat(3_000_000);
        near.say(much);
        far.say('back');
        assert.equal((await far.hasReceived(much)).length, much.length);
        assert.equal(await near.hasReceived('back'), 'back');
        near.close();
      });

      it('closes the one side when the other closes', async () => {
        const { listen } = await proxy();
        const { near, far } = await connection(listen);
        near.say('last');
        near.socket.end();
        await far.hasClosed();
        assert.equal(far.received, 'last');
        await near.hasClosed();
      });

      it('accepts and closes when nobody listens behind it', async () => {
        const gone = await TestListener.listen();
        await gone.close();
        const listens = await client.populate([
          { name: 'gone', listen: '127.0.0.1:0', upstream: gone.address },
        ]);
        const near = await TestPeer.connect(listens.get('gone') ?? '');
        await near.hasClosed();
        assert.equal(near.received, '');
      });

      it('drops its connections when disabled, refuses new ones, and comes back', async () => {
        const { name, listen } = await proxy();
        const { near, far } = await connection(listen);
        await client.setEnabled(name, false);
        await Promise.all([near.hasClosed(), far.hasClosed()]);
        await assert.rejects(TestPeer.connect(listen), /ECONNREFUSED/);
        await client.setEnabled(name, true);
        const again = await connection(listen);
        again.near.say('again');
        assert.equal(await again.far.hasReceived('again'), 'again');
        again.near.close();
      });

      it('moves to another upstream', async () => {
        const other = await TestListener.listen();
        const { name, listen } = await proxy();
        const moved = await ask('POST', `/proxies/${name}`, { upstream: other.address });
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
        const { near, far } = await poisoned('upstream', {
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
        const { near, far, toxic } = await poisoned('upstream', {
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
        const { name, listen } = await proxy();
        const { near, far } = await connection(listen);
        near.say('before');
        await far.hasReceived('before');
        const toxic = await client.addToxic(name, 't', 'upstream', {
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
        const { near, far, toxic } = await poisoned('upstream', {
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
        const { near, far, toxic } = await poisoned('upstream', {
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
        const { near, far } = await poisoned('upstream', { type: 'timeout', attributes: { timeout: 0 } });
        near.close();
        await far.hasClosed();
        assert.equal(far.received, '');
      });

      it('closes after that long without a byte', async () => {
        const startMs = performance.now();
        const { near, far } = await poisoned('downstream', { type: 'timeout', attributes: { timeout: 50 } });
        await Promise.all([near.hasClosed(), far.hasClosed()]);
        assert.ok(performance.now() - startMs >= 49, 'closed too early');
      });
    });

    describe('slow_close', () => {
      it('keeps a close from the other side until it is taken away', async () => {
        const { near, far, toxic } = await poisoned('upstream', {
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
        const { name, listen } = await proxy();
        const slow = await client.addToxic(name, 's', 'upstream', {
          type: 'slow_close',
          attributes: { delay: 3_600_000 },
        });
        const drop = await client.addToxic(name, 'd', 'upstream', {
          type: 'timeout',
          attributes: { timeout: 0 },
        });
        const { near, far } = await connection(listen);
        const other = await connection(listen);
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
        const { near } = await poisoned('upstream', { type: 'reset_peer', attributes: { timeout: 0 } });
        near.say('x');
        await near.hasClosed();
        assert.equal(near.errorCode, 'ECONNRESET');
      });

      it('closes a connection that was there before at its next byte', async () => {
        const { name, listen } = await proxy();
        const { near, far } = await connection(listen);
        near.say('before');
        await far.hasReceived('before');
        await client.addToxic(name, 't', 'upstream', { type: 'reset_peer', attributes: { timeout: 0 } });
        near.say('x');
        await Promise.all([near.hasClosed(), far.hasClosed()]);
        assert.equal(far.received, 'before');
      });
    });

    describe('limit_data', () => {
      it('closes after that many bytes', async () => {
        const { near, far } = await poisoned('upstream', { type: 'limit_data', attributes: { bytes: 5 } });
        near.say('abc');
        await far.hasReceived('abc');
        near.say('defgh');
        await Promise.all([near.hasClosed(), far.hasClosed()]);
        assert.equal(far.received, 'abcde');
      });
    });

    describe('slicer', () => {
      it('keeps every byte in its place', async () => {
        const { near, far } = await poisoned('upstream', {
          type: 'slicer',
          attributes: { average_size: 7, size_variation: 3, delay: 10 },
        });
        const text = Array.from({ length: 100 }, (_, index) => `${index};`).join('');
        near.say(text);
        assert.equal(await far.hasReceived(text), text);
        near.close();
      });
    });

    describe('bandwidth', () => {
      it('takes the time that its rate allows', async () => {
        const { near, far } = await poisoned('upstream', { type: 'bandwidth', attributes: { rate: 100 } });
        const startMs = performance.now();
        near.say('x'.repeat(25_000));
        await far.hasReceived('x'.repeat(25_000));
        assert.ok(performance.now() - startMs >= 200, 'came too early');
        near.close();
      });

      it('of 0 holds everything until it is taken away', async () => {
        const { near, far, toxic } = await poisoned('upstream', {
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
        const { name, listen } = await proxy();
        await ask('POST', `/proxies/${name}/toxics`, {
          type: 'timeout',
          stream: 'upstream',
          toxicity: 0,
          attributes: { timeout: 0 },
        });
        const { near, far } = await connection(listen);
        near.say('spared');
        assert.equal(await far.hasReceived('spared'), 'spared');
        near.close();
      });
    });

    describe('an update', () => {
      it('changes what happens on living connections', async () => {
        const { name, near, far } = await poisoned('upstream', {
          type: 'latency',
          attributes: { latency: 3_600_000, jitter: 0 },
        });
        near.say('held');
        far.say('fence');
        await near.hasReceived('fence');
        await ask('POST', `/proxies/${name}/toxics/t`, { attributes: { latency: 0 } });
        assert.equal(await far.hasReceived('held'), 'held');
        near.say('+');
        assert.equal(await far.hasReceived('held+'), 'held+');
        near.close();
      });
    });
  });
}
