/** A cluster of operating system processes on loopback addresses. */
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultLink } from '../../../checkers/history/fault.ts';
import type { HostPort } from '../../../cluster/runtime/network.ts';
import type { OsRuntime } from '../../../cluster/runtime/os/os-runtime.ts';
import type { Runtime } from '../../../cluster/runtime/runtime.ts';
import {
  type Ability,
  type ClockProbe,
  type ClockSetting,
  type ClusterView,
  type Cut,
  type CutFlavour,
  type DelayProbe,
  type DiskDamage,
  type DiskProbe,
  type DiskTrouble,
  delayProbeBytes,
  type Host,
  type LinkProbe,
  type LinkShape,
  type NodeProbe,
  type NodeState,
  type Shaping,
  type UnsyncedWrites,
} from '../../../nemeses/nemesis.ts';
import type { Operator } from '../../../nemeses/operator.ts';
import { PlainlyBreakable } from '../../../nemeses/plainly-breakable.ts';
import type { LinkProbes } from '../../links/link-probe.ts';
import type { Links } from '../../links/links.ts';
import { askedPort, kindOf, presentHosts, unknownHost } from '../cluster-hosts.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { operatorOf, wipeAbsent } from '../cluster-verbs.ts';
import {
  type Cluster,
  type ClusterPlan,
  type NodeFiles,
  type OpenOptions,
  ports,
  type UnexpectedExit,
} from '../deployment.ts';
import { controllersOf, nameServersOf } from '../node-properties.ts';
import { probeServer } from '../probe-server.ts';
import { readClock } from '../read-clock.ts';
import { filesUnder, type StoredFiles } from '../stored-files.ts';
import { stopPatienceMsDefault } from './process-node.ts';

/** Over loopback a byte arrives within a few milliseconds; a busy machine may take its time. */
const probePatienceMs = 400;

/** As long as the slowest shape takes there and back, and something for a busy machine. */
const delayPatienceMs = 2500;

/** Several times what lies between two lines about its clocks. */
const clockPatienceMs = 500;

export interface ProcessClusterParts {
  readonly runId: string;
  readonly plan: ClusterPlan;
  readonly hosts: readonly Host[];
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly links: Links;
  /** One per host, each with that host's table. */
  readonly runtimes: ReadonlyMap<string, OsRuntime>;
  readonly observer: OsRuntime;
  readonly probes: LinkProbes;
  readonly options: OpenOptions;
  /** How far the kernel's monotonic clock of the nodes is ahead of the harness's: 0 on one kernel. */
  readonly monotonicAheadMs: number;
  /** Ends what is not a node: Toxiproxy, slot, registry. Called last, once. */
  readonly release: () => Promise<void>;
}

export class ProcessCluster extends PlainlyBreakable implements Cluster {
  readonly runId: string;
  readonly plan: ClusterPlan;
  readonly hosts: readonly Host[];
  readonly observer: Runtime;
  readonly nameServers: string;
  readonly controllers: string;
  override readonly abilities: ReadonlySet<Ability>;
  readonly #parts: ProcessClusterParts;
  #closing: Promise<void> | undefined;

  constructor(parts: ProcessClusterParts) {
    super();
    this.#parts = parts;
    this.runId = parts.runId;
    this.plan = parts.plan;
    this.hosts = parts.hosts;
    this.observer = parts.observer;
    this.nameServers = nameServersOf(parts.plan);
    this.controllers = controllersOf(parts.plan);
    const canMoveClocks = [...parts.nodes.values()].some(({ clock }) => clock !== undefined);
    const canBreakDisks = [...parts.nodes.values()].some(({ disk }) => disk !== undefined);
    this.abilities = new Set<Ability>([
      ...(['shape', 'lossy', 'wipe'] as const),
      ...(canMoveClocks ? (['clock'] as const) : []),
      ...(canBreakDisks ? (['disk'] as const) : []),
    ]);
  }

  state(node: string): NodeState {
    return this.#node(node).state;
  }

  isRunning(node: string): boolean {
    return this.state(node) === 'running';
  }

  start(node: string): Promise<void> {
    return this.#node(node).start();
  }

  kill(node: string): Promise<void> {
    return this.#node(node).kill();
  }

  stop(node: string, patienceMs: number = stopPatienceMsDefault): Promise<void> {
    return this.#node(node).stop(patienceMs);
  }

  pause(node: string): Promise<void> {
    return this.#node(node).pause();
  }

  resume(node: string): Promise<void> {
    return this.#node(node).resume();
  }

  unexpectedExits(): readonly UnexpectedExit[] {
    return [...this.#parts.nodes.values()].flatMap((node) => node.unexpectedExits);
  }

  async view(): Promise<ClusterView> {
    const roles = await this.#parts.options.observe(this);
    const states = new Map([...this.#parts.nodes].map(([name, node]) => [name, node.state]));
    return { ...presentHosts(this.hosts, states), states, ...roles };
  }

  cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut> {
    return this.#parts.links.cut(links, flavour);
  }

  cutLinks(): readonly FaultLink[] {
    return this.#parts.links.cutLinks();
  }

  probeLinks(links: readonly FaultLink[]): Promise<readonly LinkProbe[]> {
    return this.#parts.probes.probe(links, {
      patienceMs: probePatienceMs,
      serverPort: (from, to) =>
        this.#parts.nodes.get(to)?.state === 'running' ? askedPort(this.hosts, from, to) : undefined,
    });
  }

  override shapeLinks(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping> {
    return this.#parts.links.shape(links, shape);
  }

  override shapedLinks(): readonly FaultLink[] {
    return this.#parts.links.shapedLinks();
  }

  override probeDelays(links: readonly FaultLink[], bytes = delayProbeBytes): Promise<readonly DelayProbe[]> {
    const cut = new Set(this.cutLinks().map((link) => link.join('>')));
    return this.#parts.probes.delays(links, {
      bytes,
      patienceMs: delayPatienceMs,
      isCut: (from, to) => cut.has(`${from}>${to}`),
    });
  }

  async probeNode(node: string): Promise<NodeProbe> {
    const port = kindOf(this.hosts, node) === 'broker' ? ports.broker : ports.nameServer;
    const answered = await probeServer(this.observer, `${node}:${port}`, probePatienceMs);
    return { node, state: this.state(node), answered };
  }

  override wipe(node: string): Promise<string> {
    return wipeAbsent(this, node, () => this.#node(node).wipe());
  }

  get operator(): Operator {
    return operatorOf(this.#parts.options);
  }

  override setClock(node: string, setting: ClockSetting): Promise<void> {
    const { clock } = this.#node(node);
    if (clock === undefined) return super.setClock(node, setting);
    clock.set(setting);
    return Promise.resolve();
  }

  override probeClock(node: string): Promise<ClockProbe> {
    const { files, state } = this.#node(node);
    return readClock(node, files.traceFile, {
      // Who is down or paused tells nothing.
      patienceMs: state === 'running' ? clockPatienceMs : 0,
      aheadMs: this.monotonicAheadMs,
    });
  }

  override async breakDisk(name: string, trouble: DiskTrouble): Promise<void> {
    const node = this.#node(name);
    await (node.disk?.break(trouble, () => node.state) ?? super.breakDisk(name, trouble));
  }

  override async mendDisk(name: string): Promise<void> {
    const node = this.#node(name);
    await (node.disk?.mend(() => node.state) ?? super.mendDisk(name));
  }

  override probeDisk(name: string): Promise<DiskProbe> {
    const node = this.#node(name);
    return node.disk?.probe(() => node.state) ?? super.probeDisk(name);
  }

  override async cutPower(name: string, unsynced: UnsyncedWrites): Promise<string | undefined> {
    const node = this.#node(name);
    if (node.disk === undefined) return super.cutPower(name, unsynced);
    if (node.state === 'absent') return undefined;
    await node.kill();
    return node.disk.losePower(unsynced);
  }

  override async damageDisk(name: string, damage: DiskDamage): Promise<string> {
    const { disk, state } = this.#node(name);
    if (disk === undefined) return super.damageDisk(name, damage);
    if (state !== 'absent') throw new Error(`${name} runs; stop it before its disk is damaged`);
    return disk.damage(damage);
  }

  get monotonicAheadMs(): number {
    return this.#parts.monotonicAheadMs;
  }

  runtimeFor(clientHost: string): Runtime {
    const runtime = this.#parts.runtimes.get(clientHost);
    if (runtime === undefined) throw unknownHost(this.hosts, clientHost);
    return runtime;
  }

  directAddress(node: string, port: number): HostPort {
    return this.#parts.links.plan.directAddress(node, port);
  }

  printed(node: string): string {
    return this.files(node).logFile;
  }

  files(node: string): NodeFiles {
    return this.#node(node).files;
  }

  storedFiles(node: string): StoredFiles {
    return filesUnder(this.files(node).dataFolder);
  }

  async collect(folder: string, { data }: { readonly data: boolean }): Promise<void> {
    for (const [name, { files }] of this.#parts.nodes) {
      const target = join(folder, name);
      await mkdir(target, { recursive: true });
      await cp(files.logFile, join(target, 'node.log'));
      await cp(files.traceFile, join(target, 'trace.jsonl'));
      await cp(join(files.dataFolder, '..', 'node.properties'), join(target, 'node.properties'));
      if (data) await moveFolder(files.dataFolder, join(target, 'data'));
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { nodes, probes, runtimes, observer, release, options } = this.#parts;
    await Promise.all([...nodes.values()].map((node) => node.kill()));
    await probes.close();
    for (const runtime of [...runtimes.values(), observer]) await runtime.close();
    await release();
    // The log of a node that died by itself is what people will look for.
    if (this.unexpectedExits().length === 0) {
      await rm(join(options.workFolder, 'nodes'), { recursive: true, force: true });
    }
  }

  #node(name: string): ClusterNode {
    const node = this.#parts.nodes.get(name);
    if (node === undefined) throw unknownHost(this.hosts, name);
    return node;
  }
}

/** A log is a sparse file as long as it may ever get: a copy would fill the disk with zeros. */
async function moveFolder(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    await cp(from, to, { recursive: true });
  }
}
