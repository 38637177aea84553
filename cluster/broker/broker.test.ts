import { deepEqual, equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { encodeBatchBody } from '../message/batch-body.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { BrokerCluster, brokerNames, controllerNames } from './testing/broker-cluster.ts';

async function startedCluster(): Promise<{ cluster: BrokerCluster; master: string; slave: string }> {
  const cluster = new BrokerCluster();
  await cluster.startAll();
  const master = cluster.master() ?? '';
  const slave = brokerNames.find((name) => name !== master) ?? '';
  equal((await cluster.createTopic(master, 't')).code, 0);
  return { cluster, master, slave };
}

describe('three brokers and three controllers', () => {
  it('find a master, and every nameserver knows it', async () => {
    const { cluster, master } = await startedCluster();
    for (const nameserver of controllerNames) {
      const route = await cluster.route(nameserver, 't');
      equal(route?.['0'], `${master}:10911`);
      equal(Object.keys(route ?? {}).length, 3);
    }
    for (const broker of cluster.brokers.values()) equal(broker.role().kind === 'fenced', false);
  });

  it('store a message, and give it back on every replica that is asked as such', async () => {
    const { cluster, master } = await startedCluster();
    const sent = await cluster.send(master, 't', 'hello');
    equal(sent.code, 0);
    equal(sent.extFields?.['queueOffset'], '0');
    equal(sent.extFields?.['msgId']?.length, 32);
    equal(sent.extFields?.['transactionId']?.length, 32);
    deepEqual((await cluster.pull(master, 't', 0)).bodies, ['hello']);
    await cluster.world.runFor(500);
    for (const name of brokerNames) {
      const pulled = await cluster.pull(name, 't', 0, { replicaRead: 'true' });
      deepEqual(pulled.bodies, ['hello'], name);
    }
  });

  it('refuse sends, pulls and offsets on a slave with a code that sends clients elsewhere', async () => {
    const { cluster, slave } = await startedCluster();
    equal((await cluster.send(slave, 't', 'x')).code, 14);
    equal((await cluster.pull(slave, 't', 0)).code, 14);
    const asked = { topic: 't', queueId: '0' };
    equal((await cluster.request(slave, RequestCode.GET_MAX_OFFSET, asked)).code, 14);
    equal((await cluster.createTopic(slave, 'u')).code, 14);
    await cluster.world.runFor(500);
    const own = await cluster.request(slave, RequestCode.GET_MAX_OFFSET, { ...asked, replicaRead: 'true' });
    equal(own.extFields?.['offset'], '0');
  });

  it('answer a batch with its first offset and all its ids', async () => {
    const { cluster, master } = await startedCluster();
    const entry = (text: string) => ({ flag: 0, body: Buffer.from(text), properties: '' });
    const body = Buffer.from(encodeBatchBody([entry('a'), entry('b'), entry('c')])).toString('latin1');
    const response = await cluster.request(
      master,
      RequestCode.SEND_BATCH_MESSAGE,
      { ...batchFields, b: 't', m: 'true' },
      { body },
    );
    equal(response.code, 0, response.remark ?? '');
    equal(response.extFields?.['queueOffset'], '0');
    equal(response.extFields?.['msgId']?.split(',').length, 3);
    deepEqual((await cluster.pull(master, 't', 0)).bodies, ['a', 'b', 'c']);
    const broken = await cluster.request(
      master,
      RequestCode.SEND_BATCH_MESSAGE,
      { ...batchFields, b: 't', m: 'true' },
      { body: 'xxxx' },
    );
    equal(broken.code, 13);
  });

  it('wake a waiting pull by the message it waits for', async () => {
    const { cluster, master } = await startedCluster();
    const waiting = cluster.startPull(master, 't', 0, { sysFlag: '2', suspendTimeoutMillis: '10000' });
    await cluster.world.runFor(1000);
    equal((await cluster.runtimeInfo(master))['pullThreadPoolQueueSize'], '1');
    const before = cluster.world.now();
    equal((await cluster.send(master, 't', 'hello')).code, 0);
    deepEqual((await cluster.world.settle(waiting)).bodies, ['hello']);
    equal(cluster.world.now() - before < 100, true);
  });

  it('wake a waiting pull by its tag only', async () => {
    const { cluster, master } = await startedCluster();
    const fields = { sysFlag: '6', suspendTimeoutMillis: '10000', subscription: 'b || c' };
    const waiting = cluster.startPull(master, 't', 0, fields);
    await cluster.world.runFor(100);
    await cluster.send(master, 't', 'one', 'TAGS\u0001a\u0002');
    equal((await cluster.runtimeInfo(master))['pullThreadPoolQueueSize'], '1');
    await cluster.send(master, 't', 'two', 'TAGS\u0001c\u0002');
    deepEqual((await cluster.world.settle(waiting)).bodies, ['two']);
  });

  it('answer a waiting pull with nothing when its time is over', async () => {
    const { cluster, master } = await startedCluster();
    const before = cluster.world.now();
    const pulled = await cluster.pull(master, 't', 0, { sysFlag: '2', suspendTimeoutMillis: '1000' });
    equal(pulled.code, 19);
    const waitedMs = cluster.world.now() - before;
    equal(waitedMs >= 1000 && waitedMs < 1200, true, `${waitedMs} ms`);
    equal((await cluster.runtimeInfo(master))['unansweredRequests'], '0');
  });

  it('answer a pull that would wait for ever after a minute', async () => {
    const { cluster, master } = await startedCluster();
    const before = cluster.world.now();
    const fields = { sysFlag: '2', suspendTimeoutMillis: '9007199254740991' };
    equal((await cluster.pull(master, 't', 0, fields)).code, 19);
    equal(Math.round((cluster.world.now() - before) / 1000), 60);
  });

  it('tell the ends of a queue, and correct an offset beyond it', async () => {
    const { cluster, master } = await startedCluster();
    await cluster.send(master, 't', 'a');
    await cluster.send(master, 't', 'b');
    const asked = { topic: 't', queueId: '0' };
    const maxOffset = await cluster.request(master, RequestCode.GET_MAX_OFFSET, asked);
    const minOffset = await cluster.request(master, RequestCode.GET_MIN_OFFSET, asked);
    deepEqual([maxOffset.extFields?.['offset'], minOffset.extFields?.['offset']], ['2', '0']);
    const beyond = await cluster.pull(master, 't', 9);
    deepEqual([beyond.code, beyond.nextBeginOffset], [21, 2]);
    equal((await cluster.pull(master, 't', 2)).code, 19);
  });

  it('refuse what cannot be stored, with codes that say that nothing was', async () => {
    const { cluster, master } = await startedCluster();
    equal((await cluster.send(master, 'no such topic!', 'x')).code, 29);
    equal((await cluster.send(master, 'rmq_sys_TOPIC_CONFIG', 'x')).code, 16);
    equal((await cluster.send(master, 't', '')).code, 13);
    equal((await cluster.send(master, 't', 'x', 'DELAY\u00013\u0002')).code, 13);
    equal((await cluster.send(master, 't', 'x', 'TRAN_MSG\u0001true\u0002')).code, 16);
    const high = cluster.startSend(master, 't', 'x', { queueId: 7 });
    equal((await cluster.world.settle(high)).code, 29);
    equal((await cluster.pull(master, 'unknown', 0)).code, 17);
    equal((await cluster.pull(master, 't', 0, { queueId: '7' })).code, 29);
    equal((await cluster.pull(master, 't', 0, { expressionType: 'SQL92' })).code, 1);
    equal((await cluster.pull(master, 't', 0, { queueOffset: 'x' })).code, 1);
    equal((await cluster.pull(master, 't', 0)).maxOffset, 0);
  });

  it('answer at once whoever does not care whether the message lasts, and show it to nobody before it does', async () => {
    const { cluster, master } = await startedCluster();
    for (const name of brokerNames) if (name !== master) cluster.world.host(name).pause();
    equal((await cluster.send(master, 't', 'x', 'WAIT\u0001false\u0002')).code, 0);
    await cluster.world.runFor(200);
    equal((await cluster.pull(master, 't', 0, { replicaRead: 'true' })).maxOffset, 0);
  });

  it('make a topic for the sends that ask for it, once', async () => {
    const { cluster, master } = await startedCluster();
    const sends = ['a', 'b', 'c'].map((body) => cluster.startSend(master, 'made', body));
    const codes = (await cluster.world.settle(Promise.all(sends))).map((response) => response.code);
    deepEqual(codes, [0, 0, 0]);
    const listed = await cluster.request(master, RequestCode.GET_TOPIC_CONFIG, { topic: 'made' });
    const config = JSON.parse(Buffer.from(listed.body ?? []).toString()) as { writeQueueNums: number };
    equal(config.writeQueueNums, 4);
  });
});

describe('a broker without linearizableRead', () => {
  it('answers about the end of a queue from what it knows', async () => {
    const cluster = new BrokerCluster({ brokerKeys: { linearizableRead: 'false' } });
    await cluster.startAll();
    const master = cluster.master() ?? '';
    equal((await cluster.createTopic(master, 't')).code, 0);
    for (const name of brokerNames) if (name !== master) cluster.world.host(name).pause();
    const before = cluster.world.now();
    equal((await cluster.pull(master, 't', 0)).code, 19);
    equal(cluster.world.now() - before < 20, true);
  });
});

describe('a master that has just been elected', () => {
  it('says neither that a topic is not there nor where a queue ends before it can know', async () => {
    const { cluster, master, slave } = await startedCluster();
    const last = brokerNames.find((name) => name !== master && name !== slave) ?? '';
    cluster.kill(slave);
    await cluster.untilAllInSync(2);
    // A message that reaches the last replica, whose acknowledgement reaches nobody.
    cluster.world.cut(last, master, 'drop');
    cluster.startSend(master, 't', 'x').catch(() => undefined);
    await cluster.world.runFor(20);
    cluster.kill(master);
    cluster.world.heal();
    equal(await cluster.untilMaster(), last);
    equal((await cluster.send(last, 'unknown', 'x')).code, 14);
    equal((await cluster.pull(last, 'unknown', 0)).code, 14);
    equal((await cluster.pull(last, 't', 0)).code, 14);
    cluster.startBroker(master);
    await cluster.untilAllInSync(2);
    await cluster.world.runFor(500);
    equal((await cluster.pull(last, 'unknown', 0)).code, 17);
    deepEqual((await cluster.pull(last, 't', 0)).bodies, ['x']);
  });
});

const batchFields = {
  a: 'pg',
  c: 'TBW102',
  d: '4',
  e: '0',
  f: '0',
  g: '1',
  h: '0',
  j: '0',
  k: 'false',
};
