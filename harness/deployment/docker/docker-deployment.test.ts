/** One small cluster of real containers: the least that shows each verb. Skipped where no engine answers. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { NetworkError } from '../../../cluster/runtime/network.ts';
import { createTopic, openLogClient } from '../../runner/rocketmq-log-client.ts';
import type { LogClient } from '../../workload/log-client.ts';
import { type Cluster, type ClusterPlan, ports } from '../deployment.ts';
import { waitFor } from '../process/wait-for.ts';
import { DockerDeployment, type Entry } from './docker-deployment.ts';
import { Engine } from './engine.ts';
import { ensureImage } from './image.ts';
import { inImage, nodeInImage } from './image-files.ts';
import { ofRun, runLabels } from './labels.ts';
import { openPod } from './pod.ts';
import { sweepDeadContainers } from './sweep.ts';

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
/** On a machine that is busy with something else; on a quiet one each wait takes a second or two. */
const patienceMs = 60_000;
const engine = new Engine();
const silence = process.platform === 'win32' ? 'not tried on Windows' : await engine.silence(2000);

function open(workFolder: string, entry?: Entry): Promise<Cluster> {
  return new DockerDeployment({ engine, ...(entry === undefined ? {} : { entry }) }).open(plan, {
    workFolder,
    observe: () =>
      Promise.resolve({ master: 'n1', masterEpoch: 1, syncStateSet: ['n1'], controllerLeader: 'c1' }),
    log: () => undefined,
    needs: new Set(['clock']),
    limits: { memoryBytes: 512 * 1024 * 1024, cpus: 1.5 },
  });
}

async function answers(cluster: Cluster, node: string): Promise<void> {
  await waitFor(`${node} to answer`, patienceMs, async () => (await cluster.probeNode(node)).answered);
}

/** A probe has little patience, which a busy machine may use up. */
async function passes(cluster: Cluster, from: string, to: string): Promise<void> {
  await waitFor(`bytes and answers over ${from} -> ${to}`, patienceMs, async () => {
    const [probe] = await cluster.probeLinks([[from, to]]);
    return probe?.onConnectionsOfFrom === true && probe.serverAnswered === true;
  });
}

describe(`a cluster of containers${silence === undefined ? '' : ` (skipped: ${silence})`}`, function () {
  this.timeout(4 * patienceMs);
  let folder = '';
  let cluster: Cluster;
  let client: LogClient;

  before(async function () {
    if (silence !== undefined) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'docker-cluster-'));
    cluster = await open(join(folder, 'one'));
    await Promise.all([cluster.start('c1'), cluster.start('n1')]);
    await Promise.all([answers(cluster, 'c1'), answers(cluster, 'n1')]);
  });

  after(async () => {
    await cluster?.close();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('sees its links pass, and a server answer over them', async () => {
    await passes(cluster, 'w1', 'n1');
    await passes(cluster, 'c1', 'n1');
  });

  it('runs the clients of a client host there, who write and read over its links', async () => {
    await createTopic(cluster, 'there', 1, patienceMs);
    const host = cluster.hosts.find(({ name }) => name === 'w1');
    client = openLogClient(cluster, host, 'there');
    await waitFor('a message to be taken', patienceMs, async () => {
      const outcome = await client.send(0, 'said at w1');
      return outcome.kind === 'ok' && outcome.node === 'n1';
    });
    const pulled = await client.pull(0, 0, 1);
    assert.deepEqual(pulled.kind === 'ok' ? pulled.value.messages : pulled.error, [[0, 'said at w1']]);
  });

  it('feels a cut, its clients too, and its heal', async () => {
    const cut = await cluster.cut([['w1', 'n1']], 'drop');
    assert.deepEqual(cluster.cutLinks(), [['w1', 'n1']]);
    const [[probe], sent] = await Promise.all([cluster.probeLinks([['w1', 'n1']]), client.send(0, 'lost')]);
    assert.deepEqual([probe?.onConnectionsOfFrom, probe?.serverAnswered], [false, false]);
    assert.equal(sent.kind, 'info');
    await cut.heal();
    await passes(cluster, 'w1', 'n1');
    await client.close();
  });

  it('moves the clock of a node, and puts it right', async () => {
    for (const wantedMs of [262_000, 0]) {
      await cluster.setClock('n1', { offsetMs: wantedMs });
      await waitFor(`the clock to be ${wantedMs} ms off`, patienceMs, async () => {
        const { offsetMs } = await cluster.probeClock('n1');
        return offsetMs !== undefined && Math.abs(offsetMs - wantedMs) < 50;
      });
    }
  });

  it('lets no host reach an address outside', async () => {
    const address = await elsewhere(engine, cluster.runId);
    const outside = { host: address, port: 8474 };
    await waitFor('what is outside to answer the harness', patienceMs, async () => {
      const stream = await cluster.observer.network.connect(outside, 500).catch(() => undefined);
      stream?.destroy();
      return stream !== undefined;
    });
    for (const host of ['n1', 'w1']) {
      await assert.rejects(cluster.runtimeFor(host).network.connect(outside, 500), NetworkError, host);
    }
    const networks = await Promise.all(
      (await engine.networks(ofRun(cluster.runId))).map(({ id }) => engine.networkOf(id)),
    );
    assert.deepEqual(
      networks.sort((a, b) => a.name.length - b.name.length),
      [
        { name: `rocketmq-jepsen-${cluster.runId}`, internal: true },
        { name: `rocketmq-jepsen-${cluster.runId}-elsewhere`, internal: false },
      ],
    );
  });

  it('pauses and wakes a node', async () => {
    await cluster.pause('n1');
    assert.equal(cluster.state('n1'), 'paused');
    assert.equal((await cluster.probeNode('n1')).answered, false);
    await cluster.resume('n1');
    await answers(cluster, 'n1');
    assert.equal(cluster.isRunning('n1'), true);
  });

  it('kills a node, also a paused one, and starts it again at its address and with its data', async () => {
    const address = cluster.directAddress('n1', ports.broker);
    await cluster.pause('n1');
    await cluster.kill('n1');
    assert.equal(cluster.state('n1'), 'absent');
    assert.equal((await cluster.probeNode('n1')).answered, false);
    await cluster.start('n1');
    await answers(cluster, 'n1');
    assert.deepEqual(cluster.directAddress('n1', ports.broker), address);
    const trace = readFileSync(join(dirname(cluster.printed('n1')), 'trace.jsonl'), 'utf8');
    const events = trace
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly life: string; readonly event: string });
    assert.equal(new Set(events.map(({ life }) => life)).size, 2);
    assert.deepEqual(cluster.unexpectedExits(), []);
  });

  it('stops a node cleanly', async () => {
    await cluster.stop('c1');
    assert.equal(cluster.state('c1'), 'absent');
    assert.match(readFileSync(cluster.printed('c1'), 'utf8'), /stopped\s*$/);
    await cluster.start('c1');
    await answers(cluster, 'c1');
  });

  it('keeps logs and data of its nodes where one wants them, and leaves nothing behind', async () => {
    await cluster.stop('n1');
    const { runId } = cluster;
    await cluster.collect(join(folder, 'kept'), { data: true });
    for (const file of ['node.log', 'trace.jsonl', 'node.properties', 'data/store']) {
      assert.ok(existsSync(join(folder, 'kept', 'n1', file)), file);
    }
    assert.equal((await engine.containers(ofRun(runId))).length, 6);
    await cluster.close();
    await cluster.close();
    assert.deepEqual(await engine.containers(ofRun(runId)), []);
    assert.deepEqual(await engine.networks(ofRun(runId)), []);
  });

  it('can be reached by published ports alone, and notes a death that nobody ordered', async () => {
    const other = await open(join(folder, 'published'), 'published');
    try {
      assert.equal(other.directAddress('c1', ports.nameServer).host, '127.0.0.1');
      await other.start('c1');
      await answers(other, 'c1');
      await passes(other, 'w1', 'c1');
      const running = await engine.containers(ofRun(other.runId));
      const states = await Promise.all(
        running.map(async ({ id }) => ({ id, name: await engine.nameOf(id), ...(await engine.state(id)) })),
      );
      const node = states.find(({ name }) => name.endsWith('-c1'));
      assert.ok(node?.isRunning);
      await engine.kill(node.id);
      await waitFor('the death to be noted', patienceMs, () => other.unexpectedExits().length > 0);
      assert.deepEqual(
        other.unexpectedExits().map(({ node: name, how }) => [name, how]),
        [['c1', 'signal SIGKILL']],
      );
    } finally {
      await other.close();
    }
  });

  it('is swept by the next run when its harness died, and only then', async () => {
    const image = await ensureImage(engine, 'auto', () => undefined);
    const make = async (runId: string) => {
      const labels = runLabels(runId);
      const network = `rocketmq-jepsen-test-${runId}`;
      await engine.createNetwork({ name: network, labels, internal: true });
      const command = [nodeInImage, inImage('harness/worker/agent-main')];
      const spec = { name: runId, image: image.tag, command, labels, network: { name: network } };
      return engine.createContainer(spec);
    };
    const living = cluster.runId;
    // Of a harness with our number that began at another time: it is dead.
    const dead = `${process.pid}-1-${living.split('-')[2]}`;
    await Promise.all([make(living), make(dead)]);
    const swept = await sweepDeadContainers(engine);
    assert.deepEqual(
      swept.filter(({ runId }) => runId === dead || runId === living),
      [{ runId: dead, containers: 1, networks: 1 }],
    );
    assert.equal((await engine.containers(ofRun(living))).length, 1);
    for (const { id } of await engine.containers(ofRun(living))) await engine.removeContainer(id);
    for (const { id } of await engine.networks(ofRun(living))) await engine.removeNetwork(id);
  });

  it('says in the words of a host why that one did not start', async () => {
    // Without the program that it is told to start.
    const image = { ...(await ensureImage(engine, 'embedded', () => undefined)), toxiproxy: 'real' as const };
    const { runId } = cluster;
    const network = `rocketmq-jepsen-${runId}-mute`;
    await engine.createNetwork({ name: network, labels: runLabels(runId), internal: true });
    const w9 = { name: 'w9', kind: 'client' } as const;
    const world = { engine, runId, image, hosts: [w9], network, entryNetwork: undefined, user: undefined };
    await assert.rejects(openPod(w9, { ...world, logFolder: folder }), {
      name: 'PodStartError',
      exitCode: 255,
      message: /^the host w9 did not start: agent of w9: Toxiproxy \(.*\) could not be started: .*ENOENT/,
    });
  });
});

describe('an engine that is not there', () => {
  it('is missed in one sentence', async () => {
    assert.equal(
      await new Engine('/none/docker.sock').silence(2000),
      'no container engine listens on /none/docker.sock',
    );
  });

  it('is not waited for longer than patience lasts', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'silent-engine-'));
    const socket = join(folder, 'docker.sock');
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    try {
      await new Promise<void>((resolve) => {
        silent.listen(socket, resolve);
      });
      assert.equal(await new Engine(socket).silence(50), 'no container engine answered in 0.05 s');
    } finally {
      silent.close();
      for (const one of sockets) one.destroy();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** The address of a server on another network of the engine, which counts as the run's. */
async function elsewhere(engine: Engine, runId: string): Promise<string> {
  const labels = runLabels(runId);
  const name = `rocketmq-jepsen-${runId}-elsewhere`;
  await engine.createNetwork({ name, labels, internal: false });
  const image = await ensureImage(engine, 'auto', () => undefined);
  const id = await engine.createContainer({
    name,
    image: image.tag,
    command: [nodeInImage, inImage('harness/worker/agent-main'), '--toxiproxy', 'embedded'],
    labels,
    network: { name },
    hasInput: true,
  });
  await engine.start(id);
  return engine.address(id, name);
}
