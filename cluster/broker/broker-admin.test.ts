import { deepEqual, equal } from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { BrokerCluster, brokerNames } from './testing/broker-cluster.ts';

async function started(): Promise<{ cluster: BrokerCluster; master: string; slave: string }> {
  const cluster = new BrokerCluster();
  await cluster.startAll();
  const master = cluster.master() ?? '';
  const slave = brokerNames.find((name) => name !== master) ?? '';
  return { cluster, master, slave };
}

function textOf(response: RemotingCommand): string {
  return Buffer.from(response.body ?? []).toString();
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are looked into member by member.
function jsonOf(response: RemotingCommand): any {
  return JSON.parse(textOf(response));
}

describe('the administration of a broker', () => {
  it('shows and changes what can be changed while it runs', async () => {
    const { cluster, master } = await started();
    const shown = await cluster.request(master, RequestCode.GET_BROKER_CONFIG);
    equal(textOf(shown).includes('minInSyncReplicas=2\n'), true);
    equal(typeof JSON.parse(shown.extFields?.['version'] ?? '').counter, 'number');
    const update = (body: string) => cluster.request(master, RequestCode.UPDATE_BROKER_CONFIG, {}, { body });
    equal((await update('autoCreateTopicEnable=false\n')).code, 0);
    equal((await cluster.send(master, 'unknown', 'x')).code, 17);
    equal((await update('listenPort=1\n')).code, 1);
    equal((await update('slaveTimeout=soon\n')).code, 1);
  });

  it('tells role, epochs, HA status and rates', async () => {
    const { cluster, master, slave } = await started();
    const info = await cluster.runtimeInfo(master);
    deepEqual(
      [info['brokerRole'], info['brokerActive'], info['unansweredRequests'], info['storeState']],
      ['SYNC_MASTER', 'true', '0', 'ok'],
    );
    equal((await cluster.runtimeInfo(slave))['brokerRole'], 'SLAVE');
    const epochs = jsonOf(await cluster.request(master, RequestCode.GET_BROKER_EPOCH_CACHE));
    equal(epochs.brokerName, 'broker-a');
    deepEqual(epochs.epochList[0].startOffset, 0);
    const ofMaster = jsonOf(await cluster.request(master, RequestCode.GET_BROKER_HA_STATUS));
    deepEqual([ofMaster.master, ofMaster.inSyncSlaveNums, ofMaster.haConnectionInfo.length], [true, 2, 2]);
    const ofSlave = jsonOf(await cluster.request(slave, RequestCode.GET_BROKER_HA_STATUS));
    equal(ofSlave.haClientRuntimeInfo.masterAddr, `${master}:10912`);
  });

  it('creates topics, lists and shows them, changes their attributes', async () => {
    const { cluster, master } = await started();
    const topics = { topicConfigList: ['a', 'b'].map((topicName) => ({ topicName, perm: 6 })) };
    const list = { body: JSON.stringify(topics) };
    equal((await cluster.request(master, RequestCode.UPDATE_AND_CREATE_TOPIC_LIST, {}, list)).code, 0);
    const all = await cluster.request(master, RequestCode.GET_ALL_TOPIC_CONFIG);
    const table = jsonOf(all).topicConfigTable;
    deepEqual([table.a.readQueueNums, table.b.perm, table.TBW102.perm], [16, 6, 7]);
    equal(Number(all.extFields?.['totalTopicNum']), Object.keys(table).length);
    const change = { topic: 'a', readQueueNums: '1', writeQueueNums: '1', perm: '4' };
    for (const attributes of ['+k=1,+l=2', '-k']) {
      const changed = { ...change, attributes };
      equal((await cluster.request(master, RequestCode.UPDATE_AND_CREATE_TOPIC, changed)).code, 0);
    }
    const shown = jsonOf(await cluster.request(master, RequestCode.GET_TOPIC_CONFIG, { topic: 'a' }));
    deepEqual([shown.attributes, shown.perm], [{ l: '2' }, 4]);
    equal((await cluster.send(master, 'a', 'x')).code, 16);
    const ends = await cluster.request(master, RequestCode.GET_TOPIC_STATS_INFO, { topic: 'a' });
    deepEqual(Object.keys(jsonOf(ends).offsetTable), ['{"brokerName":"broker-a","queueId":0,"topic":"a"}']);
  });

  it('refuses topics that cannot be', async () => {
    const { cluster, master } = await started();
    const create = (topic: string, readQueueNums: string) =>
      cluster.request(master, RequestCode.UPDATE_AND_CREATE_TOPIC, {
        ...{ topic, readQueueNums, writeQueueNums: '1', perm: '6' },
      });
    for (const [topic, queues] of [
      ['a b', '1'],
      ['TBW102', '1'],
      ['a', '0'],
    ] as const) {
      equal((await create(topic, queues)).code, 29, topic);
    }
    for (const body of ['', '{', '{"topicConfigList":[]}', '{"topicConfigList":[{}]}']) {
      const code = RequestCode.UPDATE_AND_CREATE_TOPIC_LIST;
      equal((await cluster.request(master, code, {}, { body })).code, 29, body);
    }
    const remove = (topic: string) => cluster.request(master, RequestCode.DELETE_TOPIC_IN_BROKER, { topic });
    equal((await remove('TBW102')).code, 29);
    equal((await remove('')).code, 29);
    equal((await remove('never was')).code, 0);
    equal((await cluster.request(master, RequestCode.GET_TOPIC_CONFIG, { topic: 'no' })).code, 17);
  });

  it('answers what clients send of themselves, and what it does not know', async () => {
    const { cluster, master } = await started();
    equal((await cluster.request(master, RequestCode.HEART_BEAT, {}, { body: '{}' })).code, 0);
    equal((await cluster.request(master, RequestCode.UNREGISTER_CLIENT)).code, 0);
    equal((await cluster.request(master, 9999)).code, 3);
  });

  it('takes a role notice from anybody for a reason to ask, not for the truth', async () => {
    const { cluster, master } = await started();
    const epoch = cluster.masterEpoch();
    const notice = {
      masterAddress: 'n9:10911',
      masterBrokerId: '9',
      masterEpoch: '99',
      syncStateSetEpoch: '99',
    };
    const body = { body: '{"syncStateSet":[9],"syncStateSetEpoch":99}' };
    equal((await cluster.request(master, RequestCode.NOTIFY_BROKER_ROLE_CHANGED, notice, body)).code, 0);
    await cluster.world.runFor(1000);
    deepEqual([cluster.master(), cluster.masterEpoch()], [master, epoch]);
  });
});

describe('a broker whose disk', () => {
  it('is full refuses sends, loses nothing, and goes on when there is room', async () => {
    const { cluster, master } = await started();
    equal((await cluster.createTopic(master, 't')).code, 0);
    const { disk } = cluster.world.host(master);
    disk.makeRoom(16 * 1024);
    const acknowledged: string[] = [];
    let lastCode = 0;
    for (let i = 0; lastCode !== 14 && i < 200; i += 1) {
      const body = `${i} ${'x'.repeat(300)}`;
      lastCode = (await cluster.send(master, 't', body)).code;
      if (lastCode === 0) acknowledged.push(body);
    }
    equal(lastCode, 14);
    disk.makeRoom();
    await cluster.world.run(() => cluster.broker(master).store?.state().kind === 'ok', 10_000);
    equal((await cluster.send(cluster.master() ?? '', 't', 'after')).code, 0);
    const bodies = await cluster.pullAll(cluster.master() ?? '', 't');
    deepEqual(
      bodies.filter((body) => acknowledged.includes(body)),
      acknowledged,
    );
    equal(bodies.at(-1), 'after');
  });

  it('is broken stops with a clear line, and another takes over', async () => {
    const { cluster, master } = await started();
    equal((await cluster.createTopic(master, 't')).code, 0);
    cluster.world.host(master).disk.fail({ operation: 'write', code: 'EIO' });
    const unlucky = cluster.startSend(master, 't', 'x', { timeoutMs: 1000 });
    await cluster.world.run(() => cluster.failures.has(master), 10_000);
    await cluster.world.settle(unlucky.catch(() => undefined));
    const told = cluster.world.log.some((line) =>
      JSON.stringify(line).includes('is broken, stopping this broker'),
    );
    equal(told, true);
    cluster.kill(master);
    const next = await cluster.untilMaster(master);
    await cluster.untilAllInSync(2);
    equal((await cluster.send(next, 't', 'y')).code, 0);
  });
});

describe('a broker', () => {
  it('refuses a store folder that belongs to another one', async () => {
    const { cluster, slave } = await started();
    await cluster.world.settle(cluster.broker(slave).stop());
    cluster.kill(slave);
    const host = cluster.world.host(slave);
    host.disk.writeFile('/store/brokerIdentity', Buffer.from('DefaultCluster#broker-b#1'));
    host.allowFatal();
    cluster.startBroker(slave);
    await cluster.world.run(() => host.fatalErrors.length > 0, 5000);
    const [fatal] = host.fatalErrors;
    equal(/found that of DefaultCluster\/broker-b/.test(String(fatal?.error)), true);
  });
});
