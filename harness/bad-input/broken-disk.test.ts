import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BrokerCluster, brokerNames } from '../../cluster/broker/testing/broker-cluster.ts';
import { SteadyClient } from './testing/steady-client.ts';

const topic = 'kept';

interface Scene {
  readonly cluster: BrokerCluster;
  readonly client: SteadyClient;
  readonly master: string;
  readonly slave: string;
}

/** A group in sync, with a client that sends all the time; in the end nothing acknowledged is lost, and everybody has the same. */
async function underLoad(seed: number, scene: (scene: Scene) => Promise<void>): Promise<void> {
  const cluster = new BrokerCluster({ seed });
  const { world } = cluster;
  await cluster.startAll();
  const master = cluster.master() ?? '';
  const slave = brokerNames.find((name) => name !== master) ?? '';
  equal((await cluster.createTopic(master, topic)).code, 0);
  const client = new SteadyClient(cluster, topic);
  const sending = client.run();
  await world.runFor(1000);
  await scene({ cluster, client, master, slave });
  await cluster.untilAllInSync();
  await acknowledgesMore(cluster, client);
  client.stop();
  await world.settle(sending);
  await cluster.untilAllInSync();
  await world.runFor(500);
  await client.judge();
  deepEqual([...cluster.failures], []);
}

async function acknowledgesMore(cluster: BrokerCluster, client: SteadyClient): Promise<void> {
  const wanted = client.acknowledged.length + 20;
  await cluster.world.run(() => client.acknowledged.length >= wanted, 10_000);
}

/** The file of the log that was begun last, and where in it the bytes end. */
function tailOf(cluster: BrokerCluster, name: string): { readonly path: string; readonly end: number } {
  const { disk } = cluster.world.host(name);
  const path = disk.filePaths('/store/commitlog').at(-1) ?? '';
  const bytes = disk.readFile(path);
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  ok(end > 0, `${path} is empty`);
  return { path, end };
}

function linesOf(cluster: BrokerCluster, node: string): string {
  return cluster.world.log
    .filter((line) => line.node === node)
    .map((line) => line.line)
    .join('\n');
}

describe('a replica of a living group', () => {
  for (const isMaster of [false, true]) {
    it(`without its epoch file is suspect until it has everything again (${isMaster ? 'it was the master' : 'a slave'})`, () =>
      underLoad(11, async ({ cluster, client, master, slave }) => {
        const victim = isMaster ? master : slave;
        const { world } = cluster;
        cluster.kill(victim);
        if (isMaster) await cluster.untilMaster(victim);
        await acknowledgesMore(cluster, client);
        const { disk } = world.host(victim);
        ok(disk.has('/store/epochFileCheckpoint'));
        disk.remove('/store/epochFileCheckpoint');
        const restartMs = world.now();
        cluster.startBroker(victim);
        await cluster.untilAllInSync();
        const truncated = world.trace.filter(
          ({ time, node, event }) => time > restartMs && node === victim && event === 'truncated',
        );
        equal(truncated[0]?.fields['to'], 0, 'it fetches everything again');
        notEqual(cluster.master(), victim);
        match(linesOf(cluster, victim), /epoch/);
        // And it is worth as much as any other again.
        const present = cluster.master() ?? '';
        cluster.kill(present);
        await cluster.untilMaster(present);
        await acknowledgesMore(cluster, client);
        cluster.startBroker(present);
      })).timeout(60_000);
  }

  it('that is suspect is not elected, not even when the master dies at that moment', () =>
    underLoad(12, async ({ cluster, client, master, slave }) => {
      cluster.kill(slave);
      await acknowledgesMore(cluster, client);
      cluster.world.host(slave).disk.remove('/store/epochFileCheckpoint');
      cluster.startBroker(slave);
      cluster.kill(master);
      const next = await cluster.untilMaster(master);
      notEqual(next, slave);
      cluster.startBroker(master);
    })).timeout(60_000);

  it('with a bit turned over in a message near the end of its log cuts it there, and gets the rest again', () =>
    underLoad(13, async ({ cluster, client, slave }) => {
      cluster.kill(slave);
      const { disk } = cluster.world.host(slave);
      const { path, end } = tailOf(cluster, slave);
      const bodyAt = Buffer.from(disk.readFile(path)).lastIndexOf('message', end - 300);
      disk.flipBits(path, bodyAt + 3, 4);
      await acknowledgesMore(cluster, client);
      cluster.startBroker(slave);
      await cluster.untilAllInSync();
      match(linesOf(cluster, slave), /the log ends at \d+ \(.*\); \d+ bytes behind it were removed/);
    })).timeout(60_000);

  for (const seed of [21, 22, 23, 24, 25, 26]) {
    it(`with bits turned over anywhere in the last kilobyte of its log loses nothing (seed ${seed})`, () =>
      underLoad(seed, async ({ cluster, client, slave }) => {
        const { random } = cluster.world;
        cluster.kill(slave);
        const { path, end } = tailOf(cluster, slave);
        for (let count = 0; count < 3; count += 1) {
          cluster.world.host(slave).disk.flipBits(path, end - 1 - random.below(1024), 1 << random.below(8));
        }
        await acknowledgesMore(cluster, client);
        cluster.startBroker(slave);
      })).timeout(60_000);
  }

  it('with a log cut short gets the rest again', () =>
    underLoad(16, async ({ cluster, client, slave }) => {
      cluster.kill(slave);
      const { path, end } = tailOf(cluster, slave);
      cluster.world.host(slave).disk.truncateFile(path, end - 333);
      await acknowledgesMore(cluster, client);
      cluster.startBroker(slave);
    })).timeout(60_000);
});

describe('a full disk', () => {
  it('of a slave: the group goes on without it, and has it back when there is room', () =>
    underLoad(17, async ({ cluster, client, slave, master }) => {
      const { disk } = cluster.world.host(slave);
      disk.fill();
      await cluster.world.run(() => cluster.inSync() === 2, 10_000);
      await acknowledgesMore(cluster, client);
      await cluster.world.runFor(3000);
      equal(cluster.inSync(), 2);
      equal(cluster.master(), master);
      match(linesOf(cluster, slave), /the disk of \/store is full/);
      disk.makeRoom();
    })).timeout(60_000);

  it('of the master: what it cannot keep is refused or of unknown fate, and it goes on when there is room', () =>
    underLoad(18, async ({ cluster, client, master }) => {
      const { disk } = cluster.world.host(master);
      const failedBefore = client.failures.length;
      disk.fill();
      await cluster.world.run(() => client.failures.length > failedBefore, 20_000);
      await cluster.world.runFor(3000);
      match(linesOf(cluster, master), /the disk of \/store is full/);
      disk.makeRoom();
      await acknowledgesMore(cluster, client);
      await cluster.world.runFor(5000);
      match(linesOf(cluster, master), /the disk of \/store has room again/);
    })).timeout(60_000);

  it('everywhere: nothing is acknowledged, and everything is again when there is room', () =>
    underLoad(19, async ({ cluster, client }) => {
      const full = { operation: 'write', code: 'ENOSPC' } as const;
      for (const name of brokerNames) cluster.world.host(name).disk.fail(full);
      await cluster.world.runFor(2000);
      const acknowledged = client.acknowledged.length;
      await cluster.world.runFor(5000);
      equal(client.acknowledged.length, acknowledged);
      for (const name of brokerNames) {
        equal(linesOf(cluster, name).match(/the disk of \/store is full/g)?.length, 1, name);
      }
      for (const name of brokerNames) cluster.world.host(name).disk.clearFaults();
      await acknowledgesMore(cluster, client);
    })).timeout(60_000);
});
