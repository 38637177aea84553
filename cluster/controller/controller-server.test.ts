import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RemotingClient } from '../remoting/remoting-client.ts';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { bodyOf, brokerName, clusterName, formed, Group } from './testing/controller-scene.ts';

describe('a controller', () => {
  it('gives ids, roles and sets with the fields that RocketMQ’s brokers read', async () => {
    const group = new Group(1);
    const { world } = group;
    const leader = await group.startAll();
    const broker = group.broker(1);
    const own = { clusterName, brokerName };
    const next = await world.settle(broker.ask(leader, RequestCode.CONTROLLER_GET_NEXT_BROKER_ID, own));
    assert.deepEqual(next.extFields, { ...own, nextBrokerId: '1' });
    const application = { ...own, appliedBrokerId: '1', registerCheckCode: 'n1:10911;1' };
    const applied = await world.settle(
      broker.ask(leader, RequestCode.CONTROLLER_APPLY_BROKER_ID, application),
    );
    assert.deepEqual([applied.code, applied.extFields], [0, own]);
    const registered = await world.settle(broker.register(leader));
    assert.deepEqual(registered.extFields, own);
    assert.deepEqual(bodyOf(registered), { syncStateSet: [], syncStateSetEpoch: 0 });
    const elected = await world.settle(broker.elect(leader));
    const master = {
      ...{ masterBrokerId: '1', masterAddress: 'n1:10911', masterEpoch: '1' },
      ...{ masterHaAddress: 'n1:10912', masterIncarnation: '1a' },
    };
    assert.deepEqual({ ...elected.extFields }, { ...master, syncStateSetEpoch: '1' });
    assert.deepEqual((bodyOf(elected) as { brokerMemberGroup: unknown }).brokerMemberGroup, {
      brokerAddrs: { 1: 'n1:10911' },
      brokerName,
      cluster: clusterName,
    });
    const again = await world.settle(broker.register(leader));
    assert.deepEqual({ ...again.extFields }, { ...own, ...master, syncStateSetEpoch: '1' });
    const info = await world.settle(
      broker.ask(leader, RequestCode.CONTROLLER_GET_REPLICA_INFO, { brokerName }),
    );
    assert.deepEqual({ ...info.extFields }, master);
    assert.deepEqual(bodyOf(info), { syncStateSet: [1], syncStateSetEpoch: 1 });
    const still = await world.settle(broker.elect(leader));
    assert.equal(still.code, ResponseCode.CONTROLLER_MASTER_STILL_EXIST);
    assert.equal(still.extFields?.['masterEpoch'], '1');
  });

  it('that does not lead says who does, and still answers who leads', async () => {
    const { group, leader, brokers } = await formed(2);
    const other = group.hosts.find((host) => host !== leader) ?? '';
    const leaderId = `n${group.hosts.indexOf(leader)}`;
    for (const code of [RequestCode.CONTROLLER_GET_REPLICA_INFO, RequestCode.CONTROLLER_GET_NEXT_BROKER_ID]) {
      const answer = await group.world.settle(brokers[0].ask(other, code, { clusterName, brokerName }));
      assert.equal(answer.code, ResponseCode.CONTROLLER_NOT_LEADER);
      assert.equal(answer.extFields?.['controllerLeaderAddress'], `${leader}:9878`);
      assert.match(answer.remark ?? '', /not in leader state; the leader is n\d at c\d:9878/);
    }
    assert.equal(
      (await group.world.settle(brokers[0].register(other))).code,
      ResponseCode.CONTROLLER_NOT_LEADER,
    );
    const metadata = await group.world.settle(
      brokers[0].ask(other, RequestCode.CONTROLLER_GET_METADATA_INFO),
    );
    assert.deepEqual(
      { ...metadata.extFields },
      {
        group: 'group1',
        controllerLeaderId: leaderId,
        controllerLeaderAddress: `${leader}:9878`,
        isLeader: 'false',
        peers: 'n0:c1:9878;n1:c2:9878;n2:c3:9878;',
      },
    );
  });

  it('refuses what it cannot read as an invalid request, and goes on', async () => {
    const { group, leader, brokers } = await formed(3);
    const [broker] = brokers;
    for (const [code, fields, body] of [
      [RequestCode.CONTROLLER_REGISTER_BROKER, { brokerName, brokerId: 'x', brokerAddress: 'a' }, undefined],
      [
        RequestCode.CONTROLLER_REGISTER_BROKER,
        { brokerName, brokerId: '1', brokerAddress: 'a', incarnation: 'a;b' },
        undefined,
      ],
      [
        RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
        { brokerName, masterBrokerId: '1', masterEpoch: '1' },
        ['x'],
      ],
      [
        RequestCode.CONTROLLER_ALTER_SYNC_STATE_SET,
        { brokerName, masterBrokerId: '1', masterEpoch: '1' },
        { syncStateSet: ['1'], syncStateSetEpoch: 1 },
      ],
      [RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, { not: 'names' }],
    ] as const) {
      const answer = await group.world.settle(broker.ask(leader, code, fields, body));
      assert.equal(answer.code, ResponseCode.CONTROLLER_INVALID_REQUEST, answer.remark ?? '');
    }
    const unknown = await group.world.settle(
      broker.ask(leader, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, ['no such']),
    );
    assert.equal(unknown.code, ResponseCode.CONTROLLER_BROKER_METADATA_NOT_EXIST);
    const ids = { brokerName, brokerControllerIdsToClean: '1;x' };
    const cleaned = await group.world.settle(broker.ask(leader, RequestCode.CLEAN_BROKER_DATA, ids));
    assert.equal(cleaned.code, ResponseCode.CONTROLLER_INVALID_CLEAN_BROKER_METADATA);
    const beat = { clusterName, brokerName, brokerAddr: 'n1:10911' };
    const heartbeat = await group.world.settle(broker.ask(leader, RequestCode.BROKER_HEARTBEAT, beat));
    assert.equal(heartbeat.code, ResponseCode.CONTROLLER_INVALID_REQUEST);
  });

  it('shows the replicas with their lives, and cleans a dead one away', async () => {
    const { group, leader, brokers } = await formed(4);
    const [first] = brokers;
    group.world.host('n3').kill();
    await group.world.runFor(300);
    const answer = await group.world.settle(
      first.ask(leader, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, [brokerName]),
    );
    const replica = (id: number, alive: boolean) => ({
      ...{ alive, brokerAddress: `n${id}:10911`, brokerId: id, brokerName },
    });
    assert.deepEqual(bodyOf(answer), {
      replicasInfoTable: {
        [brokerName]: {
          inSyncReplicas: [replica(1, true), replica(2, true), replica(3, false)],
          ...{ masterAddress: 'n1:10911', masterBrokerId: 1, masterEpoch: 1, syncStateSetEpoch: 2 },
          notInSyncReplicas: [],
        },
      },
    });
    const clean = { clusterName, brokerName, brokerControllerIdsToClean: '3', invokeTime: '1' };
    const cleaned = await group.world.settle(first.ask(leader, RequestCode.CLEAN_BROKER_DATA, clean));
    assert.equal(cleaned.code, ResponseCode.SUCCESS);
    assert.deepEqual(group.roles(leader), [1, 1, [1, 2]]);
    assert.deepEqual(group.masterEpoch(leader), 1);
  });

  it('tells and changes its configuration', async () => {
    const { group, leader, brokers } = await formed(5);
    const client = brokers[0];
    const before = await group.world.settle(client.ask(leader, RequestCode.GET_CONTROLLER_CONFIG));
    assert.match(new TextDecoder().decode(before.body ?? new Uint8Array()), /notifyBrokerRoleChanged=true/);
    const update = (text: string) =>
      group.world.settle(
        new RemotingClient(group.world.host('w1').start()).request(
          `${leader}:9878`,
          { code: RequestCode.UPDATE_CONTROLLER_CONFIG, body: new TextEncoder().encode(text) },
          1000,
        ),
      );
    assert.equal((await update('notifyBrokerRoleChanged=false\n')).code, ResponseCode.SUCCESS);
  });
});

describe('a change of roles', () => {
  it('reaches a broker that is cut off from the leading controller alone', async () => {
    const { group, leader, brokers } = await formed(30);
    group.world.partition(['n2'], [leader], 'drop');
    await group.world.runFor(100);
    const altered = await group.world.settle(
      brokers[0].alter(leader, [1, 3], { masterEpoch: 1, setEpoch: 2, incarnations: '1:1a;3:3a' }),
    );
    assert.equal(altered.code, ResponseCode.SUCCESS);
    await group.world.run(() => brokers[1].notices.includes('1@1 {1,3}@3'), 200);
  });

  it('is told again, not more than twice a second by one controller, to a member whose heartbeats show an older epoch', async () => {
    const { group, brokers } = await formed(31);
    brokers[0].state.epoch = 1;
    brokers[1].state.epoch = 1;
    await group.world.runFor(1000);
    for (const broker of brokers) broker.notices.length = 0;
    await group.world.runFor(3000);
    assert.equal(brokers[0].notices.length, 0);
    assert.equal(brokers[1].notices.length, 0);
    const { length } = brokers[2].notices;
    assert(length >= 3 * 3 && length <= 3 * 7, `${length} reminders of 3 controllers in 3 s`);
  });

  it('is not told when notifyBrokerRoleChanged is off', async () => {
    const { group, leader, brokers } = await formed(32);
    for (const host of group.hosts) {
      const answer = await group.world.settle(
        new RemotingClient(group.world.host(`w-${host}`).start()).request(
          `${host}:9878`,
          {
            code: RequestCode.UPDATE_CONTROLLER_CONFIG,
            body: new TextEncoder().encode('notifyBrokerRoleChanged=false'),
          },
          1000,
        ),
      );
      assert.equal(answer.code, ResponseCode.SUCCESS);
    }
    await group.world.runFor(100);
    for (const broker of brokers) broker.notices.length = 0;
    group.world.host('n1').kill();
    await group.runUntilEpoch(2, leader, 100);
    await group.world.runFor(1000);
    assert.deepEqual(brokers[1].notices, []);
  });
});
