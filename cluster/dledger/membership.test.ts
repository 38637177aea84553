import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ChangeRefusedError, ProposalUnknownError } from './dledger-errors.ts';
import { type GroupMember, SimulatedGroup } from './testing/simulated-group.ts';

async function begun(seed: number): Promise<{ group: SimulatedGroup; leader: GroupMember }> {
  const group = new SimulatedGroup(seed);
  await group.startAll();
  const leader = await group.elect(2000);
  await group.propose(leader, 'x');
  return { group, leader };
}

function voters(member: GroupMember): string {
  return (member.server.configuration()?.voterIds ?? []).join(' ');
}

describe('a DLedger group whose members change', () => {
  it('replaces each of its members in turn, and knows its group after a restart of all', async () => {
    const { group } = await begun(1);
    for (const [gone, newcomer] of [
      ['c1', 'c4'],
      ['c2', 'c5'],
      ['c3', 'c6'],
    ] as const) {
      await group.join(newcomer);
      await group.remove(gone);
      group.kill(gone);
      await group.propose(await group.elect(3000), `without ${gone}`);
    }
    for (const id of group.ids) group.kill(id, { powerCut: true });
    for (const id of group.ids) await group.start(id);
    await group.propose(await group.elect(3000), 'y');
    assert.deepEqual(await group.agree(), ['x', 'without c1', 'without c2', 'without c3', 'y']);
    for (const member of group.members()) assert.equal(voters(member), 'c4 c5 c6');
  });

  it('goes back to the configuration before, where the last one was never committed', async () => {
    const { group, leader } = await begun(2);
    const others = group.ids.filter((id) => id !== leader.id);
    group.world.partition([leader.id], others, 'drop');
    const change = leader.server.changeMembership({ kind: 'remove', id: others[0] ?? '' }, 300);
    await assert.rejects(group.world.settle(change), ProposalUnknownError);
    // It counts where it was written, also after a restart.
    group.kill(leader.id);
    const again = await group.start(leader.id);
    assert.equal(voters(again).split(' ').length, 2);
    await group.propose(await group.elect(3000, [leader.id]), 'y');
    group.world.heal();
    await group.agree();
    assert.equal(voters(again), 'c1 c2 c3');
  });

  it('says why it does not change', async () => {
    const { group, leader } = await begun(3);
    const refused = (change: Parameters<typeof leader.server.changeMembership>[0]) =>
      assert.rejects(group.world.settle(leader.server.changeMembership(change, 1000)), ChangeRefusedError);
    await refused({ kind: 'add-learner', id: 'c2', address: 'c2:9878' });
    await refused({ kind: 'promote', id: 'c2' });
    await refused({ kind: 'remove', id: 'c9' });
  });

  it('hears nothing of a member that lost its disk, until that has another id', async () => {
    const { group, leader } = await begun(4);
    const [wiped = '', other = ''] = group.ids.filter((id) => id !== leader.id);
    group.kill(wiped);
    group.world.host(wiped).disk.wipe();
    const blank = await group.start(wiped);
    group.kill(leader.id);
    await group.world.runFor(5000);
    assert.equal(group.member(other).server.isLeader(), false);
    assert.deepEqual([blank.server.term(), blank.applied], [0, []]);
    await group.start(leader.id);
    await group.propose(await group.elect(3000), 'y');
    await group.remove(wiped);
    group.kill(wiped);
    await group.join('c4');
    await group.agree();
  });
});
