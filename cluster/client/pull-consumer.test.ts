import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { encodeMessage } from '../message/encode-message.ts';
import {
  type PullMessageRequestHeader,
  pullMessageRequestHeader,
  pullMessageResponseHeader,
} from '../remoting/header/pull-message.ts';
import type { RemotingServer, Response } from '../remoting/remoting-server.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { PullConsumer, type PullConsumerOptions } from './pull-consumer.ts';
import { Scene, topic } from './testing/scene.ts';

const queue = { topic, queueId: 1 };

function record(queueOffset: number, tag: string): Uint8Array {
  const host = { ip: '127.0.0.1', port: 10911 };
  return encodeMessage({
    topic,
    queueId: 1,
    queueOffset,
    physicalOffset: queueOffset * 100,
    flag: 0,
    sysFlag: 0,
    bornTimestamp: 1,
    bornHost: host,
    storeTimestamp: 2,
    storeHost: host,
    reconsumeTimes: 0,
    preparedTransactionOffset: 0,
    body: Buffer.from(`m${queueOffset}`),
    properties: `TAGS\u0001${tag}\u0002`,
  });
}

const records = Buffer.concat([record(5, 'a'), record(6, 'b')]);

function position(next: number): Record<string, string> {
  return pullMessageResponseHeader.encode({
    suggestWhichBrokerId: 0,
    nextBeginOffset: next,
    minOffset: 2,
    maxOffset: 7,
  });
}

interface Reader {
  readonly scene: Scene;
  readonly consumer: PullConsumer;
  readonly pulls: PullMessageRequestHeader[];
  /** What brokers answer to reads, by host; undefined: nothing. */
  readonly answers: Map<string, Response | undefined>;
}

async function setUp(options: Partial<PullConsumerOptions> = {}): Promise<Reader> {
  const scene = await Scene.start();
  const pulls: PullMessageRequestHeader[] = [];
  const answers = new Map<string, Response | undefined>();
  const serve = (host: string, server: RemotingServer): void => {
    for (const code of [RequestCode.PULL_MESSAGE, RequestCode.GET_MAX_OFFSET, RequestCode.GET_MIN_OFFSET]) {
      server.handle(code, (context) => {
        if (code === RequestCode.PULL_MESSAGE) {
          pulls.push(pullMessageRequestHeader.decode(context.request.extFields));
        }
        const answer = answers.get(host);
        if (answer !== undefined) context.respond(answer);
      });
    }
  };
  for (const host of ['n1', 'n2']) {
    scene.world.host(host).kill();
    serve(host, await scene.startBroker(host));
  }
  const consumer = new PullConsumer(scene.client, {
    consumerGroup: 'readers',
    nameservers: scene.nameservers,
    ...options,
  });
  return { scene, consumer, pulls, answers };
}

describe('a pull', () => {
  it('brings the messages and where to go on', async () => {
    const { scene, consumer, pulls, answers } = await setUp();
    answers.set('n1', { code: 0, extFields: position(7), body: records });
    const outcome = await scene.world.settle(consumer.pull(queue, 5, { maxMessages: 10 }));
    assert(outcome.kind === 'ok');
    const { messages, ...rest } = outcome;
    assert.deepEqual(
      messages.map(({ queueOffset, body }) => [queueOffset, Buffer.from(body).toString()]),
      [
        [5, 'm5'],
        [6, 'm6'],
      ],
    );
    assert.deepEqual(rest, {
      kind: 'ok',
      status: 'FOUND',
      nextBeginOffset: 7,
      minOffset: 2,
      maxOffset: 7,
      address: 'n1:10911',
    });
    const [pull] = pulls;
    assert.equal(pull?.queueOffset, 5);
    assert.equal(pull?.maxMsgNums, 10);
    assert.equal(pull?.sysFlag, 0x4);
    assert.equal(pull?.subscription, '*');
    assert.equal(pull?.replicaRead, false);
  });

  for (const [code, status] of [
    [19, 'NO_NEW_MSG'],
    [20, 'NO_MATCHED_MSG'],
    [21, 'OFFSET_ILLEGAL'],
  ] as const) {
    it(`says ${status} for code ${code}`, async () => {
      const { scene, consumer, answers } = await setUp();
      answers.set('n1', { code, extFields: position(7) });
      const outcome = await scene.world.settle(consumer.pull(queue, 7));
      assert(outcome.kind === 'ok');
      assert.equal(outcome.status, status);
      assert.deepEqual(outcome.messages, []);
    });
  }

  it('asks to be held and to be filtered, and filters by the exact tag', async () => {
    const { scene, consumer, pulls, answers } = await setUp();
    answers.set('n1', { code: 0, extFields: position(7), body: records });
    const outcome = await scene.world.settle(
      consumer.pull(queue, 5, { suspendMs: 5000, subscription: 'b || c' }),
    );
    assert(outcome.kind === 'ok');
    assert.deepEqual(
      outcome.messages.map(({ queueOffset }) => queueOffset),
      [6],
    );
    const [pull] = pulls;
    assert.equal(pull?.sysFlag, 0x2 | 0x4);
    assert.equal(pull?.suspendTimeoutMillis, 5000);
    assert.equal(pull?.subscription, 'b || c');
  });

  it('fails without an answer when the time is over', async () => {
    const { scene, consumer } = await setUp();
    const outcome = await scene.world.settle(consumer.pull(queue, 0, { timeoutMs: 700 }));
    assert(outcome.kind === 'fail');
    assert.match(outcome.reason, /^timeout: /);
  });

  it('fails at once for an answer that asking again would not change', async () => {
    const { scene, consumer, answers, pulls } = await setUp();
    answers.set('n1', { code: 26, remark: 'no such group' });
    const outcome = await scene.world.settle(consumer.pull(queue, 0));
    assert(outcome.kind === 'fail');
    assert.equal(outcome.code, 26);
    assert.equal(pulls.length, 1);
  });

  it('fails for a topic or queue that is not there', async () => {
    const { scene, consumer } = await setUp();
    const noTopic = await scene.world.settle(
      consumer.pull({ topic: 'nil', queueId: 0 }, 0, { timeoutMs: 300 }),
    );
    assert(noTopic.kind === 'fail');
    const noQueue = await scene.world.settle(consumer.pull({ topic, queueId: 44 }, 0));
    assert(noQueue.kind === 'fail');
    assert.match(noQueue.reason, /no queue 44/);
  });

  it('goes to the successor of a stopped master within one pull', async () => {
    const { scene, consumer, answers } = await setUp({ attemptTimeoutMs: 500 });
    answers.set('n2', { code: 19, extFields: position(7) });
    const pull = consumer.pull(queue, 7);
    scene.client.clock.after(800, () => scene.nameMaster('n2:10911'));
    const outcome = await scene.world.settle(pull);
    assert(outcome.kind === 'ok');
    assert.equal(outcome.address, 'n2:10911');
  });

  it('goes to the master when a broker says that it is none', async () => {
    const { scene, consumer, answers } = await setUp();
    answers.set('n1', { code: 14, remark: 'this broker is a slave' });
    answers.set('n2', { code: 0, extFields: position(7), body: records });
    scene.nameMaster('n2:10911', 'c2');
    const outcome = await scene.world.settle(consumer.pull(queue, 5));
    assert(outcome.kind === 'ok');
    assert.equal(outcome.address, 'n2:10911');
  });

  it('asks one replica, once, and flags it', async () => {
    const { scene, consumer, answers, pulls } = await setUp();
    answers.set('n2', { code: 0, extFields: position(7), body: records });
    const outcome = await scene.world.settle(consumer.pull(queue, 5, { replica: 'n2:10911' }));
    assert(outcome.kind === 'ok');
    assert.equal(pulls[0]?.replicaRead, true);
    answers.set('n2', { code: 14 });
    const failed = await scene.world.settle(consumer.pull(queue, 5, { replica: 'n2:10911' }));
    assert(failed.kind === 'fail');
    assert.equal(pulls.length, 2);
  });

  it('keeps to the node it was told to, and does not flag it', async () => {
    const { scene, consumer, answers, pulls } = await setUp({ stickTo: 'n2:10911' });
    answers.set('n2', { code: 0, extFields: position(7), body: records });
    const outcome = await scene.world.settle(consumer.pull(queue, 5));
    assert(outcome.kind === 'ok');
    assert.equal(outcome.address, 'n2:10911');
    assert.equal(pulls[0]?.replicaRead, false);
  });

  it('reports bytes that are no records, and a header that is none', async () => {
    const { scene, consumer, answers } = await setUp();
    answers.set('n1', { code: 0, extFields: position(7), body: records.subarray(0, 50) });
    const cut = await scene.world.settle(consumer.pull(queue, 5));
    assert(cut.kind === 'fail');
    answers.set('n1', { code: 19, extFields: {} });
    const bare = await scene.world.settle(consumer.pull(queue, 5));
    assert(bare.kind === 'fail');
    assert.match(bare.reason, /cannot be read/);
    assert.equal(scene.world.trace.filter(({ event }) => event === 'broken-answer').length, 2);
  });

  it('fails once the consumer is stopped', async () => {
    const { scene, consumer } = await setUp();
    consumer.stop();
    assert.equal((await scene.world.settle(consumer.pull(queue, 0, { timeoutMs: 300 }))).kind, 'fail');
  });
});

describe('the ends of a queue', () => {
  it('are read from the master or from a replica', async () => {
    const { scene, consumer, answers } = await setUp();
    answers.set('n1', { code: 0, extFields: { offset: '42' } });
    answers.set('n2', { code: 0, extFields: { offset: '40' } });
    assert.deepEqual(await scene.world.settle(consumer.maxOffset(queue)), {
      kind: 'ok',
      offset: 42,
      address: 'n1:10911',
    });
    assert.deepEqual(await scene.world.settle(consumer.minOffset(queue, { replica: 'n2:10911' })), {
      kind: 'ok',
      offset: 40,
      address: 'n2:10911',
    });
  });

  it('are not read when the broker refuses or gives no number', async () => {
    const { scene, consumer, answers } = await setUp();
    answers.set('n1', { code: 29, remark: 'no such queue' });
    const refused = await scene.world.settle(consumer.maxOffset(queue));
    assert(refused.kind === 'fail' && refused.code === 29);
    answers.set('n1', { code: 0, extFields: { offset: 'many' } });
    assert.equal((await scene.world.settle(consumer.maxOffset(queue))).kind, 'fail');
  });
});
