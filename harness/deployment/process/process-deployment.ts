/** Opens clusters of operating system processes: sweeps, claims a slot, raises the links, prepares the nodes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { osClock } from '../../../cluster/runtime/os/os-clock.ts';
import type { Random } from '../../../cluster/runtime/random.ts';
import type { Host } from '../../../nemeses/nemesis.ts';
import { type AddressForm, planLinks } from '../../links/link-plan.ts';
import { LinkProbes } from '../../links/link-probe.ts';
import { Links } from '../../links/links.ts';
import { claimRunSlot, detectAddressForm, type RunSlot } from '../../links/run-slot.ts';
import {
  chosenServer,
  parseToxiproxyChoice,
  type ToxiproxyChoice,
  toxiproxyForms,
} from '../../links/toxiproxy-choice.ts';
import { ToxiproxyClient } from '../../links/toxiproxy-client.ts';
import { type ClockMeans, clockMeansOf } from '../clock-means.ts';
import { clusterHosts } from '../cluster-hosts.ts';
import type { Cluster, ClusterPlan, Deployment, OpenOptions } from '../deployment.ts';
import { hostRuntime } from '../host-runtime.ts';
import { diskLuckOf } from '../node-disk.ts';
import { brokerProperties, controllerProperties } from '../node-properties.ts';
import { UndoList } from '../undo-list.ts';
import { ProcessCluster } from './process-cluster.ts';
import { ProcessNode } from './process-node.ts';
import { RunRegistry, sweepDeadRuns } from './run-registry.ts';
import { startToxiproxy } from './toxiproxy-process.ts';

export interface ProcessDeploymentOptions {
  /** Found out when absent. */
  readonly form?: AddressForm;
  /** The programs' folder, when it is not the one of this build. */
  readonly programsFolder?: string;
  /** Found out when absent. */
  readonly clockMeans?: ClockMeans;
}

export class ProcessDeployment implements Deployment {
  readonly name = 'process';
  readonly clock = osClock;
  readonly #options: ProcessDeploymentOptions;

  constructor(options: ProcessDeploymentOptions = {}) {
    this.#options = options;
  }

  drive<T>(work: Promise<T>): Promise<T> {
    return work;
  }

  unavailable(): Promise<string | undefined> {
    return Promise.resolve(
      process.platform === 'win32'
        ? 'the process deployment needs SIGSTOP, which Windows has not; use another deployment there'
        : undefined,
    );
  }

  async open(plan: ClusterPlan, options: OpenOptions): Promise<Cluster> {
    for (const { runId, pids } of sweepDeadRuns()) {
      if (pids.length === 0) continue;
      options.log(`swept up after run ${runId}, whose harness died: ${pids.length} processes killed`);
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
    const form = this.#options.form ?? (await detectAddressForm());
    const slot = await claimRunSlot(form);
    undo.add(() => slot.release());
    const registry = new RunRegistry();
    undo.add(() => registry.close());
    mkdirSync(options.workFolder, { recursive: true });
    const client = await this.#toxiproxy(options, slot, registry, undo);
    const hosts = clusterHosts(plan);
    const links = await Links.open(() => client, planLinks(hosts, slot));
    // A server of our own goes with all it has.
    if (choiceOf(options).kind === 'url') undo.add(() => links.close());
    const runtimes = new Map(
      hosts.map(({ name }) => [name, hostRuntime(name, links.hostsTable(name), plan, options)]),
    );
    const observer = hostRuntime('observer', links.directHostsTable(), plan, options);
    const probes = await LinkProbes.open(links.plan, runtimes);
    undo.add(() => probes.close());
    const clockMeans = clockMeansOf(options, this.#options.clockMeans);
    const nodes = hosts
      .filter(({ kind }) => kind !== 'client')
      .map((host) =>
        this.#node(host, {
          plan,
          options,
          links,
          registry,
          clockMeans,
          nowMs: () => observer.clock.monotonicMs(),
          luck: observer.random,
        }),
      );
    return new ProcessCluster({
      runId: registry.runId,
      plan,
      hosts,
      nodes: new Map(nodes.map((node) => [node.host.name, node])),
      links,
      runtimes,
      observer,
      probes,
      options,
      monotonicAheadMs: 0,
      release: () => undo.run(),
    });
  }

  async #toxiproxy(
    options: OpenOptions,
    slot: RunSlot,
    registry: RunRegistry,
    undo: UndoList,
  ): Promise<ToxiproxyClient> {
    const choice = choiceOf(options);
    if (choice.kind === 'url') return foreignToxiproxy(choice.url, options);
    if (choice.kind === 'image')
      throw new Error('--toxiproxy image: only containers come from images; binary=PATH takes a program');
    const server = await startToxiproxy(chosenServer(choice), slot.api, {
      logFile: join(options.workFolder, 'toxiproxy.log'),
      environment: registry.environment,
    });
    registry.add(server.child);
    undo.add(() => server.child.kill());
    options.log(`Toxiproxy: ${server.description}, slot ${slot.slot} (${slot.form})`);
    return server.client;
  }

  #node(
    host: Host,
    world: {
      readonly plan: ClusterPlan;
      readonly options: OpenOptions;
      readonly links: Links;
      readonly registry: RunRegistry;
      readonly clockMeans: ClockMeans | undefined;
      readonly nowMs: () => number;
      readonly luck: Random;
    },
  ): ProcessNode {
    const { plan, links, registry, options, clockMeans, luck, nowMs } = world;
    const properties = host.kind === 'controller' ? controllerProperties : brokerProperties;
    return new ProcessNode({
      host,
      diskLuck: diskLuckOf(options, luck),
      program: this.#program(host.kind === 'controller' ? 'mqnamesrv' : 'mqbroker'),
      folder: join(options.workFolder, 'nodes', host.name),
      hostsTable: links.hostsTable(host.name),
      properties: (dataFolder) => properties(plan, host.name, dataFolder),
      seededBugs: plan.seededBugs,
      registry,
      clockMeans,
      nowMs,
    });
  }

  /** Of the same build as the harness itself. */
  #program(name: string): string {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const folder =
      this.#options.programsFolder ?? fileURLToPath(new URL('../../../cluster/bin/', import.meta.url));
    return join(folder, `${name}.${extension}`);
  }
}

function choiceOf({ toxiproxy = 'auto' }: OpenOptions): ToxiproxyChoice {
  const choice = parseToxiproxyChoice(toxiproxy);
  if (choice === undefined) throw new Error(`--toxiproxy: wanted ${toxiproxyForms}, got "${toxiproxy}"`);
  return choice;
}

async function foreignToxiproxy(url: string, { log }: OpenOptions): Promise<ToxiproxyClient> {
  const client = new ToxiproxyClient(url);
  log(`Toxiproxy: ${url} (${await client.version()})`);
  return client;
}
