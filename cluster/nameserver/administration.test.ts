import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { describe, it } from 'mocha';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { json, NameServerScene, text } from './testing/nameserver-scene.ts';

type Fields = Readonly<Record<string, string>>;

describe('the nameserver’s administration', () => {
  it('lists topics', async () => {
    const scene = new NameServerScene(20);
    await scene.start();
    await scene.register(scene.client('n1'));
    const lists = async (code: number, fields: Fields = {}): Promise<unknown> =>
      json(await scene.ask(code, fields));
    assert.deepEqual(await lists(RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER), {
      topicList: ['T1', 'T2'],
    });
    assert.deepEqual(await lists(RequestCode.GET_TOPICS_BY_CLUSTER, { cluster: 'c' }), {
      topicList: ['T1', 'T2'],
    });
    assert.deepEqual(await lists(RequestCode.GET_TOPICS_BY_CLUSTER, { cluster: 'x' }), { topicList: [] });
    assert.deepEqual(await lists(RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS), {
      brokerAddr: 'n1:10911',
      topicList: ['c', 'broker-a'],
    });
    const queue = { brokerName: 'broker-a', perm: 6, readQueueNums: 1, writeQueueNums: 1 };
    for (const [topic, topicSysFlag] of [
      ['unit', 1],
      ['sub', 2],
      ['both', 3],
    ] as const) {
      const body = { queueDatas: [{ ...queue, topicSysFlag }] };
      await scene.ask(RequestCode.REGISTER_TOPIC_IN_NAMESRV, { topic }, body);
    }
    assert.deepEqual(await lists(RequestCode.GET_UNIT_TOPIC_LIST), { topicList: ['unit', 'both'] });
    assert.deepEqual(await lists(RequestCode.GET_HAS_UNIT_SUB_TOPIC_LIST), { topicList: ['sub', 'both'] });
    assert.deepEqual(await lists(RequestCode.GET_HAS_UNIT_SUB_UNUNIT_TOPIC_LIST), { topicList: ['sub'] });
    await scene.ask(RequestCode.DELETE_TOPIC_IN_NAMESRV, { topic: 'T1', clusterName: '' });
    assert.equal(await scene.addresses('T1'), ResponseCode.TOPIC_NOT_EXIST);
    const bad = await scene.ask(RequestCode.REGISTER_TOPIC_IN_NAMESRV, { topic: 'T1' }, {});
    assert.equal(bad.code, ResponseCode.SYSTEM_ERROR);
  });

  it('can be told not to', async () => {
    const scene = new NameServerScene(21);
    await scene.start({ enableTopicList: 'false', enableAllTopicList: 'false' });
    for (const [code, fields] of [
      [RequestCode.GET_ALL_TOPIC_LIST_FROM_NAMESERVER, {}],
      [RequestCode.GET_TOPICS_BY_CLUSTER, { cluster: 'c' }],
      [RequestCode.GET_SYSTEM_TOPIC_LIST_FROM_NS, {}],
      [RequestCode.GET_UNIT_TOPIC_LIST, {}],
    ] as const) {
      assert.equal((await scene.ask(code, fields)).code, ResponseCode.SYSTEM_ERROR);
    }
  });

  it('takes the permission to write from a broker set, and gives it back', async () => {
    const scene = new NameServerScene(22);
    await scene.start();
    await scene.register(scene.client('n1'));
    const broker = { brokerName: 'broker-a' };
    const wiped = await scene.ask(RequestCode.WIPE_WRITE_PERM_OF_BROKER, broker);
    assert.deepEqual({ ...wiped.extFields }, { wipeTopicCount: '2' });
    assert.match(text(await scene.route('T1')), /"perm":4/);
    const added = await scene.ask(RequestCode.ADD_WRITE_PERM_OF_BROKER, broker);
    assert.deepEqual({ ...added.extFields }, { addTopicCount: '2' });
    assert.match(text(await scene.route('T1')), /"perm":6/);
  });

  it('keeps the KV configuration over a power cut', async () => {
    const scene = new NameServerScene(23);
    await scene.start({ orderMessageEnable: 'true' });
    const entry = { namespace: 'ORDER_TOPIC_CONFIG', key: 'T1' };
    const put = await scene.ask(RequestCode.PUT_KV_CONFIG, { ...entry, value: 'broker-a:4' });
    assert.equal(put.code, ResponseCode.SUCCESS);
    await scene.ask(RequestCode.PUT_KV_CONFIG, { ...entry, key: 'T2', value: 'x' });
    await scene.ask(RequestCode.DELETE_KV_CONFIG, { ...entry, key: 'T2' });
    scene.world.host('c1').kill({ powerCut: true });
    await scene.start({ orderMessageEnable: 'true' });
    // Nobody told the client of the power cut: its old connection is reset by its next bytes.
    await assert.rejects(scene.ask(RequestCode.GET_KV_CONFIG, entry), /was reset/);
    assert.equal((await scene.ask(RequestCode.GET_KV_CONFIG, entry)).extFields?.['value'], 'broker-a:4');
    const missing = await scene.ask(RequestCode.GET_KV_CONFIG, { ...entry, key: 'T2' });
    assert.equal(missing.code, ResponseCode.QUERY_NOT_FOUND);
    const list = await scene.ask(RequestCode.GET_KVLIST_BY_NAMESPACE, { namespace: 'ORDER_TOPIC_CONFIG' });
    assert.deepEqual(json(list), { table: { T1: 'broker-a:4' } });
    const none = await scene.ask(RequestCode.GET_KVLIST_BY_NAMESPACE, { namespace: 'x' });
    assert.equal(none.code, ResponseCode.QUERY_NOT_FOUND);
    const registered = await scene.register(scene.client('n1'));
    assert.deepEqual(json(registered), { table: { T1: 'broker-a:4' } });
    assert.match(text(await scene.route('T1')), /"orderTopicConf":"broker-a:4"/);
  });

  it('does not start on a KV file that it cannot read', async () => {
    for (const [content, what] of [
      ['{', /kvConfig.json: wanted .* got "\{"/],
      ['{"configTable":[1]}', /got \[1\] in the place of an object/],
    ] as const) {
      const scene = new NameServerScene(24);
      scene.world.host('c1').disk.writeFile('namesrv/kvConfig.json', Buffer.from(content));
      await assert.rejects(scene.start(), what);
    }
  });

  it('tells and changes its configuration', async () => {
    const scene = new NameServerScene(25);
    await scene.start();
    assert.match(text(await scene.ask(RequestCode.GET_NAMESRV_CONFIG)), /^listenPort=9876$/m);
    const changed = await scene.ask(RequestCode.UPDATE_NAMESRV_CONFIG, {}, 'waitSecondsForService=46\n');
    assert.equal(changed.code, ResponseCode.SUCCESS);
    assert.match(text(await scene.ask(RequestCode.GET_NAMESRV_CONFIG)), /^waitSecondsForService=46$/m);
    const refused = await scene.ask(RequestCode.UPDATE_NAMESRV_CONFIG, {}, 'kvConfigPath=/x\n');
    assert.equal(refused.code, ResponseCode.NO_PERMISSION);
  });
});
