import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import type { ByteStream } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { encodeFrame } from './frame.ts';
import { RemotingClient } from './remoting-client.ts';
import type { RemotingCommand } from './remoting-command.ts';
import { RemotingError, type RemotingErrorKind } from './remoting-error.ts';
import { RemotingServer, type RemotingServerOptions, type RequestContext } from './remoting-server.ts';
import { ResponseCode } from './response-code.ts';

const echoCode = 1301;
const holdCode = 1302;
const address = 'n1:9876';

class Pair {
  readonly world: SimWorld;
  readonly server: RemotingServer;
  readonly client: RemotingClient;
  readonly clientRuntime: Runtime;
  /** Requests of `holdCode`: the test answers them, or not. */
  readonly held: RequestContext[] = [];

  constructor(seed: number, options: Partial<RemotingServerOptions>) {
    this.world = new SimWorld(seed);
    this.server = new RemotingServer(this.world.host('n1').start(), {
      listen: { host: 'n1', port: 9876 },
      ...options,
    });
    this.clientRuntime = this.world.host('w1').start();
    this.client = new RemotingClient(this.clientRuntime);
    this.server.handle(echoCode, (context) => {
      const { extFields, body } = context.request;
      context.respond({
        code: 0,
        remark: 'echo',
        ...(extFields === null ? undefined : { extFields }),
        ...(body === null ? undefined : { body }),
      });
    });
    this.server.handle(holdCode, (context) => {
      this.held.push(context);
    });
  }

  request(code: number, text = '', timeoutMs = 1000): Promise<RemotingCommand> {
    return this.client.request(address, { code, extFields: { text }, body: Buffer.from(text) }, timeoutMs);
  }

  /** How a request fails. */
  async failure(request: Promise<RemotingCommand>): Promise<{ kind: RemotingErrorKind; sent: boolean }> {
    try {
      await this.world.settle(request);
    } catch (error) {
      assert(error instanceof RemotingError, String(error));
      return { kind: error.kind, sent: error.sent };
    }
    return assert.fail('the request was answered');
  }

  /** A connection of bytes, without a client. */
  async dial(): Promise<{ stream: ByteStream; received: Buffer[]; isClosed: () => boolean }> {
    const stream = await this.world.settle(
      this.clientRuntime.network.connect({ host: 'n1', port: 9876 }, 1000),
    );
    const received: Buffer[] = [];
    let closed = false;
    stream.handle({
      data: (bytes) => received.push(Buffer.from(bytes)),
      close: () => {
        closed = true;
      },
    });
    return { stream, received, isClosed: () => closed };
  }
}

async function setUp(options: Partial<RemotingServerOptions> = {}, seed = 1): Promise<Pair> {
  const pair = new Pair(seed, options);
  await pair.world.settle(pair.server.start());
  return pair;
}

function frame(code: number, flag = 0, body: Uint8Array | null = null): Uint8Array {
  return encodeFrame({
    code,
    flag,
    body,
    language: 'JAVA',
    version: 479,
    opaque: 5,
    remark: null,
    extFields: null,
    serialization: 'json',
  });
}

describe('a remoting server and client', () => {
  it('exchange a request and its response', async () => {
    const pair = await setUp();
    const response = await pair.world.settle(pair.request(echoCode, 'hi'));
    assert.equal(response.code, 0);
    assert.equal(response.remark, 'echo');
    assert.deepEqual(response.extFields, { text: 'hi' });
    assert.equal(Buffer.from(response.body ?? []).toString(), 'hi');
  });

  it('pair answers with requests in whatever order they come', async () => {
    const pair = await setUp();
    const requests = ['a', 'b', 'c'].map((text) => pair.request(holdCode, text));
    await pair.world.run(() => pair.held.length === 3, 1000);
    for (const context of pair.held.reverse()) {
      context.respond({ code: 0, extFields: { answered: context.request.extFields?.['text'] ?? '' } });
    }
    const answers = await pair.world.settle(Promise.all(requests));
    assert.deepEqual(
      answers.map(({ extFields }) => extFields?.['answered']),
      ['a', 'b', 'c'],
    );
  });

  it('share one connection for one address', async () => {
    const pair = await setUp();
    await pair.world.settle(
      Promise.all([pair.request(echoCode), pair.request(echoCode), pair.request(echoCode)]),
    );
    assert.equal(pair.server.openChannels(), 1);
  });

  it('carry many requests at once, in chunks cut anywhere', async () => {
    for (const seed of [1, 2, 3]) {
      const pair = await setUp({}, seed);
      const texts = Array.from({ length: 300 }, (_, index) => `${index}:`.padEnd(index * 7, 'x'));
      const answers = await pair.world.settle(Promise.all(texts.map((text) => pair.request(echoCode, text))));
      assert.deepEqual(
        answers.map(({ extFields }) => extFields?.['text']),
        texts,
      );
    }
  });

  it('answer an unknown code with 3 and the text of Java', async () => {
    const pair = await setUp();
    const response = await pair.world.settle(pair.request(999));
    assert.equal(response.code, ResponseCode.REQUEST_CODE_NOT_SUPPORTED);
    assert.equal(response.remark, ' request type 999 not supported');
  });

  it('answer a handler that throws or rejects with 1 and its message', async () => {
    const pair = await setUp();
    pair.server.handle(2000, () => {
      throw new Error('no such thing');
    });
    pair.server.handle(2001, async () => {
      throw new Error('not today');
    });
    const answers = await pair.world.settle(Promise.all([pair.request(2000), pair.request(2001)]));
    assert.deepEqual(
      answers.map(({ code, remark }) => [code, remark]),
      [
        [1, 'no such thing'],
        [1, 'not today'],
      ],
    );
  });

  it('do not answer one-way requests', async () => {
    const pair = await setUp();
    const { stream, received } = await pair.dial();
    stream.write(frame(echoCode, 2));
    stream.write(frame(999, 2));
    await pair.world.runFor(1000);
    assert.deepEqual(received, []);
    assert.equal(pair.server.unansweredRequests(), 0);
  });

  it('carry one-way requests that were given before the connection was made', async () => {
    const pair = await setUp();
    for (let count = 0; count < 3; count++) pair.client.oneway(address, { code: holdCode });
    await pair.world.run(() => pair.held.length === 3, 1000);
    pair.client.oneway(address, { code: holdCode });
    await pair.world.run(() => pair.held.length === 4, 1000);
  });

  it('carry one-way requests from the server to the client', async () => {
    const pair = await setUp();
    const seen: RemotingCommand[] = [];
    const client = new RemotingClient(pair.clientRuntime, {
      onRequest: ({ request }) => void seen.push(request),
    });
    void client.request(address, { code: holdCode }, 10_000).catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.held[0]?.channel.oneway({ code: 1008, extFields: { masterEpoch: '3' } });
    await pair.world.run(() => seen.length === 1, 1000);
    assert.deepEqual(seen[0]?.extFields, { masterEpoch: '3' });
    assert.notEqual(seen[0]?.opaque, 0);
  });
});

describe('a remoting client', () => {
  it('reports a refused connection as definite', async () => {
    const pair = await setUp();
    const request = pair.client.request('n1:1', { code: echoCode }, 1000);
    assert.deepEqual(await pair.failure(request), { kind: 'connect-failed', sent: false });
  });

  it('reports a time-out before the connection is made as not sent, and does not send it later', async () => {
    const pair = await setUp();
    pair.world.cut('w1', 'n1', 'hold');
    const request = pair.request(holdCode, '', 100);
    assert.deepEqual(await pair.failure(request), { kind: 'timeout', sent: false });
    pair.world.heal();
    await pair.world.runFor(5000);
    assert.equal(pair.held.length, 0);
  });

  it('reports a time-out after sending as unknown, and keeps the connection', async () => {
    const pair = await setUp();
    const failed = await pair.failure(pair.request(holdCode, '', 100));
    assert.deepEqual(failed, { kind: 'timeout', sent: true });
    pair.held[0]?.respond({ code: 0 });
    assert.equal((await pair.world.settle(pair.request(echoCode))).code, 0);
    assert.equal(pair.server.openChannels(), 1);
  });

  it('reports a close after sending as unknown', async () => {
    const pair = await setUp();
    const request = pair.request(holdCode);
    void request.catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.held[0]?.channel.close();
    assert.deepEqual(await pair.failure(request), { kind: 'closed', sent: true });
  });

  it('connects anew after a close, and tells about the close', async () => {
    const pair = await setUp();
    const closed: string[] = [];
    pair.client.onClose((from) => closed.push(from));
    await pair.world.settle(pair.request(echoCode));
    pair.client.closeAddress(address);
    await pair.world.run(() => closed.length === 1 && pair.server.openChannels() === 0, 1000);
    assert.deepEqual(closed, [address]);
    assert.equal((await pair.world.settle(pair.request(echoCode))).code, 0);
  });

  it('connects anew after the server was killed and started again', async () => {
    const pair = await setUp();
    await pair.world.settle(pair.request(echoCode));
    const pending = pair.request(holdCode, '', 10_000);
    void pending.catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.world.host('n1').kill();
    assert.deepEqual(await pair.failure(pending), { kind: 'closed', sent: true });
    const second = new RemotingServer(pair.world.host('n1').start(), { listen: { host: 'n1', port: 9876 } });
    second.handle(echoCode, (context) => context.respond({ code: 7 }));
    await pair.world.settle(second.start());
    assert.equal((await pair.world.settle(pair.request(echoCode))).code, 7);
  });

  it('gives up a connection that is being made when told to close the address', async () => {
    const pair = await setUp();
    pair.world.cut('w1', 'n1', 'hold');
    const request = pair.request(holdCode, '', 10_000);
    void request.catch(() => undefined);
    await pair.world.runFor(10);
    pair.client.closeAddress(address);
    assert.deepEqual(await pair.failure(request), { kind: 'closed', sent: false });
    pair.world.heal();
    await pair.world.runFor(1000);
    assert.equal(pair.server.openChannels(), 0);
  });

  it('refuses what is no address', async () => {
    const pair = await setUp();
    const request = pair.client.request('n1', { code: echoCode }, 1000);
    assert.deepEqual(await pair.failure(request), { kind: 'bad-address', sent: false });
    pair.client.oneway('nowhere', { code: echoCode });
    pair.client.closeAddress('nowhere');
  });

  it('fails what is in flight and what comes later once it is stopped', async () => {
    const pair = await setUp();
    const request = pair.request(holdCode);
    void request.catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.client.stop();
    assert.deepEqual(await pair.failure(request), { kind: 'stopped', sent: true });
    assert.deepEqual(await pair.failure(pair.request(echoCode)), { kind: 'stopped', sent: false });
  });

  it('sends nothing more to a server that does not read, and says so', async () => {
    const pair = await setUp();
    const accepted: ByteStream[] = [];
    const { network } = pair.world.host('n2').start();
    await pair.world.settle(
      network.listen({ host: 'n2', port: 9876 }, (stream) => {
        stream.handle({ data: () => undefined, close: () => undefined });
        stream.pause();
        accepted.push(stream);
      }),
    );
    const client = new RemotingClient(pair.clientRuntime, { unsentBytesMax: 1_000_000 });
    const request = { code: echoCode, body: Buffer.alloc(100_000) };
    for (let count = 0; count < 30; count++) {
      void client.request('n2:9876', request, 60_000).catch(() => undefined);
      await pair.world.runFor(10);
    }
    const refused = client.request('n2:9876', request, 1000);
    assert.deepEqual(await pair.failure(refused), { kind: 'closed', sent: false });
    client.oneway('n2:9876', request);
    accepted[0]?.resume();
    await pair.world.runFor(5000);
    assert.deepEqual(await pair.failure(client.request('n2:9876', request, 100)), {
      kind: 'timeout',
      sent: true,
    });
  });

  it('closes a connection that sends no frames, with a line of log', async () => {
    const pair = await setUp();
    await pair.world.settle(
      pair.world
        .host('n2')
        .start()
        .network.listen({ host: 'n2', port: 9876 }, (stream) => {
          stream.handle({
            data: () => stream.write(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
            close: () => undefined,
          });
        }),
    );
    const request = pair.client.request('n2:9876', { code: echoCode }, 1000);
    assert.deepEqual(await pair.failure(request), { kind: 'closed', sent: true });
    assert.equal(pair.world.log.filter(({ node, level }) => node === 'w1' && level === 'warn').length, 1);
  });

  it('runs twice alike with one seed', async () => {
    const digests = [];
    for (let run = 0; run < 2; run++) {
      const pair = await setUp({}, 5);
      await pair.world.settle(
        Promise.all(Array.from({ length: 50 }, (_, n) => pair.request(echoCode, `${n}`))),
      );
      digests.push(pair.world.digest());
    }
    assert.equal(digests[0], digests[1]);
  });
});

describe('a remoting server', () => {
  it('closes a malformed connection with one line of log, and harms no other', async () => {
    const pair = await setUp();
    const pending = pair.request(holdCode, '', 5000);
    await pair.world.run(() => pair.held.length === 1, 1000);
    const malformed = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from('ffffffff', 'hex'),
      Buffer.from('7fffffff', 'hex'),
      Buffer.from('000000040200000041', 'hex'),
      Buffer.from('0000000600000002{]'),
    ];
    for (const bytes of malformed) {
      const { stream, isClosed } = await pair.dial();
      stream.write(bytes);
      await pair.world.run(isClosed, 1000);
    }
    assert.equal(pair.world.log.length, malformed.length);
    for (const { line } of pair.world.log) assert.match(line, /^remoting: closed the connection of .*: /);
    pair.held[0]?.respond({ code: 0 });
    assert.equal((await pair.world.settle(pending)).code, 0);
  });

  it('closes a connection whose send request is malformed within its fields', async () => {
    const pair = await setUp();
    pair.server.handle(310, (context) =>
      context.respond({ code: 0, remark: String(context.request.extFields) }),
    );
    const { stream, isClosed } = await pair.dial();
    const header = Buffer.from(
      '{"code":310,"extFields":{"a":oops},"flag":0,"language":"JAVA","opaque":7,"serializeTypeCurrentRPC":"JSON","version":479}',
    );
    const prefix = Buffer.alloc(8);
    prefix.writeInt32BE(4 + header.length, 0);
    prefix.writeInt32BE(header.length, 4);
    stream.write(Buffer.concat([prefix, header]));
    await pair.world.run(isClosed, 1000);
  });

  it('takes frames up to its limit', async () => {
    const limit = frame(holdCode, 0, Buffer.alloc(1000)).length;
    const pair = await setUp({ frameBytesMax: limit });
    const one = await pair.dial();
    one.stream.write(frame(holdCode, 0, Buffer.alloc(1000)));
    await pair.world.run(() => pair.held.length === 1, 1000);
    one.stream.write(frame(holdCode, 0, Buffer.alloc(1001)));
    await pair.world.run(one.isClosed, 1000);
    assert.equal(pair.held.length, 1);
  });

  it('closes a connection without a byte for the idle time, and no other', async () => {
    const pair = await setUp({ idleTimeoutMs: 10_000 });
    const idle = await pair.dial();
    const busy = await pair.dial();
    for (let round = 0; round < 5; round++) {
      busy.stream.write(frame(echoCode));
      await pair.world.runFor(3000);
    }
    assert(idle.isClosed());
    assert(!busy.isClosed());
  });

  it('takes bytes that came while it was stopped as a sign of life', async () => {
    const pair = await setUp({ idleTimeoutMs: 10_000 });
    const { stream, isClosed } = await pair.dial();
    pair.world.host('n1').pause();
    await pair.world.runFor(15_000);
    stream.write(frame(echoCode));
    await pair.world.runFor(15_000);
    pair.world.host('n1').resume();
    await pair.world.runFor(3000);
    assert(!isClosed());
  });

  it('counts requests until they are answered', async () => {
    const pair = await setUp();
    for (let count = 0; count < 3; count++) void pair.request(holdCode).catch(() => undefined);
    await pair.world.run(() => pair.held.length === 3, 1000);
    assert.equal(pair.server.unansweredRequests(), 3);
    pair.held[0]?.respond({ code: 0 });
    assert.equal(pair.server.unansweredRequests(), 2);
    pair.client.stop();
    await pair.world.run(() => pair.server.openChannels() === 0, 1000);
    assert.equal(pair.server.unansweredRequests(), 0);
    pair.held[1]?.respond({ code: 0 });
    assert.equal(pair.server.unansweredRequests(), 0);
  });

  it('counts a handler that still runs for a connection that is gone', async () => {
    const pair = await setUp();
    let finish = (): void => undefined;
    pair.server.handle(2000, () => new Promise((resolve) => (finish = resolve)));
    void pair.request(2000).catch(() => undefined);
    await pair.world.run(() => pair.server.unansweredRequests() === 1, 1000);
    pair.client.stop();
    await pair.world.run(() => pair.server.openChannels() === 0, 1000);
    assert.equal(pair.server.unansweredRequests(), 1);
    finish();
    await pair.world.run(() => pair.server.unansweredRequests() === 0, 1000);
  });

  it('refuses a second answer', async () => {
    const pair = await setUp();
    void pair.request(holdCode).catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.held[0]?.respond({ code: 0 });
    assert.throws(() => pair.held[0]?.respond({ code: 0 }), /answered twice/);
  });

  it('tells about a closed channel, to its listeners and to those of the channel', async () => {
    const pair = await setUp();
    const told: string[] = [];
    pair.server.onChannelClose((channel) => told.push(`server ${channel.id} ${channel.isOpen()}`));
    void pair.request(holdCode).catch(() => undefined);
    await pair.world.run(() => pair.held.length === 1, 1000);
    const channel = pair.held[0]?.channel;
    assert(channel !== undefined);
    channel.onClose(() => told.push(`channel ${channel.isOpen()}`));
    pair.client.stop();
    await pair.world.run(() => told.length === 2, 1000);
    assert.deepEqual(told, ['server 1 false', 'channel false']);
    channel.onClose(() => told.push('late'));
    await pair.world.run(() => told.includes('late'), 1000);
    channel.oneway({ code: 1008 });
    channel.close();
  });

  it('does not listen to a peer that leaves answers unread until it reads on', async () => {
    const pair = await setUp({ unsentBytesPaused: 200_000 });
    let answered = 0;
    pair.server.handle(2000, (context) => {
      answered++;
      context.respond({ code: 0, body: Buffer.alloc(50_000) });
    });
    const deaf = await pair.dial();
    deaf.stream.pause();
    for (let count = 0; count < 200; count++) {
      deaf.stream.write(frame(2000));
      await pair.world.runFor(10);
    }
    assert(answered < 30, `answered ${answered}`);
    deaf.stream.resume();
    await pair.world.run(() => answered === 200, 10_000);
    assert(!deaf.isClosed());
  });

  it('closes a peer that leaves more unread than the limit', async () => {
    const pair = await setUp({ unsentBytesMax: 1_000_000 });
    pair.server.handle(2000, (context) => context.respond({ code: 0, body: Buffer.alloc(300_000) }));
    const deaf = await pair.dial();
    deaf.stream.pause();
    for (let count = 0; count < 10; count++) deaf.stream.write(frame(2000));
    await pair.world.run(() => pair.server.openChannels() === 0, 10_000);
    assert.match(pair.world.log.at(-1)?.line ?? '', /left \d+ bytes unread, the limit is 1000000/);
  });

  it('does not listen to a peer with too many unanswered requests until half of them are answered', async () => {
    const pair = await setUp({ unansweredRequestsMax: 10 });
    const { stream } = await pair.dial();
    for (let count = 0; count < 30; count++) {
      stream.write(frame(holdCode));
      await pair.world.runFor(10);
    }
    const heldFirst = pair.held.length;
    assert(heldFirst >= 10 && heldFirst < 30, `${heldFirst} held`);
    for (const context of pair.held.splice(0)) context.respond({ code: 0 });
    await pair.world.run(() => pair.held.length > 0, 1000);
  });

  it('sends what is answered before it stops', async () => {
    const pair = await setUp();
    const request = pair.request(holdCode);
    await pair.world.run(() => pair.held.length === 1, 1000);
    pair.held[0]?.respond({ code: 0 });
    const stopped = pair.server.stop();
    assert.equal((await pair.world.settle(request)).code, 0);
    await pair.world.settle(stopped);
    await pair.world.run(() => pair.server.openChannels() === 0, 5000);
    assert.deepEqual(await pair.failure(pair.request(echoCode)), { kind: 'connect-failed', sent: false });
  });
});
