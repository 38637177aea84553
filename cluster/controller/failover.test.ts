import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RequestCode } from '../remoting/request-code.ts';
import { bodyOf, brokerName, formed, Group } from './testing/controller-scene.ts';

const candidate = (brokerId: number) => ({ brokerId, epoch: 0, maxOffset: 0 });

describe('a broker’s master that goes', () => {
  it('by a kill is replaced within 50 ms, and every member is told over its heartbeat connection', async () => {
    const { group, leader, brokers } = await formed(10);
    const { world } = group;
    group.world.host('n1').kill();
    await world.run(
      () => brokers[1].notices.includes('2@2 {2}@3') && brokers[2].notices.includes('2@2 {2}@3'),
      50,
    );
    assert.deepEqual(group.roles(leader), [2, 2, [2]]);
    const traced = world.trace.filter(
      ({ node, event }) => node === leader && (event === 'elected' || event === 'broker-inactive'),
    );
    assert.deepEqual(
      traced.slice(-2).map(({ node, fields }) => [node, fields]),
      [
        [leader, { brokerName, brokerId: 1, reason: 'closed' }],
        [
          leader,
          {
            brokerName,
            masterBrokerId: 2,
            masterEpoch: 2,
            set: [2],
            candidates: [candidate(2), candidate(3)],
          },
        ],
      ],
    );
  });

  it('by a pause is replaced after its time-out, and told when it comes back', async () => {
    const { group, leader, brokers } = await formed(11);
    const { world } = group;
    const before = world.now();
    world.host('n1').pause();
    await world.runFor(1300);
    assert.equal(group.masterEpoch(leader), 1, 'not before the time-out is over');
    await group.runUntilEpoch(2, leader, 700);
    assert(world.now() - before < 2000);
    brokers[0].notices.length = 0;
    world.host('n1').resume();
    await world.run(() => brokers[0].notices.includes('2@2 {2}@3'), 500);
  });

  it('together with the leading controller is replaced all the same (B32)', async () => {
    const { group, leader } = await formed(12);
    group.kill(leader);
    group.world.host('n1').kill();
    const successor = await group.leader();
    await group.runUntilEpoch(2, successor, 5000);
    assert.deepEqual(group.roles(successor), [2, 2, [2]]);
  });

  it('is noticed by a leader that was elected later, by close and by silence alike (B33)', async () => {
    for (const end of ['kill', 'pause'] as const) {
      const { group, leader } = await formed(13);
      group.kill(leader);
      const successor = await group.leader();
      await group.world.runFor(5000);
      assert.equal(group.masterEpoch(successor), 1, 'a change of the leader is no reason to elect');
      group.world.host('n1')[end]();
      await group.runUntilEpoch(2, successor, end === 'kill' ? 50 : 2000);
    }
  });

  it('while nobody can be elected is waited for; the first member that comes back ends the wait', async () => {
    const { group, leader } = await formed(14);
    for (const host of ['n2', 'n3', 'n1']) {
      group.world.host(host).kill();
      await group.world.runFor(50);
    }
    await group.world.runFor(5000);
    assert.deepEqual(group.roles(leader), [1, 1, [1, 2, 3]], 'no epoch without an owner');
    const back = group.broker(3, 'b');
    const answer = await group.world.settle(back.register(leader));
    assert.equal(answer.extFields?.['masterBrokerId'], '3');
    assert.equal(answer.extFields?.['masterEpoch'], '2');
    assert.deepEqual(group.roles(leader), [3, 2, [3]]);
  });

  it('by a restart faster than anybody noticed has lost its epoch', async () => {
    const { group, leader, brokers } = await formed(15);
    const back = group.broker(1, 'b');
    await group.world.settle(back.register(leader));
    await group.runUntilEpoch(2, leader, 100);
    await group.world.run(() => brokers[1].notices.includes('2@2 {2}@3'), 100);
    await group.world.runFor(3000);
    assert.equal(group.masterEpoch(leader), 2, 'and the close of its last life’s connection means nothing');
  });

  it('is not replaced when a slave goes (B39)', async () => {
    const { group, leader } = await formed(16);
    group.world.host('n2').kill();
    group.world.host('n3').pause();
    await group.world.runFor(4000);
    assert.deepEqual(group.roles(leader), [1, 1, [1, 2, 3]]);
  });
});

describe('the liveness of a broker', () => {
  it('outlives the late close of a connection that it has replaced (B37, B90)', async () => {
    const { group, leader, brokers } = await formed(20);
    const old = brokers[0].reconnect();
    await group.world.runFor(1000);
    old.stop();
    await group.world.runFor(3000);
    assert.equal(group.masterEpoch(leader), 1);
    group.world.host('n1').kill();
    await group.runUntilEpoch(2, leader, 50);
  });

  it('outlives bytes of its last life that a link held back', async () => {
    const { group, leader } = await formed(21);
    const { world } = group;
    for (const host of group.hosts) world.cut('n1', host, 'hold');
    await world.runFor(400);
    world.host('n1').kill();
    await group.runUntilEpoch(2, leader, 3000);
    // The same broker comes back from another machine, while its last words are still on the way.
    world.host('n9');
    const back = group.broker(1, 'b', 'n9');
    await world.settle(back.register(leader));
    assert.deepEqual(group.roles(leader), [2, 2, [2]]);
    world.host('n2').kill();
    world.heal();
    await world.runFor(1000);
    const info = await world.settle(
      back.ask(leader, RequestCode.CONTROLLER_GET_SYNC_STATE_DATA, {}, [brokerName]),
    );
    const { notInSyncReplicas } = (
      bodyOf(info) as {
        replicasInfoTable: Record<string, { notInSyncReplicas: { brokerId: number; alive: boolean }[] }>;
      }
    ).replicasInfoTable[brokerName] ?? { notInSyncReplicas: [] };
    assert.equal(notInSyncReplicas.find(({ brokerId }) => brokerId === 1)?.alive, true);
  });

  it('outlives a stop of a lonely controller, whatever waited in its sockets meanwhile', async () => {
    const group = new Group(22, 1);
    const leader = await group.startAll();
    const brokers = await group.formGroup(leader);
    for (const seconds of [0.5, 3, 20]) {
      group.world.host(leader).pause();
      await group.world.runFor(seconds * 500);
      // Brokers give the connection up and come again while nobody listens.
      for (const broker of brokers) broker.reconnect().stop();
      await group.world.runFor(seconds * 500);
      group.world.host(leader).resume();
      await group.world.runFor(4000);
      assert.equal(group.masterEpoch(leader), 1);
    }
    group.world.host('n1').kill();
    await group.runUntilEpoch(2, leader, 50);
  });

  it('outlives a stop of the leading controller of three, and no second leader decides otherwise', async () => {
    const { group, leader } = await formed(23);
    group.world.host(leader).pause();
    await group.world.runFor(10_000);
    group.world.host(leader).resume();
    await group.world.runFor(5000);
    for (const host of group.hosts) assert.deepEqual(group.roles(host), [1, 1, [1, 2, 3]]);
  });

  it('is not judged by what a new leader missed while it was cut off itself', async () => {
    const { group, leader } = await formed(24);
    const { world } = group;
    const others = group.hosts.filter((host) => host !== leader);
    world.partition(others, ['n1', 'n2', 'n3'], 'reset');
    await world.runFor(3000);
    group.kill(leader);
    const successor = await group.leader(others);
    for (const slave of ['n2', 'n3', 'n1']) {
      world.heal(slave);
      for (const host of others) world.heal(host, slave);
      await world.runFor(400);
    }
    await world.runFor(3000);
    assert.deepEqual(group.roles(successor), [1, 1, [1, 2, 3]]);
  });
});
