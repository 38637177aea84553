/** Opens clusters of containers: sweeps, makes the image, the networks, a pod for each host with its links, and the nodes. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { osClock } from '../../../cluster/runtime/os/os-clock.ts';
import type { Host } from '../../../nemeses/nemesis.ts';
import { planLinks } from '../../links/link-plan.ts';
import { LinkProbes } from '../../links/link-probe.ts';
import { Links } from '../../links/links.ts';
import type { ToxiproxyClient } from '../../links/toxiproxy-client.ts';
import { RemoteNetwork } from '../../worker/remote-network.ts';
import { clockMeans, clockMeansOf } from '../clock-means.ts';
import { clusterHosts } from '../cluster-hosts.ts';
import type { Cluster, ClusterPlan, Deployment, OpenOptions } from '../deployment.ts';
import { hostRuntime } from '../host-runtime.ts';
import { diskLuckOf } from '../node-disk.ts';
import { brokerProperties, controllerProperties } from '../node-properties.ts';
import { RunRegistry, sweepDeadRuns } from '../process/run-registry.ts';
import { UndoList } from '../undo-list.ts';
import { DockerCluster } from './docker-cluster.ts';
import { DockerNode } from './docker-node.ts';
import { Engine } from './engine.ts';
import { ensureImage } from './image.ts';
import { runLabels } from './labels.ts';
import { openPod, type Pod } from './pod.ts';
import { removeRun, sweepDeadContainers } from './sweep.ts';

const enginePatienceMs = 2000;

/** How the harness reaches the pods: on their own network, or by ports published on 127.0.0.1. */
export type Entry = 'direct' | 'published';

export interface DockerDeploymentOptions {
  readonly engine?: Engine;
  /** Found out when absent. */
  readonly entry?: Entry;
}

export class DockerDeployment implements Deployment {
  readonly name = 'docker';
  readonly clock = osClock;
  readonly #engine: Engine;
  readonly #entry: Entry | undefined;

  constructor(options: DockerDeploymentOptions = {}) {
    this.#engine = options.engine ?? new Engine();
    this.#entry = options.entry;
  }

  drive<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  unavailable(): Promise<string | undefined> {
    return this.#engine.silence(enginePatienceMs);
  }

  async open(plan: ClusterPlan, options: OpenOptions): Promise<Cluster> {
    sweepDeadRuns();
    for (const { runId, containers, networks, failure } of await sweepDeadContainers(this.#engine)) {
      options.log(
        failure === undefined
          ? `swept up after run ${runId}, whose harness died: ${containers} containers, ${networks} networks`
          : `run ${runId}, whose harness died, left what could not be swept up: ${failure}`,
      );
    }
    const undo = new UndoList();
    try {
      return await this.#open(plan, options, undo);
    } catch (error) {
      await undo.run();
      throw error;
    }
  }

  async #open(plan: ClusterPlan, options: OpenOptions, undo: UndoList): Promise<Cluster> {
    const engine = this.#engine;
    const registry = new RunRegistry();
    const { runId } = registry;
    undo.add(() => registry.close());
    const workFolder = resolve(options.workFolder);
    mkdirSync(workFolder, { recursive: true });
    const image = await ensureImage(engine, options.toxiproxy ?? 'auto', options.log, runLabels(runId));
    removeAtExit(runId, undo);
    undo.add(async () => {
      await removeRun(engine, runId);
    });
    const hosts = clusterHosts(plan);
    const podsByName = await this.#openPods(hosts, { runId, image, workFolder });
    const pods = [...podsByName.values()];
    options.log(`Toxiproxy: ${await toxiproxyOf(pods)}`);
    const links = await Links.open(
      (source) => podOf(podsByName, source).toxiproxy,
      planLinks(hosts, { form: 'pods', addresses: new Map(pods.map((pod) => [pod.host.name, pod.address])) }),
    );
    const observer = hostRuntime('observer', observerTable(pods), plan, options);
    const runtimes = new Map(
      pods.map(({ host, agent }) => {
        const runtime = hostRuntime(host.name, [], plan, options);
        return [host.name, { ...runtime, network: new RemoteNetwork(agent) }] as const;
      }),
    );
    const probes = await LinkProbes.open(links.plan, runtimes);
    const clocks = clockMeansOf(options, process.platform === 'linux' ? clockMeans() : noneInOfficialImage);
    const nodes = await Promise.all(
      pods
        .filter(({ host }) => host.kind !== 'client')
        .map(({ host, id: podId, address }) =>
          DockerNode.open({
            engine,
            runId,
            image: image.tag,
            host,
            podId,
            address,
            program: host.kind === 'controller' ? 'cluster/bin/mqnamesrv' : 'cluster/bin/mqbroker',
            folder: join(workFolder, 'nodes', host.name),
            properties: (dataFolder) =>
              (host.kind === 'controller' ? controllerProperties : brokerProperties)(
                plan,
                host.name,
                dataFolder,
              ),
            seededBugs: plan.seededBugs,
            user: userOfHarness(),
            limits: options.limits ?? {},
            diskLuck: diskLuckOf(options, observer.random),
            clockMeans: clocks,
            nowMs: () => observer.clock.monotonicMs(),
          }),
        ),
    );
    return new DockerCluster(
      {
        runId,
        plan,
        hosts,
        nodes: new Map(nodes.map((node) => [node.host.name, node])),
        links,
        runtimes,
        observer,
        probes,
        options: { ...options, workFolder },
        monotonicAheadMs: monotonicAheadMs(pods),
        release: () => undo.run(),
      },
      podsByName,
    );
  }

  async #openPods(
    hosts: readonly Host[],
    world: {
      readonly runId: string;
      readonly image: Awaited<ReturnType<typeof ensureImage>>;
      readonly workFolder: string;
    },
  ): Promise<ReadonlyMap<string, Pod>> {
    const engine = this.#engine;
    const { runId, image, workFolder } = world;
    const labels = runLabels(runId);
    const network = `rocketmq-jepsen-${runId}`;
    await engine.createNetwork({ name: network, labels, internal: true });
    let entryNetwork: string | undefined;
    if ((this.#entry ?? (await usualEntry(engine))) === 'published') {
      entryNetwork = `${network}-entry`;
      // A port can be published only on a network that has a way out; without masquerade no answer finds back in.
      const options = { 'com.docker.network.bridge.enable_ip_masquerade': 'false' };
      await engine.createNetwork({ name: entryNetwork, labels, internal: false, options });
    }
    const user = userOfHarness();
    const pods = await Promise.all(
      hosts.map((host) =>
        openPod(host, { engine, runId, image, hosts, network, entryNetwork, user, logFolder: workFolder }),
      ),
    );
    return new Map(pods.map((pod) => [pod.host.name, pod]));
  }
}

/** The image that is made elsewhere than on Linux begins from Node's official one. */
const noneInOfficialImage = { kind: 'own', reason: 'the official image has no libfaketime' } as const;

/** Where engine and harness share a kernel the harness is on every network of the engine. */
async function usualEntry(engine: Engine): Promise<Entry> {
  return process.platform === 'linux' && !(await engine.isDesktop()) ? 'direct' : 'published';
}

/** So that what containers write is the harness's own; where the files pass through a virtual machine that is seen to. */
function userOfHarness(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}

function observerTable(pods: readonly Pod[]): readonly string[] {
  return pods.flatMap(({ host, address, entryPorts }) =>
    entryPorts.size === 0
      ? [`${address} ${host.name}`]
      : [...entryPorts].map(([port, entry]) => `${host.name}:${port} 127.0.0.1:${entry}`),
  );
}

async function toxiproxyOf(pods: readonly Pod[]): Promise<string> {
  const [pod] = pods;
  if (pod === undefined) return 'none, since there is no host';
  const version = await pod.toxiproxy.version();
  return `${version.startsWith('embedded') ? 'embedded' : 'real'} (${version}), one in each of ${pods.length} pods`;
}

function podOf(pods: ReadonlyMap<string, Pod>, host: string): Pod & { readonly toxiproxy: ToxiproxyClient } {
  const pod = pods.get(host);
  if (pod === undefined) throw new Error(`no pod of ${host}`);
  return pod;
}

/** What lay between the word of a pod and its arrival only makes it seem less. */
function monotonicAheadMs(pods: readonly Pod[]): number {
  const isOneKernel = pods.every(({ entryPorts }) => entryPorts.size === 0);
  return isOneKernel ? 0 : Math.max(...pods.map(({ agent }) => agent.monotonicAheadMs));
}

/** A harness that ends in a hurry (a second Ctrl-C) cannot wait for the engine: another process does it. */
function removeAtExit(runId: string, undo: UndoList): void {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const sweeper = fileURLToPath(new URL(`./sweep-main.${extension}`, import.meta.url));
  const sweep = () => {
    spawn(process.execPath, [sweeper, runId], { detached: true, stdio: 'ignore' }).unref();
  };
  process.on('exit', sweep);
  undo.add(() => {
    process.off('exit', sweep);
  });
}
