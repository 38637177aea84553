import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type Registration, RouteTable } from './route-table.ts';
import type { TopicQueueData } from './topic-queues.ts';

function topic(topicName: string, change: Partial<TopicQueueData> = {}): TopicQueueData {
  return { topicName, readQueueNums: 4, writeQueueNums: 4, perm: 6, topicSysFlag: 0, ...change };
}

const topics = [topic('T1'), topic('T2')];

/** Broker n1 as master of epoch 1. */
function registration(
  change: Partial<Registration> & { epoch?: number; counter?: number } = {},
): Registration {
  const { epoch = 1, counter = 1, ...rest } = change;
  return {
    clusterName: 'c',
    brokerName: 'broker-a',
    brokerId: 0,
    brokerAddress: 'n1:10911',
    haServerAddress: `${(change.brokerAddress ?? 'n1:10911').split(':')[0]}:10912`,
    timeoutMs: 1500,
    enableActingMaster: false,
    dataVersion: { stateVersion: epoch, timestamp: 0, counter },
    topics,
    ...rest,
  };
}

function addresses(table: RouteTable, name = 'broker-a'): Record<string, string> | undefined {
  const brokerSet = table.brokerSet(name);
  return brokerSet && Object.fromEntries(brokerSet.brokerAddrs);
}

const n2AsSlave = { brokerId: 2, brokerAddress: 'n2:10911' };
const n2AsMaster = { brokerId: 0, brokerAddress: 'n2:10911' };

describe('the route table', () => {
  it('routes a topic to the broker sets that hold it', () => {
    const table = new RouteTable();
    assert.deepEqual(table.register(registration(), 1, 0), { kind: 'registered' });
    table.register(
      registration({ brokerName: 'broker-b', brokerAddress: 'n4:10911', topics: [topic('T1'), topic('T3')] }),
      2,
      0,
    );
    const names = (name: string): readonly string[] | undefined =>
      table.route(name)?.brokerDatas.map(({ brokerName }) => brokerName);
    assert.deepEqual(names('T1'), ['broker-a', 'broker-b']);
    assert.deepEqual(names('T3'), ['broker-b']);
    assert.equal(table.route('T4'), undefined);
    assert.deepEqual(table.topicsOf('c'), ['T1', 'T2', 'T3']);
    assert.deepEqual(table.topicsOf('other'), []);
  });

  it('tells a slave who its master is', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    assert.deepEqual(table.register(registration(n2AsSlave), 2, 0), {
      kind: 'registered',
      masterAddress: 'n1:10911',
      haServerAddress: 'n1:10912',
    });
    assert.deepEqual(addresses(table), { 0: 'n1:10911', 2: 'n2:10911' });
  });

  it('gives the master’s id to the master of the newer epoch', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration(n2AsSlave), 2, 0);
    table.register(registration({ ...n2AsMaster, epoch: 2 }), 2, 1);
    assert.deepEqual(addresses(table), { 0: 'n2:10911' });
    table.register(registration({ brokerId: 1, epoch: 2 }), 1, 2);
    assert.deepEqual(addresses(table), { 0: 'n2:10911', 1: 'n1:10911' });
  });

  it('never gives it back to the master of an older epoch (B47)', () => {
    const table = new RouteTable();
    table.register(registration({ ...n2AsMaster, epoch: 2 }), 2, 0);
    assert.deepEqual(table.register(registration({ epoch: 1 }), 1, 1), {
      kind: 'fenced',
      masterEpoch: 1,
      currentEpoch: 2,
    });
    assert.deepEqual(addresses(table), { 0: 'n2:10911' });
  });

  it('keeps that fence after the newer master has gone', () => {
    for (const go of ['silent', 'closed', 'unregistered']) {
      const table = new RouteTable();
      table.register(registration({ ...n2AsMaster, epoch: 2 }), 2, 0);
      if (go === 'silent') table.expire(2000);
      if (go === 'closed') table.channelClosed(2);
      if (go === 'unregistered') table.unregister(registration({ ...n2AsMaster }), 2);
      assert.equal(table.register(registration({ epoch: 1 }), 3, 2000).kind, 'fenced');
      assert.equal(addresses(table), undefined);
    }
  });

  it('lets a refused master keep no id at all', () => {
    const table = new RouteTable();
    table.register(registration({ epoch: 1 }), 1, 0);
    table.register(registration({ ...n2AsMaster, epoch: 2 }), 2, 0);
    table.register(registration({ brokerId: 1, epoch: 2 }), 1, 0);
    table.register(registration({ epoch: 1 }), 3, 1);
    assert.deepEqual(addresses(table), { 0: 'n2:10911' });
    assert.equal(table.heard('c', 'n1:10911', 3, 2), false);
  });

  it('lets the last of two masters of epoch 0 win: without controllers there is no other order', () => {
    const table = new RouteTable();
    table.register(registration({ epoch: 0 }), 1, 0);
    table.register(registration({ ...n2AsMaster, epoch: 0 }), 2, 0);
    assert.deepEqual(addresses(table), { 0: 'n2:10911' });
  });
});

describe('a broker that leaves the route table', () => {
  function withSuccessor(): RouteTable {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration({ ...n2AsMaster, epoch: 2 }), 2, 0);
    return table;
  }

  it('takes its id along only while it holds it: a late good-bye harms no successor (B48)', () => {
    const table = withSuccessor();
    table.unregister(registration(), 1);
    assert.deepEqual(addresses(table), { 0: 'n2:10911' });
    table.unregister(registration(n2AsMaster), 2);
    assert.equal(addresses(table), undefined);
  });

  it('stays when the good-bye names another id of it, or another broker set', () => {
    const table = new RouteTable();
    table.register(registration({ brokerId: 1 }), 1, 0);
    table.unregister(registration(), 1);
    table.unregister(registration({ brokerId: 1, brokerName: 'broker-b' }), 1);
    assert.deepEqual(addresses(table), { 1: 'n1:10911' });
  });

  it('takes nothing along by the close of a connection that it has replaced', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration(), 2, 1);
    assert.deepEqual(table.channelClosed(1), []);
    assert.deepEqual(addresses(table), { 0: 'n1:10911' });
    assert.equal(table.channelClosed(2).length, 1);
    assert.equal(table.route('T1'), undefined);
  });

  it('is not rebound to an older connection by bytes that were held back', () => {
    const table = new RouteTable();
    table.register(registration(), 2, 0);
    assert.equal(table.register(registration({ brokerId: 1 }), 1, 1).kind, 'late');
    assert.equal(table.heard('c', 'n1:10911', 1, 1), true);
    table.unregister(registration(), 1);
    assert.deepEqual(table.channelClosed(1), []);
    assert.deepEqual(addresses(table), { 0: 'n1:10911' });
  });

  it('is forgotten after the silence that it named', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    assert.deepEqual(table.expire(1500), []);
    table.heard('c', 'n1:10911', 1, 1000);
    assert.deepEqual(table.expire(2500), []);
    assert.deepEqual(
      table.expire(2501).map(({ brokerAddress }) => brokerAddress),
      ['n1:10911'],
    );
    assert.deepEqual(table.topicNames(), []);
    assert.equal(table.heard('c', 'n1:10911', 1, 2600), false);
  });

  it('is not forgotten for a silence of our own', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.startFresh(9000);
    assert.deepEqual(table.expire(10_500), []);
    assert.equal(table.expire(10_501).length, 1);
  });

  it('leaves its broker set to the others', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration(n2AsSlave), 2, 0);
    table.channelClosed(1);
    assert.deepEqual(addresses(table), { 2: 'n2:10911' });
    assert.deepEqual([...(table.route('T1')?.brokerDatas[0]?.brokerAddrs ?? [])], [[2, 'n2:10911']]);
  });
});

describe('the topics of a broker set', () => {
  const queues = (table: RouteTable, name = 'T1'): number | undefined =>
    table.queueDatas(name)[0]?.readQueueNums;
  const wider = [topic('T1', { readQueueNums: 8 }), topic('T2')];

  it('are taken from its master, when their version changes', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration({ topics: wider }), 1, 1);
    assert.equal(queues(table), 4, 'the same version: the same topics');
    table.register(registration({ topics: wider, counter: 2 }), 1, 2);
    assert.equal(queues(table), 8);
  });

  it('are taken from a new master, even when it registered that version before as a slave', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.register(registration({ ...n2AsSlave, epoch: 2, topics: wider }), 2, 0);
    assert.equal(queues(table), 4);
    table.register(registration({ ...n2AsMaster, epoch: 2, topics: wider }), 2, 1);
    assert.equal(queues(table), 8);
  });

  it('are taken from the smallest id when there is no master, if it is a broker of 5.0 or later', () => {
    const table = new RouteTable();
    table.register(registration({ ...n2AsSlave, enableActingMaster: undefined }), 2, 0);
    assert.equal(table.route('T1'), undefined);
    table.register(registration({ brokerId: 3, brokerAddress: 'n3:10911' }), 3, 0);
    assert.equal(table.route('T1'), undefined);
    table.register(registration({ ...n2AsSlave, counter: 2 }), 2, 0);
    assert.equal(queues(table), 4);
  });

  it('are not known to be all when an unknown broker brings one alone: the version is asked for again', () => {
    const table = new RouteTable();
    table.register(registration({ topics: [topic('T1')] }), 1, 0);
    assert.equal(queues(table), 4);
    assert.equal(table.dataVersion('c', 'n1:10911'), undefined);
    table.register(registration({ topics }), 1, 1);
    assert.deepEqual(table.topicNames(), ['T1', 'T2']);
    assert.deepEqual(table.dataVersion('c', 'n1:10911'), { stateVersion: 1, timestamp: 0, counter: 1 });
  });

  it('stay when a registration lacks them, unless missing ones are to be dropped', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    const fewer = [topic('T2'), topic('T3')];
    table.register(registration({ topics: fewer, counter: 2 }), 1, 1);
    assert.deepEqual(table.topicNames(), ['T1', 'T2', 'T3']);
    table.register(registration({ topics: fewer, counter: 3 }), 1, 2, true);
    assert.deepEqual(table.topicNames(), ['T2', 'T3']);
  });

  it('are deleted in one cluster or in all, and put by hand', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    table.deleteTopic('T1', 'other');
    table.deleteTopic('T2');
    assert.deepEqual(table.topicNames(), ['T1']);
    table.deleteTopic('T1', 'c');
    assert.deepEqual(table.topicNames(), []);
    table.putTopic('T9', [
      { brokerName: 'broker-a', readQueueNums: 1, writeQueueNums: 1, perm: 6, topicSysFlag: 0 },
    ]);
    assert.equal(table.route('T9')?.queueDatas.length, 1);
  });

  it('lose and regain the permission to write', () => {
    const table = new RouteTable();
    table.register(registration(), 1, 0);
    assert.equal(table.setWritable('broker-a', false), 2);
    assert.equal(table.queueDatas('T1')[0]?.perm, 4);
    assert.equal(table.setWritable('broker-a', true), 2);
    assert.equal(table.queueDatas('T1')[0]?.perm, 6);
    assert.equal(table.setWritable('broker-x', true), 0);
  });
});
