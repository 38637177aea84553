/** An agent and the harness's side of it, on two pipes; its network is this machine's loopback. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { type ByteStream, NetworkError } from '../../cluster/runtime/network.ts';
import { createOsRuntime, type OsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import type { AgentRequest } from './agent-protocol.ts';
import { HostAgent } from './host-agent.ts';
import { JsonChannel } from './json-channel.ts';
import { AgentGoneError, RemoteAgent } from './remote-agent.ts';
import { RemoteLogClient } from './remote-log-client.ts';
import { RemoteNetwork } from './remote-network.ts';

const loopback = '127.0.0.1';

describe('an agent', () => {
  let runtime: OsRuntime;
  let toAgent: PassThrough;
  let fromAgent: PassThrough;
  let remote: RemoteAgent;
  let network: RemoteNetwork;

  beforeEach(() => {
    runtime = createOsRuntime({ nodeId: 'w1', seededBugs: [], print: () => undefined });
    toAgent = new PassThrough();
    fromAgent = new PassThrough();
    const channel = new JsonChannel(toAgent, fromAgent, {
      take: (message) => agent.take(message as AgentRequest),
      end: () => undefined,
    });
    const agent = new HostAgent(runtime, (message) => channel.say(message));
    remote = new RemoteAgent('w1', fromAgent, toAgent);
    network = new RemoteNetwork(remote);
    channel.say({ tell: 'ready', monotonicMs: 0 });
  });

  afterEach(async () => {
    fromAgent.end();
    await runtime.close();
  });

  it('dials for the harness, and carries bytes both ways', async () => {
    const listener = await runtime.network.listen({ host: loopback, port: 0 }, (stream) => {
      stream.handle({ data: (bytes) => stream.write(bytes), close: () => undefined });
    });
    const stream = await network.connect(listener.address, 1000);
    stream.write(Buffer.from('there and back'));
    assert.equal(await heard(stream, 14), 'there and back');
    await listener.close();
  });

  it('listens for the harness, and tells of the end of what it accepted', async () => {
    let accepted: (stream: ByteStream) => void = () => undefined;
    const acceptance = new Promise<ByteStream>((resolve) => {
      accepted = resolve;
    });
    const listener = await network.listen({ host: loopback, port: 0 }, accepted);
    const dialled = await runtime.network.connect(listener.address, 1000);
    dialled.handle({ data: () => undefined, close: () => undefined });
    dialled.write(Buffer.from('hello'));
    const stream = await acceptance;
    dialled.end();
    const [text, ended] = await untilClosed(stream);
    assert.deepEqual([text, ended], ['hello', undefined]);
    await listener.close();
    await assert.rejects(
      network.connect(listener.address, 1000),
      (error) => error instanceof NetworkError && error.code === 'ECONNREFUSED',
    );
  });

  it('says when its host is up', async () => {
    await remote.whenReady;
  });

  it('that goes away leaves sends unknown, reads without effect, and streams closed', async () => {
    const listener = await runtime.network.listen({ host: loopback, port: 0 }, () => undefined);
    const stream = await network.connect(listener.address, 1000);
    const closing = untilClosed(stream);
    const options = { topic: 't', nameservers: ['c1:9876'], habit: 'follows-route' } as const;
    const client = new RemoteLogClient(remote, options);
    const gone = /^the agent of w1 (ended|closed)$/;
    fromAgent.end();
    const [send, pull, offset] = await Promise.all([
      client.send(0, 'm'),
      client.pull(0, 0, 8),
      client.maxOffset(0),
    ]);
    assert.deepEqual([send.kind, pull.kind, offset.kind], ['info', 'fail', 'fail']);
    assert.match(send.kind === 'ok' ? '' : send.error, gone);
    assert.match((await closing)[1] ?? '', gone);
    await assert.rejects(remote.ask({ do: 'close-client', client: 'none' }), AgentGoneError);
    await client.close();
    await listener.close();
  });

  it('that says what is no JSON is not listened to any more', async () => {
    fromAgent.write('node: bad option\n');
    await assert.rejects(
      remote.ask({ do: 'max-offset', client: 'none', queueId: 0 }),
      /the agent of w1 said "node: bad option", which is no line of JSON/,
    );
  });

  it('runs a client whose outcomes come back', async () => {
    // Nobody answers at that nameserver: the outcome says so, and no error is thrown.
    const client = new RemoteLogClient(remote, {
      topic: 't',
      nameservers: [`${loopback}:1`],
      habit: 'keeps-node',
    });
    assert.equal((await client.maxOffset(0)).kind, 'fail');
    await client.close();
    await assert.rejects(
      remote.ask({ do: 'max-offset', client: 'none', queueId: 0 }),
      /no client named none/,
    );
  });
});

function heard(stream: ByteStream, length: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    stream.handle({
      data: (bytes) => {
        text += Buffer.from(bytes).toString();
        if (text.length >= length) resolve(text);
      },
      close: () => resolve(text),
    });
  });
}

function untilClosed(stream: ByteStream): Promise<readonly [text: string, error: string | undefined]> {
  return new Promise((resolve) => {
    let text = '';
    stream.handle({
      data: (bytes) => {
        text += Buffer.from(bytes).toString();
      },
      close: (error) => resolve([text, error?.message]),
    });
  });
}
