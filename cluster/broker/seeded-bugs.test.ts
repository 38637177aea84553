/** Guards that only a whole broker shows. */
import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { BrokerCluster, brokerNames, controllerNames } from './testing/broker-cluster.ts';

async function started(bugs: readonly SeededBug[]): Promise<{ cluster: BrokerCluster; master: string }> {
  const cluster = new BrokerCluster({ seededBugs: bugs, brokerKeys: { minInSyncReplicas: '1' } });
  await cluster.startAll();
  const master = cluster.master() ?? '';
  equal((await cluster.createTopic(master, 't')).code, 0);
  return { cluster, master };
}

describe('a seeded bug of role changes', () => {
  it('S13 serve-before-role: a master that starts again acknowledges what its successor never gets', async () => {
    const played = async (bugs: readonly SeededBug[]) => {
      const { cluster, master } = await started(bugs);
      equal((await cluster.send(master, 't', 'first')).code, 0);
      cluster.kill(master);
      const next = await cluster.untilMaster(master);
      for (const name of controllerNames) cluster.world.partition([name], [master], 'drop');
      cluster.startBroker(master);
      await cluster.world.runFor(2000);
      const { code } = await cluster.send(master, 't', 'second');
      // With the bug it stops itself: it would have to cut what it calls confirmed.
      cluster.world.host(master).allowFatal();
      cluster.world.heal();
      await cluster.world.runFor(3000);
      return [code, await cluster.pullAll(next, 't')];
    };
    deepEqual(await played([]), [14, ['first']]);
    // Answered with success, and gone.
    deepEqual(await played(['serve-before-role']), [0, ['first']]);
  });

  it('S12 promote-again-in-place: news of the SyncStateSet makes a master give queue offsets twice', async () => {
    const offsets = async (bugs: readonly SeededBug[]) => {
      const { cluster, master } = await started(bugs);
      const [slave = ''] = brokerNames.filter((name) => name !== master);
      const sends: Promise<string>[] = [];
      const send = (): void => {
        const sent = cluster.startSend(master, 't', `m${sends.length}`, { timeoutMs: 9000 });
        sends.push(sent.then(({ extFields }) => extFields?.['queueOffset'] ?? ''));
      };
      cluster.world.host(slave).pause();
      await cluster.world.runFor(2500);
      cluster.world.host(slave).resume();
      while (cluster.inSync() < 3) {
        send();
        await cluster.world.runFor(1);
      }
      send();
      send();
      const given = await cluster.world.settle(Promise.all(sends));
      return new Set(given).size === given.length;
    };
    equal(await offsets([]), true);
    equal(await offsets(['promote-again-in-place']), false);
  });
});
