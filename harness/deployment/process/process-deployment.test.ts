/** A small cluster of real processes: the least that shows each verb. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { processStart } from '../../../cluster/runtime/os/process-start.ts';
import type { AddressForm } from '../../links/link-plan.ts';
import { detectAddressForm } from '../../links/run-slot.ts';
import type { Cluster, ClusterPlan } from '../deployment.ts';
import { ProcessDeployment } from './process-deployment.ts';
import { runsFolder } from './run-registry.ts';
import { waitFor } from './wait-for.ts';

const plan: ClusterPlan = {
  brokerName: 'broker-a',
  clusterName: 'jepsen',
  brokers: 1,
  controllers: 1,
  clients: 1,
  flush: 'ASYNC_FLUSH',
  minInSyncReplicas: 1,
  seededBugs: [],
  brokerProperties: { mappedFileSizeCommitLog: '1048576' },
  controllerProperties: {},
};
const startPatienceMs = 15_000;

async function answers(cluster: Cluster, node: string): Promise<void> {
  await waitFor(`${node} to answer`, startPatienceMs, async () => (await cluster.probeNode(node)).answered);
}

/** Each reading is exact to a millisecond or two, whenever it comes. */
async function readsNear(cluster: Cluster, node: string, offsetMs: number): Promise<void> {
  await waitFor(`the clock of ${node} to be ${offsetMs} ms off`, startPatienceMs, async () => {
    const read = await cluster.probeClock(node);
    return read.offsetMs !== undefined && Math.abs(read.offsetMs - offsetMs) < 50;
  });
}

async function silent(cluster: Cluster, node: string): Promise<boolean> {
  return !(await cluster.probeNode(node)).answered;
}

for (const form of ['addresses', 'ports'] as const satisfies readonly AddressForm[]) {
  describe(`a cluster of processes (${form})`, function () {
    // For machines that are busy with something else; on a quiet one all of it takes a few seconds.
    this.timeout(60_000);
    let folder = '';
    let cluster: Cluster;
    const lines: string[] = [];

    before(async function () {
      if (form === 'addresses' && (await detectAddressForm()) !== 'addresses') this.skip();
      folder = mkdtempSync(join(tmpdir(), 'cluster-'));
      cluster = await open(join(folder, 'one'));
      await cluster.start('c1');
      await cluster.start('n1');
      await Promise.all([answers(cluster, 'c1'), answers(cluster, 'n1')]);
    });

    after(async () => {
      await cluster?.close();
      if (folder !== '') rmSync(folder, { recursive: true, force: true });
    });

    function open(workFolder: string): Promise<Cluster> {
      // One form with each means, so that both are tried where there is libfaketime.
      const means =
        form === 'ports' ? { clockMeans: { kind: 'own', reason: 'the test wants it' } as const } : {};
      return new ProcessDeployment({ form, ...means }).open(plan, {
        workFolder,
        needs: new Set(['clock']),
        observe: () =>
          Promise.resolve({ master: 'n1', masterEpoch: 1, syncStateSet: ['n1'], controllerLeader: 'c1' }),
        log: (line) => lines.push(line),
      });
    }

    it('sees its links pass, and a server answer over them', async () => {
      const [probe] = await cluster.probeLinks([['w1', 'n1']]);
      assert.deepEqual([probe?.onConnectionsOfFrom, probe?.serverAnswered], [true, true]);
    });

    it('feels a cut on the ports of its servers, and its heal', async () => {
      const cut = await cluster.cut([['w1', 'n1']], 'drop');
      const [probe] = await cluster.probeLinks([['w1', 'n1']]);
      assert.deepEqual([probe?.onConnectionsOfFrom, probe?.serverAnswered], [false, false]);
      assert.deepEqual(cluster.cutLinks(), [['w1', 'n1']]);
      await cut.heal();
      await waitFor('the link to pass again', startPatienceMs, async () => {
        const [again] = await cluster.probeLinks([['w1', 'n1']]);
        return again?.serverAnswered === true;
      });
    });

    it('moves the clock of a node, through its lives, and puts it right', async () => {
      await cluster.setClock('c1', { offsetMs: -262_000 });
      await readsNear(cluster, 'c1', -262_000);
      await cluster.kill('c1');
      assert.equal((await cluster.probeClock('c1')).offsetMs, undefined);
      await cluster.start('c1');
      await readsNear(cluster, 'c1', -262_000);
      await cluster.setClock('c1', { offsetMs: 0 });
      await readsNear(cluster, 'c1', 0);
      await readsNear(cluster, 'n1', 0);
      await answers(cluster, 'c1');
    });

    it('shows the living roles with the states of its nodes', async () => {
      const view = await cluster.view();
      assert.equal(view.master, 'n1');
      assert.deepEqual(
        [...view.states],
        [
          ['n1', 'running'],
          ['c1', 'running'],
        ],
      );
    });

    it('pauses and wakes a node', async () => {
      await cluster.pause('n1');
      assert.equal(cluster.state('n1'), 'paused');
      assert.ok(await silent(cluster, 'n1'));
      await cluster.resume('n1');
      await answers(cluster, 'n1');
      assert.equal(cluster.isRunning('n1'), true);
    });

    it('kills a node, also a paused one, and starts it again with its data', async () => {
      await cluster.pause('n1');
      await cluster.kill('n1');
      assert.equal(cluster.state('n1'), 'absent');
      assert.ok(await silent(cluster, 'n1'));
      await cluster.start('n1');
      await answers(cluster, 'n1');
      const lives = new Set(
        readFileSync(join(dirname(cluster.printed('n1')), 'trace.jsonl'), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => (JSON.parse(line) as { life: string }).life),
      );
      assert.equal(lives.size, 2);
      assert.deepEqual(cluster.unexpectedExits(), []);
    });

    it('stops a node cleanly', async () => {
      await cluster.stop('c1');
      assert.equal(cluster.state('c1'), 'absent');
      await cluster.start('c1');
      await answers(cluster, 'c1');
    });

    it('does not meet another run', async () => {
      const other = await open(join(folder, 'two'));
      try {
        assert.notEqual(other.runId, cluster.runId);
        assert.notDeepEqual(other.directAddress('n1', 10911), cluster.directAddress('n1', 10911));
        await other.start('c1');
        await answers(other, 'c1');
      } finally {
        await other.close();
      }
      await answers(cluster, 'n1');
    });

    it('keeps logs and data of its nodes where one wants them, and closes for good', async () => {
      await cluster.stop('n1');
      await cluster.collect(join(folder, 'kept'), { data: true });
      for (const file of ['node.log', 'trace.jsonl', 'node.properties', 'data/store']) {
        assert.ok(existsSync(join(folder, 'kept', 'n1', file)), file);
      }
      const pids = readdirSync(join(runsFolder(), cluster.runId)).map(Number);
      assert.ok(pids.length >= 2);
      await cluster.close();
      await cluster.close();
      assert.ok(pids.every((pid) => processStart(pid) === undefined));
      assert.equal(existsSync(join(folder, 'one', 'nodes')), false);
    });
  });
}
