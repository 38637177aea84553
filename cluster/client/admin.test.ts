import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { SimWorld } from '../../harness/deployment/sim/sim-world.ts';
import { FrameDecoder } from '../remoting/frame.ts';
import type { RemotingCommand } from '../remoting/remoting-command.ts';
import { RemotingServer, type Response } from '../remoting/remoting-server.ts';
import { Admin } from './admin.ts';
import { AdminError } from './admin-error.ts';

/** Recorded answers of Java nodes that carry a body, by request code; the longest of each. */
const recorded = new Map<number, Buffer>();
for (const line of readFileSync('cluster/remoting/fixtures/frames.jsonl', 'utf8').trim().split('\n')) {
  const { code, kind, frame } = JSON.parse(line);
  const [command] = new FrameDecoder().push(Buffer.from(frame, 'base64'));
  if (kind !== 'response' || command?.code !== 0 || command.body === null) continue;
  if ((recorded.get(code)?.length ?? 0) < command.body.length) recorded.set(code, Buffer.from(command.body));
}

interface AdminScene {
  readonly world: SimWorld;
  readonly admin: Admin;
  /** By "host:port code". */
  readonly answers: Map<string, Response>;
  readonly asked: { readonly at: string; readonly request: RemotingCommand }[];
}

const nodes = ['c1:9876', 'c2:9876', 'c1:9878', 'c2:9878', 'n1:10911'];
const codes = [17, 25, 26, 28, 105, 106, 215, 907, 1002, 1005, 1006, 1007];

async function setUp(): Promise<AdminScene> {
  const world = new SimWorld(1);
  const answers = new Map<string, Response>();
  const asked: { at: string; request: RemotingCommand }[] = [];
  for (const host of ['c1', 'c2', 'n1']) {
    const runtime = world.host(host).start();
    for (const at of nodes.filter((node) => node.startsWith(`${host}:`))) {
      const server = new RemotingServer(runtime, { listen: { host, port: Number(at.split(':')[1]) } });
      for (const code of codes) {
        server.handle(code, (context) => {
          asked.push({ at, request: context.request });
          context.respond(answers.get(`${at} ${code}`) ?? { code: 1, remark: 'not now' });
        });
      }
      await world.settle(server.start());
    }
  }
  const admin = new Admin(world.host('w1').start(), {
    nameservers: ['c1:9876', 'c2:9876'],
    controllers: ['c1:9878', 'c2:9878'],
  });
  return { world, admin, answers, asked };
}

function ok(body: unknown, extFields: Record<string, string> = {}): Response {
  const text = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return { code: 0, extFields, body: Buffer.from(text) };
}

describe('an admin', () => {
  it('lists the cluster from the first nameserver that answers', async () => {
    const { world, admin, answers } = await setUp();
    answers.set('c2:9876 106', ok(recorded.get(106)));
    const { brokers, clusters } = await world.settle(admin.clusterInfo());
    assert(brokers.length >= 2);
    assert(brokers.every(({ addresses, cluster }) => addresses.get(0) !== undefined && cluster !== ''));
    assert.deepEqual(
      [...clusters.values()].flat().sort(),
      brokers.map(({ brokerName }) => brokerName).sort(),
    );
  });

  it('rejects with the facts when nobody answers well', async () => {
    const { world, admin } = await setUp();
    await assert.rejects(world.settle(admin.clusterInfo()), (error) => {
      assert(error instanceof AdminError);
      assert.equal(error.code, 1);
      assert.equal(error.address, 'c2:9876');
      assert.match(error.message, /GET_BROKER_CLUSTER_INFO \(106\) at c2:9876: SYSTEM_ERROR \(1\): not now/);
      return true;
    });
    await assert.rejects(
      world.settle(admin.runtimeInfo('n1:1')),
      (error) => error instanceof AdminError && error.code === undefined && error.cause !== undefined,
    );
  });

  it('makes a topic at every master of the cluster', async () => {
    const { world, admin, answers, asked } = await setUp();
    const broker = { brokerAddrs: { 0: 'n1:10911', 2: 'n2:10911' }, brokerName: 'broker-a', cluster: 'c' };
    answers.set(
      'c1:9876 106',
      ok({ brokerAddrTable: { 'broker-a': broker }, clusterAddrTable: { c: ['broker-a'] } }),
    );
    answers.set('n1:10911 17', ok(''));
    const made = admin.createTopic({ topic: 't', queueNums: 4, attributes: '+message.type=NORMAL' }, 'c');
    assert.deepEqual(await world.settle(made), ['broker-a']);
    const { extFields } = asked.at(-1)?.request ?? {};
    assert.deepEqual(extFields, {
      topic: 't',
      defaultTopic: 'TBW102',
      readQueueNums: '4',
      writeQueueNums: '4',
      perm: '6',
      topicFilterType: 'SINGLE_TAG',
      topicSysFlag: '0',
      order: 'false',
      attributes: '+message.type=NORMAL',
      force: 'false',
    });
    await assert.rejects(
      world.settle(admin.createTopic({ topic: 't', queueNums: 4 }, 'other')),
      /no master is registered/,
    );
  });

  it('waits until every nameserver knows a topic', async () => {
    const { world, admin, answers } = await setUp();
    const route = ok({
      brokerDatas: [{ brokerAddrs: { 0: 'n1:10911' }, brokerName: 'a', cluster: 'c' }],
      queueDatas: [{ brokerName: 'a', perm: 6, readQueueNums: 4, writeQueueNums: 4 }],
    });
    answers.set('c1:9876 105', route);
    assert.equal(await world.settle(admin.topicIsKnown('t', 200)), false);
    const known = admin.topicIsKnown('t', 5000);
    await world.runFor(300);
    answers.set('c2:9876 105', route);
    assert.equal(await world.settle(known), true);
    assert.equal((await world.settle(admin.topicRoute('t'))).brokers[0]?.writeQueueNums, 4);
  });

  it('deletes a topic', async () => {
    const { world, admin, answers, asked } = await setUp();
    answers.set('n1:10911 215', ok(''));
    await world.settle(admin.deleteTopicAt('n1:10911', 't'));
    assert.deepEqual(asked.at(-1)?.request.extFields, { topic: 't' });
  });

  it('reads what Java brokers tell of their high availability and epochs', async () => {
    const { world, admin, answers } = await setUp();
    for (const code of [907, 1007]) answers.set(`n1:10911 ${code}`, ok(recorded.get(code)));
    assert.equal(typeof (await world.settle(admin.haStatus('n1:10911')))['master'], 'boolean');
    const { epochs, brokerId, brokerName } = await world.settle(admin.brokerEpoch('n1:10911'));
    assert.equal(epochs.length, 2);
    assert.equal(brokerId, 0);
    assert.equal(brokerName, 'broker-a');
    assert.equal(epochs.at(-1)?.endOffset, Number.MAX_SAFE_INTEGER);
  });

  it("reads and changes a broker's figures and settings", async () => {
    const { world, admin, answers, asked } = await setUp();
    answers.set('n1:10911 28', ok({ table: { brokerActive: 'true', unansweredRequests: 3 } }));
    answers.set('n1:10911 26', ok('brokerName=broker-a\nflushDiskType=SYNC_FLUSH\n'));
    answers.set('n1:10911 25', ok(''));
    assert.equal((await world.settle(admin.runtimeInfo('n1:10911'))).get('unansweredRequests'), '3');
    assert.equal((await world.settle(admin.brokerConfig('n1:10911'))).get('flushDiskType'), 'SYNC_FLUSH');
    await world.settle(admin.updateBrokerConfig('n1:10911', [['flushDiskType', 'ASYNC_FLUSH']]));
    assert.equal(Buffer.from(asked.at(-1)?.request.body ?? []).toString(), 'flushDiskType=ASYNC_FLUSH\n');
  });

  it('asks the controller that leads, whoever tells its name', async () => {
    const { world, admin, answers, asked } = await setUp();
    await assert.rejects(world.settle(admin.controllerLeader()), AdminError);
    answers.set('c1:9878 1005', ok('', { group: 'g', isLeader: 'false' }));
    await assert.rejects(world.settle(admin.controllerLeader()), AdminError);
    answers.set('c2:9878 1005', ok('', { controllerLeaderAddress: 'c1:9878', isLeader: 'false' }));
    answers.set('c1:9878 1006', ok(recorded.get(1006)));
    const sets = await world.settle(admin.syncStateSet(['broker-a']));
    const info = sets.get('broker-a');
    assert(info !== undefined && info.masterEpoch > 0 && info.syncStateSetEpoch > 0);
    assert(info.inSync.some(({ brokerId, alive }) => alive && brokerId === info.masterBrokerId));
    assert.equal(Buffer.from(asked.at(-1)?.request.body ?? []).toString(), '["broker-a"]');
  });

  it('has a master elected', async () => {
    const { world, admin, answers, asked } = await setUp();
    answers.set('c1:9878 1005', ok('', { controllerLeaderAddress: 'c1:9878' }));
    answers.set('c1:9878 1002', ok({}, { masterBrokerId: '2', masterAddress: 'n2:10911', masterEpoch: '7' }));
    const elected = await world.settle(admin.electMaster('c', 'broker-a', 2));
    assert.deepEqual(elected, { masterBrokerId: 2, masterAddress: 'n2:10911', masterEpoch: 7 });
    assert.equal(asked.at(-1)?.request.extFields?.['designateElect'], 'true');
  });

  it('rejects once it is stopped', async () => {
    const { world, admin } = await setUp();
    admin.stop();
    await assert.rejects(world.settle(admin.clusterInfo()), AdminError);
  });
});
