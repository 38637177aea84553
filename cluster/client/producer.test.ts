import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decodeBatchBody } from '../message/batch-body.ts';
import { readProperty } from '../message/message-properties.ts';
import { RemotingServer } from '../remoting/remoting-server.ts';
import type { SendOutcome } from './send-outcome.ts';
import { brokerName, Scene, topic } from './testing/scene.ts';

const master = 'n1:10911';
const successor = 'n2:10911';

function message(text = 'body', queueId = 0): { topic: string; queueId: number; body: Uint8Array } {
  return { topic, queueId, body: Buffer.from(text) };
}

describe('a producer', () => {
  it('gets an acknowledgement with the place of the message', async () => {
    const scene = await Scene.start();
    const outcome = await scene.world.settle(scene.producer().sendSync(message('hello', 2)));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    const { messageId, ...place } = outcome;
    assert.deepEqual(place, {
      kind: 'ok',
      offsetMessageId: 'id-0',
      brokerName,
      queueId: 2,
      queueOffset: 0,
      address: master,
    });
    const [stored] = scene.broker(master).stored;
    assert.equal(stored?.body, 'hello');
    assert.equal(readProperty(stored?.properties ?? '', 'UNIQ_KEY'), messageId);
    assert.equal(readProperty(stored?.properties ?? '', 'WAIT'), 'true');
  });

  it('takes the queues in turn', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    for (let count = 0; count < 8; count++) {
      await scene.world.settle(producer.sendSync({ topic, body: Buffer.from('x') }));
    }
    const queueIds = scene.broker(master).stored.map(({ queueId }) => queueId);
    assert.deepEqual(queueIds, [0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('sends tag, keys, properties and flag', async () => {
    const scene = await Scene.start();
    const rich = {
      ...message(),
      tag: 'T"1',
      keys: 'k1 k2',
      waitStoreMsgOk: false,
      flag: 9,
      properties: [['a', 'b']],
    };
    await scene.world.settle(scene.producer().sendSync(rich as never));
    const properties = scene.broker(master).stored[0]?.properties ?? '';
    const read = ['TAGS', 'KEYS', 'WAIT', 'a'].map((name) => readProperty(properties, name));
    assert.deepEqual(read, ['T"1', 'k1 k2', 'false', 'b']);
  });

  it('keeps a thousand sends in flight over one connection', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    const outcomes: SendOutcome[] = [];
    for (let count = 0; count < 1000; count++)
      producer.send(message(`${count}`), (outcome) => outcomes.push(outcome));
    await scene.world.run(() => outcomes.length === 1000, 10_000);
    assert(outcomes.every(({ kind }) => kind === 'ok'));
    const ids = new Set(outcomes.map((outcome) => (outcome.kind === 'ok' ? outcome.messageId : '')));
    assert.equal(ids.size, 1000);
    assert.deepEqual(
      scene.broker(master).stored.map(({ body }) => body),
      Array.from({ length: 1000 }, (_, index) => `${index}`),
    );
  });

  it('sends a batch as one, each message with its id', async () => {
    const scene = await Scene.start();
    const sent = scene.producer().sendBatch([message('a', 1), message('b', 1), message('c', 1)]);
    const outcome = await scene.world.settle(sent);
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    const [stored, ...others] = scene.broker(master).stored;
    assert(stored?.isBatch && others.length === 0);
    const entries = decodeBatchBody(Buffer.from(stored.body));
    assert.deepEqual(
      entries.map(({ body }) => Buffer.from(body).toString()),
      ['a', 'b', 'c'],
    );
    assert.equal(
      entries.map(({ properties }) => readProperty(properties, 'UNIQ_KEY')).join(','),
      outcome.messageId,
    );
  });

  it('gathers what is sent in one turn, when told to, and tells each sender of its own message', async () => {
    const scene = await Scene.start();
    const producer = scene.producer({ autoBatch: true });
    const outcomes: SendOutcome[] = [];
    for (const text of ['a', 'b', 'c']) producer.send(message(text, 1), (outcome) => outcomes.push(outcome));
    await scene.world.run(() => outcomes.length === 3, 1000);
    const [stored, ...others] = scene.broker(master).stored;
    assert(stored?.isBatch && others.length === 0);
    const keys = decodeBatchBody(Buffer.from(stored.body)).map(({ properties }) =>
      readProperty(properties, 'UNIQ_KEY'),
    );
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind === 'ok' && [outcome.messageId, outcome.queueOffset]),
      keys.map((key, index) => [key, index]),
    );
    producer.send(message('alone', 1), (outcome) => outcomes.push(outcome));
    await scene.world.run(() => outcomes.length === 4, 1000);
    assert.equal(scene.broker(master).stored.at(-1)?.isBatch, false);
  });

  it('refuses an empty batch', async () => {
    const scene = await Scene.start();
    const outcome = await scene.world.settle(scene.producer().sendBatch([]));
    assert.deepEqual(outcome, { kind: 'fail', definite: true, reason: 'the batch is empty' });
  });

  it('sends one-way, also before it knows the route', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    producer.sendOneway(message('first'));
    await scene.world.run(() => scene.broker(master).stored.length === 1, 1000);
    producer.sendOneway(message('second'));
    await scene.world.run(() => scene.broker(master).stored.length === 2, 1000);
  });

  it('fails at once for a queue that is not there', async () => {
    const scene = await Scene.start();
    const outcome = await scene.world.settle(scene.producer().sendSync(message('x', 4)));
    assert.deepEqual(outcome, { kind: 'fail', definite: true, reason: 'topic "orders" has no queue 4' });
  });

  it('fails for a topic that no nameserver knows, when the time is over', async () => {
    const scene = await Scene.start();
    const outcome = await scene.world.settle(
      scene.producer().sendSync({ topic: 'nil', body: Buffer.from('x') }, 500),
    );
    assert(outcome.kind === 'fail');
    assert.match(outcome.reason, /no nameserver knows a route of topic "nil"/);
  });

  it('sends to a new topic by the route of TBW102, where brokers make topics', async () => {
    const scene = await Scene.start();
    scene.topics.add('TBW102');
    scene.queueNums = 8;
    const producer = scene.producer();
    for (let count = 0; count < 5; count++) {
      await scene.world.settle(producer.sendSync({ topic: 'fresh', body: Buffer.from('x') }));
    }
    assert.deepEqual(
      scene.broker(master).stored.map((stored) => `${stored.topic} ${stored.queueId}`),
      ['fresh 0', 'fresh 1', 'fresh 2', 'fresh 3', 'fresh 0'],
    );
  });

  it('ends what is in flight as unknown when it is stopped, and fails what comes later', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    scene.broker(master).answer = 'silent';
    const sent = producer.sendSync(message());
    await scene.world.run(() => scene.broker(master).stored.length === 1, 1000);
    producer.stop();
    assert.equal((await scene.world.settle(sent)).kind, 'unknown');
    assert.equal((await scene.world.settle(producer.sendSync(message()))).kind, 'fail');
  });
});

describe('the outcome of a send', () => {
  for (const [code, kind] of [
    [10, 'unknown'],
    [11, 'unknown'],
    [12, 'unknown'],
    [13, 'fail'],
    [16, 'fail'],
    [29, 'fail'],
    [1, 'fail'],
    [2, 'fail'],
    [14, 'fail'],
    [17, 'fail'],
    [777, 'unknown'],
  ] as const) {
    it(`is ${kind} for code ${code}`, async () => {
      const scene = await Scene.start();
      scene.broker(master).answer = { code, remark: 'because' };
      const outcome = await scene.world.settle(scene.producer().sendSync(message(), 300));
      assert(outcome.kind === kind);
      assert.equal(outcome.code, code);
      assert.match(outcome.reason, /because/);
    });
  }

  it('is unknown for a time-out and for a close after sending', async () => {
    const scene = await Scene.start();
    scene.broker(master).answer = 'silent';
    const producer = scene.producer();
    const timedOut = await scene.world.settle(producer.sendSync(message(), 200));
    assert(timedOut.kind === 'unknown');
    assert.match(timedOut.reason, /^timeout: /);
    const sent = producer.sendSync(message());
    await scene.world.run(() => scene.broker(master).stored.length === 2, 1000);
    scene.world.host('n1').kill();
    const closed = await scene.world.settle(sent);
    assert(closed.kind === 'unknown');
    assert.match(closed.reason, /^closed: /);
  });

  it('is a failure when nobody could be reached, and nothing is sent later', async () => {
    const scene = await Scene.start();
    scene.world.host('n1').kill();
    const outcome = await scene.world.settle(scene.producer().sendSync(message(), 400));
    assert.equal(outcome.kind, 'fail');
    await scene.startBroker('n1');
    await scene.world.runFor(2000);
    assert.deepEqual(scene.broker(master).stored, []);
  });

  it('is unknown when the answer says stored and not where', async () => {
    const scene = await Scene.start();
    const server = new RemotingServer(scene.world.host('n3').start(), {
      listen: { host: 'n3', port: 10911 },
    });
    server.handle(310, (context) => context.respond({ code: 0, extFields: { msgId: 'x' } }));
    await scene.world.settle(server.start());
    const outcome = await scene.world.settle(scene.producer({ stickTo: 'n3:10911' }).sendSync(message()));
    assert(outcome.kind === 'unknown');
    assert.match(outcome.reason, /the answer cannot be read/);
  });

  it('is a failure when the node does not know the request', async () => {
    const scene = await Scene.start();
    const outcome = await scene.world.settle(scene.producer({ stickTo: 'c1:9876' }).sendSync(message()));
    assert(outcome.kind === 'fail');
    assert.equal(outcome.code, 3);
  });
});

describe('a producer at a failover', () => {
  it('follows the master within one send after a kill', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.world.host('n1').kill();
    scene.client.clock.after(300, () => scene.nameMaster(successor));
    await scene.world.runFor(50);
    const startedMs = scene.world.now();
    const outcome = await scene.world.settle(producer.sendSync(message('after')));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, successor);
    assert(scene.world.now() - startedMs < 450, `${scene.world.now() - startedMs} ms`);
  });

  it('follows the master within one send after a refusal, though a nameserver is behind', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.broker(master).answer = { code: 14, remark: 'this broker is a slave' };
    scene.nameMaster(successor, 'c3');
    const outcome = await scene.world.settle(producer.sendSync(message('after'), 1000));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, successor);
  });

  it('waits out a time without a master', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.world.host('n1').kill();
    scene.nameMaster(undefined);
    await scene.world.runFor(50);
    scene.client.clock.after(700, () => scene.nameMaster(successor));
    const outcome = await scene.world.settle(producer.sendSync(message('after')));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, successor);
  });

  it('keeps trying a master that comes back', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.world.host('n1').kill();
    await scene.world.runFor(50);
    const sent = producer.sendSync(message('after'));
    await scene.world.runFor(300);
    await scene.startBroker('n1');
    const outcome = await scene.world.settle(sent);
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, master);
  });

  it('never sends an unknown one again when told not to', async () => {
    const scene = await Scene.start();
    const producer = scene.producer({ retryUnknown: false });
    await scene.world.settle(producer.sendSync(message('before')));
    scene.world.host('n1').pause();
    const sent = producer.sendSync(message('lost'), 1000);
    await scene.world.runFor(100);
    scene.nameMaster(successor);
    assert.equal((await scene.world.settle(sent)).kind, 'unknown');
    await scene.world.runFor(5000);
    assert.deepEqual(scene.broker(successor).stored, []);
  });

  it('sends an unknown one again when it may', async () => {
    const scene = await Scene.start();
    const producer = scene.producer({ retryUnknown: true });
    await scene.world.settle(producer.sendSync(message('before')));
    scene.broker(master).answer = { code: 12, remark: 'slaves are late' };
    scene.client.clock.after(300, () => scene.nameMaster(successor));
    const outcome = await scene.world.settle(producer.sendSync(message('twice')));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, successor);
    assert(scene.broker(master).stored.some(({ body }) => body === 'twice'));
  });

  it('says unknown when a refusal comes after an attempt that may have been stored', async () => {
    const scene = await Scene.start();
    const producer = scene.producer({ retryUnknown: true });
    await scene.world.settle(producer.sendSync(message('before')));
    scene.broker(master).answer = { code: 12, remark: 'slaves are late' };
    const sent = producer.sendSync(message('perhaps'), 1000);
    await scene.world.run(() => scene.broker(master).stored.length === 2, 1000);
    scene.broker(master).answer = { code: 13, remark: 'no' };
    const outcome = await scene.world.settle(sent);
    assert(outcome.kind === 'unknown');
    assert.equal(outcome.code, 12);
  });

  it('finds the successor of a silent master before the first time-out', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.world.host('n1').pause();
    const lost = producer.sendSync(message('lost'), 10_000);
    await scene.world.runFor(1500);
    scene.nameMaster(successor);
    await scene.world.runFor(200);
    const outcome = await scene.world.settle(producer.sendSync(message('found'), 1000));
    assert(outcome.kind === 'ok', JSON.stringify(outcome));
    assert.equal(outcome.address, successor);
    scene.world.host('n1').kill();
    assert.equal((await scene.world.settle(lost)).kind, 'unknown');
  });

  it('keeps to the node it was told to, and tries once', async () => {
    const scene = await Scene.start();
    scene.broker(successor).answer = { code: 14, remark: 'this broker is a slave' };
    const producer = scene.producer({ stickTo: successor });
    const startedMs = scene.world.now();
    const outcome = await scene.world.settle(producer.sendSync(message('zombie')));
    assert(outcome.kind === 'fail');
    assert.equal(outcome.code, 14);
    assert(scene.world.now() - startedMs < 100);
    scene.broker(successor).answer = { code: 0 };
    const stored = await scene.world.settle(producer.sendSync({ topic, body: Buffer.from('x') }));
    assert(stored.kind === 'ok');
    assert.equal(stored.queueId, -1);
    assert.deepEqual(scene.broker(master).stored, []);
  });

  it('does not change a master that answers because one nameserver is behind', async () => {
    const scene = await Scene.start();
    scene.nameMaster(successor);
    const producer = scene.producer({ pollNameServerIntervalMs: 100 });
    await scene.world.settle(producer.sendSync(message('before')));
    scene.nameMaster(master, 'c1');
    for (let count = 0; count < 20; count++) {
      await scene.world.runFor(100);
      await scene.world.settle(producer.sendSync(message(`${count}`)));
    }
    assert.deepEqual(scene.broker(master).stored, []);
    assert.equal(scene.broker(successor).stored.length, 21);
  });

  it('stops asking once a suspected master has answered', async () => {
    const scene = await Scene.start();
    const producer = scene.producer();
    await scene.world.settle(producer.sendSync(message('before')));
    scene.broker(master).answer = { code: 12 };
    await scene.world.settle(producer.sendSync(message('late')));
    scene.broker(master).answer = { code: 0 };
    await scene.world.settle(producer.sendSync(message('well')));
    await scene.world.runFor(1000);
    const asked = scene.questions.get('c1');
    await scene.world.runFor(5000);
    assert.equal(scene.questions.get('c1'), asked);
  });

  it('runs twice alike with one seed', async () => {
    const digests = [];
    for (let run = 0; run < 2; run++) {
      const scene = await Scene.start(9);
      const producer = scene.producer();
      await scene.world.settle(producer.sendSync(message('before')));
      scene.world.host('n1').kill();
      scene.client.clock.after(300, () => scene.nameMaster(successor));
      await scene.world.settle(producer.sendSync(message('after')));
      digests.push(scene.world.digest());
    }
    assert.equal(digests[0], digests[1]);
  });
});
