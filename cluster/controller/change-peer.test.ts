import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Admin } from '../client/admin.ts';
import { ResponseCode } from '../remoting/response-code.ts';
import { formed, type Group } from './testing/controller-scene.ts';

const addresses = ['c1:9878', 'c2:9878', 'c3:9878', 'c4:9878'];

function adminOf(group: Group): Admin {
  return new Admin(group.world.host('tool').start(), { nameservers: [], controllers: addresses });
}

/** Again while the group says that it is busy. */
async function change(group: Group, admin: Admin, ...words: Parameters<Admin['changeController']>) {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const failed = await group.world.settle(
      admin.changeController(...words).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    if (failed === undefined) return;
    const { code } = failed as { readonly code?: number };
    if (
      code !== undefined &&
      code !== ResponseCode.SYSTEM_BUSY &&
      code !== ResponseCode.CONTROLLER_NOT_LEADER
    )
      throw failed;
    await group.world.runFor(100);
  }
  assert.fail(`no ${words.join(' ')} within 30 attempts`);
}

describe('the controllers change their group', () => {
  it('a controller is added, promoted, leads with what was decided before; the others are removed', async () => {
    const { group, leader } = await formed(5);
    const admin = adminOf(group);
    group.world.host('c4');
    await group.start('c4', 'n3');
    await change(group, admin, 'add-learner', 'n3', 'c4:9878');
    await group.world.runFor(300);
    const learning = await group.world.settle(admin.controllerMetadata('c4:9878'));
    assert.equal(learning.learners, 'n3:c4:9878;');
    await change(group, admin, 'promote', 'n3');
    // The leader last: it leads until its own removal is committed.
    const others = group.hosts.filter((host) => host !== leader);
    for (const host of [...others, leader]) {
      await change(group, admin, 'remove', `n${group.hosts.indexOf(host)}`);
      group.kill(host);
    }
    await group.leader(['c4']);
    const metadata = await group.world.settle(admin.controllerMetadata('c4:9878'));
    assert.deepEqual(
      [metadata.peers, metadata.isLeader, metadata.learners],
      ['n3:c4:9878;', true, undefined],
    );
    assert.deepEqual(group.roles('c4'), [1, 1, [1, 2, 3]]);
  });

  it('takes over an address under a new id, with an empty disk', async () => {
    const { group, leader } = await formed(6);
    const admin = adminOf(group);
    const gone = group.hosts.find((host) => host !== leader) ?? '';
    group.kill(gone);
    group.world.host(gone).disk.wipe();
    await group.start(gone, 'n7');
    await change(group, admin, 'remove', `n${group.hosts.indexOf(gone)}`);
    await change(group, admin, 'add-learner', 'n7', `${gone}:9878`);
    await change(group, admin, 'promote', 'n7');
    const metadata = await group.world.settle(admin.controllerMetadata(`${gone}:9878`));
    assert.match(metadata.peers ?? '', new RegExp(`n7:${gone}:9878;`));
    assert.deepEqual(group.roles(gone), [1, 1, [1, 2, 3]]);
  });

  it('says what is wrong with a request', async () => {
    const { group } = await formed(7);
    const admin = adminOf(group);
    const refused = (pattern: RegExp, ...words: Parameters<Admin['changeController']>) =>
      assert.rejects(group.world.settle(admin.changeController(...words)), pattern);
    await refused(/peerAddress: wanted host:port/, 'add-learner', 'n9');
    await refused(/peerId: wanted a name without/, 'add-learner', 'n-9', 'c4:9878');
    await refused(/promote n9: there is no member of that id/, 'promote', 'n9');
    await refused(/promote n1: that member votes already/, 'promote', 'n1');
  });
});
