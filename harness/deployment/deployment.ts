/** A world that can hold a cluster: what the runner, the workloads and the nemeses know of it. */
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { HostPort } from '../../cluster/runtime/network.ts';
import type { Runtime } from '../../cluster/runtime/runtime.ts';
import type { SeededBug } from '../../cluster/runtime/seeded-bug.ts';
import type { Ability, BreakableCluster, ClusterView, Host } from '../../nemeses/nemesis.ts';
import type { Operator } from '../../nemeses/operator.ts';
import type { LogClient } from '../workload/log-client.ts';
import type { StoredFiles } from './stored-files.ts';

export type DeploymentName = 'process' | 'docker' | 'sim';

/** What cluster to make. A function of the command line alone. */
export interface ClusterPlan {
  /** The broker group's name; one group. */
  readonly brokerName: string;
  readonly clusterName: string;
  /** Brokers n1..nN. */
  readonly brokers: number;
  /** Hosts c1..cN, each a nameserver with an embedded controller. */
  readonly controllers: number;
  /** Hosts behind the last broker and the last controller that are there, with their links, and start as no part of the cluster. */
  readonly spareBrokers?: number;
  readonly spareControllers?: number;
  /** Client hosts w1..wN; they alternate between the two habits. */
  readonly clients: number;
  readonly flush: 'SYNC_FLUSH' | 'ASYNC_FLUSH';
  readonly minInSyncReplicas: number;
  readonly seededBugs: readonly SeededBug[];
  /** Keys added to (or replacing those in) the properties files. */
  readonly brokerProperties: Readonly<Record<string, string>>;
  readonly controllerProperties: Readonly<Record<string, string>>;
}

/** Paths on the harness's own disk. Complete once the node is absent. */
export interface NodeFiles {
  /** What the node printed, all its lives one after another. */
  readonly logFile: string;
  /** The node's trace events, all its lives. */
  readonly traceFile: string;
  readonly dataFolder: string;
}

export interface Cluster extends BreakableCluster {
  /** Unique among all runs on this machine; the label of everything that was started. */
  readonly runId: string;
  readonly plan: ClusterPlan;
  /** How far the kernel's monotonic clock under the nodes is ahead of the one under the harness; 0 where absent, since they share a kernel. */
  readonly monotonicAheadMs?: number;
  isRunning(node: string): boolean;
  /** How the last life of a node ended, if not by our hand: for the checkers of crashes. */
  unexpectedExits(): readonly UnexpectedExit[];
  /** The world as seen from a client host: names resolve by that host's table, so every byte passes its links. */
  runtimeFor(clientHost: string): Runtime;
  /** Where client hosts are machines of their own the clients run there, and this asks them. Elsewhere they run in the harness, in `runtimeFor`. */
  openLogClient?(clientHost: Host, topic: string): LogClient;
  /** The observer's world: the same names, but past all links. For views, probes, topic creation and final reads. */
  readonly observer: Runtime;
  /** The address the node itself listens on for one of its well-known ports, past all links. */
  directAddress(node: string, port: number): HostPort;
  /** `host:port;host:port` of all nameservers, by name: for clients of any host. */
  readonly nameServers: string;
  /** The same for controllers. */
  readonly controllers: string;
  /** Where a person can read what the node printed, or its last lines where there is no file. */
  printed(node: string): string;
  /** Of the node's data folder, when the node is stopped and before `collect`. */
  storedFiles(node: string): StoredFiles;
  /** Puts logs (always) and data folders (if asked) of all nodes under `folder`/<host>/. Call it when the nodes are stopped. */
  collect(folder: string, options: { readonly data: boolean }): Promise<void>;
  /** Where the world itself can go away under a run: told once, with what is gone. */
  onLost?(listener: (what: string) => void): void;
  /** Kills what runs, takes down links, releases addresses and removes temporary folders. Idempotent. */
  close(): Promise<void>;
}

export interface UnexpectedExit {
  readonly node: string;
  /** Of the observer's monotonic clock. */
  readonly atMs: number;
  /** 'exit code 1', 'signal SIGSEGV'. */
  readonly how: string;
}

export interface OpenOptions {
  /** Made when missing; node folders are put there. */
  readonly workFolder: string;
  /** Asks the controllers past all links. Given by the runner, since it takes a client to do so. */
  readonly observe: (cluster: Cluster) => Promise<LiveRoles>;
  /** Asks the controllers past all links, as an operator. Absent where nobody will ask. */
  readonly operator?: () => Operator;
  /** For people: one line per thing worth saying. */
  readonly log: (line: string) => void;
  /** As `parseToxiproxyChoice` (harness/links) reads it; 'auto' when absent. */
  readonly toxiproxy?: string;
  readonly limits?: NodeLimits;
  /** What the run will do to the nodes beyond killing, pausing and cutting: what must be prepared before they start, and costs them something. */
  readonly needs?: ReadonlySet<Ability>;
}

/** What one node may use. Absent: all there is. */
export interface NodeLimits {
  readonly memoryBytes?: number;
  readonly cpus?: number;
}

/** The part of a view that only the cluster itself knows. */
export type LiveRoles = Pick<ClusterView, 'master' | 'masterEpoch' | 'syncStateSet' | 'controllerLeader'>;

export interface Deployment {
  readonly name: DeploymentName;
  /** What a run waits by and puts its events on. */
  readonly clock: Clock;
  /**
   * Lets the world's time go on until the work is done, and ends as it does; rejects when it is not done within the limit on the world's clock, where
   * the world can tell. Real worlds need no help, and have no limit.
   */
  drive<T>(work: Promise<T>, limitMs: number): Promise<T>;
  /** For reports of what is stuck: who is up, and what everybody waits for. Only the simulated world can tell. */
  describe?(): string;
  /** Undefined when it can be used here; else one sentence: what is missing and what works without it. */
  unavailable(): Promise<string | undefined>;
  /** Hosts and links are up, no node is started. Sweeps up after harnesses that died. */
  open(plan: ClusterPlan, options: OpenOptions): Promise<Cluster>;
}

/** Well-known ports: RocketMQ's defaults, used everywhere. */
export const ports = {
  nameServer: 9876,
  controller: 9878,
  broker: 10911,
  ha: 10912,
} as const;
