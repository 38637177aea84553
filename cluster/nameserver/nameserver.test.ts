import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { bodyCrc32 } from '../bytes/crc32.ts';
import { FrameDecoder } from '../remoting/frame.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { NameServer } from './nameserver.ts';
import { parseNameServerConfig } from './nameserver-config.ts';
import { json, NameServerScene, registrationBody, text } from './testing/nameserver-scene.ts';

describe('the nameserver', () => {
  it('answers a route as RocketMQ’s does, byte for byte', async () => {
    const scene = new NameServerScene(1);
    await scene.start();
    const answer = await scene.register(scene.client('n1'));
    assert.deepEqual([answer.code, json(answer)], [0, { table: {} }]);
    assert.equal(
      text(await scene.route('T1')),
      '{"brokerDatas":[{"brokerAddrs":{"0":"n1:10911"},"brokerName":"broker-a","cluster":"c","enableActingMaster":false}],' +
        '"filterServerTable":{},"queueDatas":[{"brokerName":"broker-a","perm":6,"readQueueNums":4,"topicSysFlag":0,"writeQueueNums":4}]}',
    );
    const missing = await scene.route('T9');
    assert.equal(missing.code, ResponseCode.TOPIC_NOT_EXIST);
    assert.match(missing.remark ?? '', /^No topic route info in name server for the topic: T9/);
    assert.equal(
      text(await scene.ask(RequestCode.GET_BROKER_CLUSTER_INFO)),
      '{"brokerAddrTable":{"broker-a":{"brokerAddrs":{"0":"n1:10911"},"brokerName":"broker-a","cluster":"c","enableActingMaster":false}},' +
        '"clusterAddrTable":{"c":["broker-a"]}}',
    );
    const group = { clusterName: 'c', brokerName: 'broker-a' };
    assert.equal(
      text(await scene.ask(RequestCode.GET_BROKER_MEMBER_GROUP, group)),
      '{"brokerMemberGroup":{"brokerAddrs":{"0":"n1:10911"},"brokerName":"broker-a","cluster":"c"}}',
    );
  });

  it('takes registrations recorded from RocketMQ 5.5.0', async () => {
    const lines = readFileSync('cluster/nameserver/fixtures/register-broker.jsonl', 'utf8')
      .trim()
      .split('\n');
    assert(lines.length > 0);
    for (const line of lines) {
      const { frame } = JSON.parse(line) as { frame: string };
      const [command] = new FrameDecoder().push(Buffer.from(frame, 'base64'));
      assert(command !== undefined);
      const scene = new NameServerScene(2);
      await scene.start();
      const answer = await scene.ask(command.code, command.extFields ?? {}, text(command));
      assert.equal(answer.code, ResponseCode.SUCCESS, answer.remark ?? '');
      const route = json(await scene.route('PeerAdminTopic')) as { brokerDatas: { brokerAddrs: unknown }[] };
      assert.deepEqual(route.brokerDatas[0]?.brokerAddrs, { 0: command.extFields?.['brokerAddr'] });
    }
  });

  it('refuses a master of an older epoch, and says so (B47)', async () => {
    const scene = new NameServerScene(3);
    await scene.start();
    const [old, next] = [scene.client('n1'), scene.client('n2')];
    await scene.register(old);
    await scene.register(next, { brokerAddr: 'n2:10911' }, { epoch: 2 });
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n2:10911' }]);
    const refused = await scene.register(old);
    assert.equal(refused.code, ResponseCode.CONTROLLER_FENCED_MASTER_EPOCH);
    assert.match(refused.remark ?? '', /n1:10911 is master of epoch 1, but one of epoch 2 registered/);
    const gone = { brokerName: 'broker-a', brokerAddr: 'n1:10911', clusterName: 'c', brokerId: '0' };
    await scene.ask(RequestCode.UNREGISTER_BROKER, gone, undefined, old);
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n2:10911' }], 'nor does its good-bye count (B48)');
    assert.deepEqual(
      { ...(await scene.register(old, { brokerId: '1' }, { epoch: 2 })).extFields },
      {
        masterAddr: 'n2:10911',
        haServerAddr: 'n1:10912',
      },
    );
  });

  it('forgets a broker with its connection, and one that is silent after the time it named', async () => {
    const scene = new NameServerScene(4);
    await scene.start();
    await scene.register(scene.client('n1'));
    await scene.register(scene.client('n2'), { brokerAddr: 'n2:10911', brokerName: 'broker-b' });
    scene.world.host('n1').kill();
    await scene.world.runFor(50);
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n2:10911' }]);
    scene.world.host('n2').pause();
    await scene.world.runFor(2800);
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n2:10911' }]);
    await scene.world.runFor(900);
    assert.equal(await scene.addresses('T1'), ResponseCode.TOPIC_NOT_EXIST);
  });

  it('keeps a broker that sends heartbeats or asks for its data version', async () => {
    const scene = new NameServerScene(5);
    await scene.start();
    const broker = scene.client('n1');
    await scene.register(broker);
    const own = { clusterName: 'c', brokerAddr: 'n1:10911', brokerName: 'broker-a', brokerId: '0' };
    const version = { counter: 2, stateVersion: 1, timestamp: 5 };
    for (const [code, body] of [
      [RequestCode.BROKER_HEARTBEAT, undefined],
      [RequestCode.QUERY_DATA_VERSION, version],
      [RequestCode.BROKER_HEARTBEAT, undefined],
    ] as const) {
      await scene.world.runFor(2000);
      assert.equal((await scene.ask(code, own, body, broker)).code, ResponseCode.SUCCESS);
    }
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n1:10911' }]);
    const same = await scene.ask(RequestCode.QUERY_DATA_VERSION, own, version, broker);
    assert.deepEqual(
      [same.extFields?.['changed'], json(same)],
      ['false', { stateVersion: 1, timestamp: 5, counter: 2 }],
    );
    const newer = await scene.ask(RequestCode.QUERY_DATA_VERSION, own, { ...version, counter: 3 }, broker);
    assert.equal(newer.extFields?.['changed'], 'true');
    const unknown = await scene.ask(RequestCode.QUERY_DATA_VERSION, { ...own, brokerAddr: 'n7:1' }, version);
    assert.deepEqual([unknown.extFields?.['changed'], unknown.body], ['true', null]);
  });

  it('does not forget brokers for a stop of its own', async () => {
    const scene = new NameServerScene(6);
    await scene.start();
    await scene.register(scene.client('n1'));
    scene.world.host('c1').pause();
    await scene.world.runFor(20_000);
    scene.world.host('c1').resume();
    await scene.world.runFor(1000);
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n1:10911' }]);
  });

  it('refuses a registration whose bytes are wrong, and serves on', async () => {
    const scene = new NameServerScene(7);
    await scene.start();
    const broker = scene.client('n1');
    const crc = await scene.register(broker, { bodyCrc32: '1' });
    assert.match(crc.remark ?? '', /crc32 not match/);
    const compressed = await scene.register(broker, { compressed: 'true' });
    assert.match(compressed.remark ?? '', /uncompressed/);
    for (const body of ['{', '[1,2', 'null', '{"topicConfigSerializeWrapper":7}']) {
      const answer = await scene.ask(
        RequestCode.REGISTER_BROKER,
        { brokerName: 'b', brokerAddr: 'a:1', clusterName: 'c', brokerId: '0', haServerAddr: 'a:2' },
        body,
        broker,
      );
      assert(answer.code === ResponseCode.SUCCESS || answer.code === ResponseCode.SYSTEM_ERROR);
    }
    const body = JSON.stringify(registrationBody(1, ['T1', 'T2']));
    const right = await scene.register(broker, { bodyCrc32: String(bodyCrc32(Buffer.from(body))) });
    assert.equal(right.code, ResponseCode.SUCCESS, right.remark ?? '');
  });

  it('refuses routes in its first seconds when it is told to wait', async () => {
    const scene = new NameServerScene(8);
    await scene.start({ needWaitForService: 'true', waitSecondsForService: '5' });
    await scene.register(scene.client('n1'), { heartbeatTimeoutMillis: '60000' });
    assert.equal((await scene.route('T1')).code, ResponseCode.SYSTEM_ERROR);
    await scene.world.runFor(5000);
    assert.equal((await scene.route('T1')).code, ResponseCode.SUCCESS);
  });
});

describe('a nameserver with an embedded controller', () => {
  const group = {
    enableControllerInNamesrv: 'true',
    controllerDLegerGroup: 'group1',
    controllerDLegerPeers: 'n0-c1:9878;n1-c2:9878;n2-c3:9878',
  };

  it('takes part in the controllers’ group, on a port of its own', async () => {
    const scene = new NameServerScene(30);
    const servers: NameServer[] = [];
    for (const [index, host] of ['c1', 'c2', 'c3'].entries()) {
      servers.push(await scene.start({ ...group, controllerDLegerSelfId: `n${index}` }, host));
    }
    await scene.world.run(() => servers.some(({ controller }) => controller?.isLeader() === true), 10_000);
    await scene.world.settle(Promise.all(servers.map((server) => server.stop())));
  });

  it('serves routes while the controllers have no majority (G8)', async () => {
    const scene = new NameServerScene(31);
    const server = await scene.start({ ...group, controllerDLegerSelfId: 'n0' });
    await scene.register(scene.client('n1'), { heartbeatTimeoutMillis: '60000' });
    await scene.world.runFor(10_000);
    assert.equal(server.controller?.isLeader(), false);
    assert.deepEqual(await scene.addresses('T1'), [{ 0: 'n1:10911' }]);
  });

  it('gives its port back when the controller cannot start', async () => {
    const scene = new NameServerScene(32);
    const values = { ...group, controllerDLegerSelfId: 'n0', controllerDLegerPeers: 'n0-c1:9876' };
    await assert.rejects(scene.start(values), { code: 'EADDRINUSE' });
    // In the same life of the same machine.
    const again = new NameServer(scene.runtimeOf('c1'), parseNameServerConfig(new Map()));
    await scene.world.settle(again.start());
  });
});
