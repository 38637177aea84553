import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { RequestCode } from '../remoting/request-code.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { brokerName, formed } from './testing/controller-scene.ts';

describe('a group of controllers', () => {
  it('answers no read by a leader that was deposed and does not know it', async () => {
    const { group, leader, brokers } = await formed(40);
    const { world } = group;
    const others = group.hosts.filter((host) => host !== leader);
    // The old leader hears the first broker and nobody else.
    world.partition([leader], [...others, 'n2', 'n3'], 'drop');
    world.partition(['n1'], others, 'drop');
    const read = brokers[0].ask(leader, RequestCode.CONTROLLER_GET_REPLICA_INFO, { brokerName });
    const question = brokers[0].elect(leader);
    const proposal = brokers[0].alter(leader, [1], { masterEpoch: 1, setEpoch: 2, incarnations: '1:1a' });
    const successor = await group.leader(others);
    await group.runUntilEpoch(2, successor, 5000);
    const lateRead = brokers[0].ask(leader, RequestCode.CONTROLLER_GET_REPLICA_INFO, { brokerName });
    for (const answer of [read, lateRead])
      assert.notEqual((await world.settle(answer)).code, ResponseCode.SUCCESS);
    // That its master still exists would be such an answer as well.
    assert.notEqual((await world.settle(question)).code, ResponseCode.CONTROLLER_MASTER_STILL_EXIST);
    // Not a refusal: the entry is in a log, and might have been committed.
    assert.equal((await world.settle(proposal)).code, ResponseCode.SYSTEM_ERROR);
    world.heal();
    await world.run(() => group.hosts.every((host) => group.masterEpoch(host) === 2), 5000);
    assert.deepEqual(group.roles(leader), [2, 2, [2]]);
  });

  it('decides nothing without a majority, and goes on by itself once there is one', async () => {
    const { group, leader, brokers } = await formed(41);
    const others = group.hosts.filter((host) => host !== leader);
    for (const host of others) group.kill(host);
    await group.world.runFor(3000);
    group.world.host('n1').kill();
    const answer = await group.world.settle(
      brokers[1].ask(leader, RequestCode.CONTROLLER_GET_REPLICA_INFO, { brokerName }),
    );
    assert.equal(answer.code, ResponseCode.CONTROLLER_NOT_LEADER);
    await group.start(others[0] ?? '');
    const successor = await group.leader();
    await group.runUntilEpoch(2, successor, 5000);
  });

  it('remembers everything over a restart of all, after a power cut too', async () => {
    const { group } = await formed(42);
    for (const host of group.hosts) {
      group.world.host(host).kill({ powerCut: true });
      group.servers.delete(host);
    }
    const leader = await group.startAll();
    assert.deepEqual(group.roles(leader), [1, 1, [1, 2, 3]]);
    await group.world.runFor(4000);
    assert.equal(group.masterEpoch(leader), 1, 'the brokers were there all the time');
    assert.equal(group.servers.get(leader)?.brokerSet(brokerName)?.nextBrokerId, 4);
  });

  it('does not let its log grow by questions that change nothing', async () => {
    const { group, leader, brokers } = await formed(43);
    const { disk } = group.world.host(leader);
    const bytes = () => disk.filePaths().reduce((sum, path) => sum + disk.readFile(path).length, 0);
    const before = bytes();
    for (let index = 0; index < 20; index++) {
      await group.world.settle(brokers[1].register(leader));
      const again = await group.world.settle(brokers[1].elect(leader));
      assert.equal(again.code, ResponseCode.CONTROLLER_MASTER_STILL_EXIST);
    }
    assert(before > 0);
    assert.equal(bytes(), before);
  });

  it('does the same again from the same seed', async () => {
    const digest = async (): Promise<string> => {
      const { group, leader } = await formed(44);
      group.world.host('n1').kill();
      await group.runUntilEpoch(2, leader, 1000);
      return group.world.digest();
    };
    assert.equal(await digest(), await digest());
  });
});
