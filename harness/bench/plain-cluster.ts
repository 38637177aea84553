/** Nameserver and brokers as processes on loopback, with nothing between them. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Admin } from '../../cluster/client/admin.ts';
import { RemotingClient } from '../../cluster/remoting/remoting-client.ts';
import { HostsTable } from '../../cluster/runtime/os/hosts-table.ts';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { createOsRuntime, type OsRuntime } from '../../cluster/runtime/os/os-runtime.ts';
import { clusterHosts } from '../deployment/cluster-hosts.ts';
import type { ClusterPlan } from '../deployment/deployment.ts';
import { brokerProperties, controllerProperties, nameServersOf } from '../deployment/node-properties.ts';
import { ProcessNode } from '../deployment/process/process-node.ts';
import { RunRegistry } from '../deployment/process/run-registry.ts';
import { directHostsTable, planLinks } from '../links/link-plan.ts';
import { claimRunSlot, detectAddressForm, type RunSlot } from '../links/run-slot.ts';
import { awaitCondition } from '../runner/await-condition.ts';
import { groupInSync, routesKnown } from '../runner/cluster-conditions.ts';
import { type ObservedRoles, observeRoles } from '../runner/observe-roles.ts';
import { benchBrokerName, benchClusterName, benchQueues, benchTopic } from './bench-names.ts';

const startLimitMs = 60_000;
export const bootLine = 'boot success';

export function plainPlan(flush: ClusterPlan['flush']): ClusterPlan {
  return {
    brokerName: benchBrokerName,
    clusterName: benchClusterName,
    brokers: 3,
    controllers: 1,
    clients: 0,
    flush,
    minInSyncReplicas: 2,
    seededBugs: [],
    brokerProperties: {},
    controllerProperties: {},
  };
}

export class PlainCluster {
  readonly nameServers: string;
  readonly hostsFile: string;
  readonly registry: RunRegistry;
  readonly observer: OsRuntime;
  readonly #plan: ClusterPlan;
  readonly #slot: RunSlot;
  readonly #nodes: ReadonlyMap<string, ProcessNode>;
  readonly #client: RemotingClient;
  readonly #folder: string;

  private constructor(plan: ClusterPlan, slot: RunSlot, folder: string) {
    this.#plan = plan;
    this.#slot = slot;
    this.#folder = folder;
    this.nameServers = nameServersOf(plan);
    this.registry = new RunRegistry();
    mkdirSync(folder, { recursive: true });
    const hosts = clusterHosts(plan);
    const { form } = slot;
    const table = directHostsTable(
      planLinks(hosts, form === 'addresses' ? { form, slot: slot.slot } : { ...slot, form }),
    );
    this.hostsFile = join(folder, 'hosts');
    writeFileSync(this.hostsFile, table.map((line) => `${line}\n`).join(''));
    this.observer = createOsRuntime({
      nodeId: 'observer',
      hosts: HostsTable.parse(table.join('\n'), this.hostsFile),
      seededBugs: [],
      print: () => undefined,
      die: (error) => {
        throw error;
      },
    });
    this.#client = new RemotingClient(this.observer, { connectTimeoutMs: 500 });
    this.#nodes = new Map(
      hosts.map((host) => {
        const properties = host.kind === 'controller' ? controllerProperties : brokerProperties;
        const node = new ProcessNode({
          host,
          program: programFile(host.kind === 'controller' ? 'mqnamesrv' : 'mqbroker'),
          folder: join(folder, host.name),
          hostsTable: table,
          properties: (dataFolder) => properties(plan, host.name, dataFolder),
          seededBugs: [],
          registry: this.registry,
          diskLuck: undefined,
          clockMeans: undefined,
          nowMs: () => osClock.monotonicMs(),
        });
        return [host.name, node];
      }),
    );
  }

  /** Resolves when every broker is in sync and the topic's route is known. */
  static async open(plan: ClusterPlan, folder: string): Promise<PlainCluster> {
    const cluster = new PlainCluster(plan, await claimRunSlot(await detectAddressForm()), folder);
    try {
      await cluster.#begin();
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  get brokers(): readonly string[] {
    return [...this.#nodes.values()]
      .filter(({ host }) => host.kind === 'broker')
      .map(({ host }) => host.name);
  }

  get nodes(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  pid(node: string): number {
    const { pid } = this.#node(node);
    if (pid === undefined) throw new Error(`${node} does not run`);
    return pid;
  }

  start(node: string): Promise<void> {
    return this.#node(node).start();
  }

  kill(node: string): Promise<void> {
    return this.#node(node).kill();
  }

  stop(node: string): Promise<void> {
    return this.#node(node).stop(30_000);
  }

  /** What the node has printed, in all its lives. */
  log(node: string): string {
    return readFileSync(this.#node(node).files.logFile, 'utf8');
  }

  roles(): Promise<ObservedRoles> {
    return observeRoles(this.#client, ['c1'], this.#plan.brokerName);
  }

  async inSync(): Promise<void> {
    await awaitCondition('all brokers in sync', { clock: osClock, limitMs: startLimitMs }, async () => {
      this.#throwIfDied();
      return groupInSync(await this.roles(), this.brokers);
    });
  }

  async close(): Promise<void> {
    this.#client.stop();
    await Promise.all([...this.#nodes.values()].map((node) => node.kill()));
    await this.observer.close();
    this.registry.close();
    await this.#slot.release();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.start(node)));
    await this.inSync();
    const patience = { clock: osClock, limitMs: startLimitMs };
    const admin = new Admin(this.observer, { nameservers: [this.nameServers], client: this.#client });
    await awaitCondition('the topic', patience, async () => {
      try {
        const made = await admin.createTopic({ topic: benchTopic, queueNums: benchQueues });
        return made.length > 0 ? undefined : 'the nameserver knows no master yet';
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    });
    admin.stop();
    await awaitCondition('the route', patience, async () => {
      const { master } = await this.roles();
      return master === undefined
        ? 'no broker is master'
        : routesKnown(this.#client, ['c1'], benchTopic, master);
    });
  }

  #throwIfDied(): void {
    for (const node of this.#nodes.values()) {
      const [death] = node.unexpectedExits;
      if (death !== undefined) throw new Error(`${death.node} died: ${death.how}\n${this.log(death.node)}`);
    }
  }

  #node(name: string): ProcessNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`no such node: ${name}; known: ${this.nodes.join(', ')}`);
    return node;
  }
}

/** Of the same build as the bench itself. */
export function programFile(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../../cluster/bin/${name}.${extension}`, import.meta.url));
}
