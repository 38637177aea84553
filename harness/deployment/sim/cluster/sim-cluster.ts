/** A whole cluster in the simulated world. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FaultLink } from '../../../../checkers/history/fault.ts';
import type { HostPort } from '../../../../cluster/runtime/network.ts';
import type { Runtime } from '../../../../cluster/runtime/runtime.ts';
import type {
  ClockProbe,
  ClockSetting,
  ClusterView,
  Cut,
  CutFlavour,
  DelayProbe,
  DiskDamage,
  DiskProbe,
  DiskTrouble,
  Host,
  LinkProbe,
  LinkShape,
  NodeProbe,
  NodeState,
  Shaping,
  UnsyncedWrites,
} from '../../../../nemeses/nemesis.ts';
import type { Operator } from '../../../../nemeses/operator.ts';
import type { LinkProbes } from '../../../links/link-probe.ts';
import { askedPort, kindOf, presentHosts, unknownHost } from '../../cluster-hosts.ts';
import { operatorOf, wipeAbsent } from '../../cluster-verbs.ts';
import {
  type Cluster,
  type ClusterPlan,
  type OpenOptions,
  ports,
  type UnexpectedExit,
} from '../../deployment.ts';
import { controllersOf, nameServersOf } from '../../node-properties.ts';
import { probeServer } from '../../probe-server.ts';
import type { StoredFiles } from '../../stored-files.ts';
import { SimFaults } from '../sim-faults.ts';
import type { SimWorld } from '../sim-world.ts';
import { SimCuts } from './sim-cuts.ts';
import { dataFolder, type SimNode } from './sim-node.ts';

/** Many times what a byte takes on a link that nobody shaped. */
const probePatienceMs = 200;
/** Virtual time costs nothing. */
const connectionPatienceMs = 2500;
const stopPatienceMsDefault = 5000;
const lastLines = 20;

export interface SimClusterParts {
  readonly world: SimWorld;
  readonly plan: ClusterPlan;
  readonly hosts: readonly Host[];
  readonly nodes: ReadonlyMap<string, SimNode>;
  readonly observer: Runtime;
  readonly residents: ReadonlyMap<string, Runtime>;
  readonly probes: LinkProbes;
  readonly options: OpenOptions;
}

export class SimCluster implements Cluster {
  readonly runId: string;
  readonly plan: ClusterPlan;
  readonly hosts: readonly Host[];
  readonly observer: Runtime;
  readonly nameServers: string;
  readonly controllers: string;
  readonly #parts: SimClusterParts;
  readonly abilities: Cluster['abilities'];
  readonly #cuts: SimCuts;
  readonly #faults: SimFaults;

  constructor(parts: SimClusterParts) {
    this.#parts = parts;
    this.runId = `sim-${parts.world.seed}`;
    this.plan = parts.plan;
    this.hosts = parts.hosts;
    this.observer = parts.observer;
    this.nameServers = nameServersOf(parts.plan);
    this.controllers = controllersOf(parts.plan);
    this.#cuts = new SimCuts(parts.world);
    this.#faults = new SimFaults(parts.world);
    this.abilities = new Set([...this.#faults.abilities, 'wipe']);
  }

  state(node: string): NodeState {
    return this.#node(node).state;
  }

  isRunning(node: string): boolean {
    return this.state(node) === 'running';
  }

  start(node: string): Promise<void> {
    this.#node(node).start();
    return Promise.resolve();
  }

  kill(node: string): Promise<void> {
    this.#node(node).kill();
    return Promise.resolve();
  }

  stop(node: string, patienceMs: number = stopPatienceMsDefault): Promise<void> {
    return this.#node(node).stop(patienceMs);
  }

  pause(node: string): Promise<void> {
    this.#node(node).machine.pause();
    return Promise.resolve();
  }

  resume(node: string): Promise<void> {
    this.#node(node).machine.resume();
    return Promise.resolve();
  }

  unexpectedExits(): readonly UnexpectedExit[] {
    return [...this.#parts.nodes.values()].flatMap(({ unexpectedExits }) => unexpectedExits);
  }

  async view(): Promise<ClusterView> {
    const roles = await this.#parts.options.observe(this);
    const states = new Map([...this.#parts.nodes].map(([name, { state }]) => [name, state]));
    return { ...presentHosts(this.hosts, states), states, ...roles };
  }

  cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut> {
    return Promise.resolve(this.#cuts.cut(links, flavour));
  }

  cutLinks(): readonly FaultLink[] {
    return this.#cuts.links();
  }

  probeLinks(links: readonly FaultLink[]): Promise<readonly LinkProbe[]> {
    return this.#parts.probes.probe(links, {
      patienceMs: probePatienceMs,
      serverPort: (from, to) => (this.isRunning(to) ? askedPort(this.hosts, from, to) : undefined),
    });
  }

  async probeNode(node: string): Promise<NodeProbe> {
    const port = kindOf(this.hosts, node) === 'broker' ? ports.broker : ports.nameServer;
    const answered = await probeServer(this.observer, `${node}:${port}`, probePatienceMs);
    return { node, state: this.state(node), answered };
  }

  setClock(node: string, setting: ClockSetting): Promise<void> {
    return this.#faults.setClock(this.#node(node).machine.name, setting);
  }

  probeClock(node: string): Promise<ClockProbe> {
    return this.#faults.probeClock(this.#node(node).machine.name);
  }

  breakDisk(node: string, trouble: DiskTrouble): Promise<void> {
    return this.#faults.breakDisk(this.#node(node).machine.name, trouble);
  }

  mendDisk(node: string): Promise<void> {
    return this.#faults.mendDisk(this.#node(node).machine.name);
  }

  probeDisk(node: string): Promise<DiskProbe> {
    return this.#faults.probeDisk(this.#node(node).machine.name);
  }

  cutPower(node: string, unsynced: UnsyncedWrites): Promise<undefined> {
    this.#node(node).cutPower(unsynced);
    return Promise.resolve(undefined);
  }

  damageDisk(node: string, damage: DiskDamage): Promise<string> {
    return this.#faults.damageDisk(this.#node(node).machine.name, damage);
  }

  wipe(node: string): Promise<string> {
    return wipeAbsent(this, node, () => this.#node(node).wipe());
  }

  get operator(): Operator {
    return operatorOf(this.#parts.options);
  }

  shapeLinks(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping> {
    return this.#faults.shapeLinks(links, shape);
  }

  shapedLinks(): readonly FaultLink[] {
    return this.#faults.shapedLinks();
  }

  /** A packet tells how late a link is; how it treats connections, only connections. */
  probeDelays(links: readonly FaultLink[], bytes?: number): Promise<readonly DelayProbe[]> {
    if (bytes === undefined) return this.#faults.probeDelays(links);
    const cut = new Set(this.cutLinks().map((link) => link.join('>')));
    return this.#parts.probes.delays(links, {
      bytes,
      patienceMs: connectionPatienceMs,
      isCut: (from, to) => cut.has(`${from}>${to}`),
    });
  }

  runtimeFor(clientHost: string): Runtime {
    const runtime = this.#parts.residents.get(clientHost);
    if (runtime === undefined) throw unknownHost(this.hosts, clientHost);
    return runtime;
  }

  directAddress(node: string, port: number): HostPort {
    return { host: node, port };
  }

  printed(node: string): string {
    return this.#linesOf(node).slice(-lastLines).join('\n');
  }

  collect(folder: string, { data }: { readonly data: boolean }): Promise<void> {
    for (const [name, { machine }] of this.#parts.nodes) {
      const target = join(folder, name);
      mkdirSync(target, { recursive: true });
      writeFileSync(
        join(target, 'node.log'),
        this.#linesOf(name)
          .map((line) => `${line}\n`)
          .join(''),
      );
      for (const path of data ? machine.disk.filePaths(dataFolder) : []) {
        const file = join(target, 'data', path.slice(dataFolder.length));
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, machine.disk.readFile(path));
      }
    }
    return Promise.resolve();
  }

  storedFiles(node: string): StoredFiles {
    const { disk } = this.#node(node).machine;
    return {
      list: (folder) => {
        const prefix = `${dataFolder}/${folder}/`;
        const names = disk.filePaths(prefix).map((path) => path.slice(prefix.length).split('/')[0] ?? '');
        return [...new Set(names)].sort();
      },
      read: (path) => {
        const at = `${dataFolder}/${path}`;
        return disk.has(at) ? disk.readFile(at) : undefined;
      },
    };
  }

  close(): Promise<void> {
    for (const node of this.#parts.nodes.values()) node.kill();
    return Promise.resolve();
  }

  #linesOf(node: string): string[] {
    return this.#parts.world.log
      .filter((line) => line.node === node)
      .map(
        ({ time, level, line }) =>
          `${time.toFixed(3).padStart(12)} ms ${level.toUpperCase().padEnd(5)} ${line}`,
      );
  }

  #node(name: string): SimNode {
    const node = this.#parts.nodes.get(name);
    if (node === undefined) throw unknownHost(this.hosts, name);
    return node;
  }
}
