/** What a nemesis is, and what it may do to a cluster. The harness implements `BreakableCluster` for each world. */
import type { FaultLink, FaultProof } from '../checkers/history/fault.ts';
import type { Clock } from '../cluster/runtime/clock.ts';
import type { Random } from '../cluster/runtime/random.ts';
import type { Operator } from './operator.ts';

export type SpareKind = 'broker' | 'controller';
export type HostKind = 'broker' | 'controller' | 'client';

/** How the clients of a client host behave when the node they know stops answering. */
export type ClientHabit = 'follows-route' | 'keeps-node';

export interface Host {
  /** n1.. brokers, c1.. nameserver and controller, w1.. clients. */
  readonly name: string;
  readonly kind: HostKind;
  /** Of client hosts only. */
  readonly habit?: ClientHabit;
  /** A server that is no part of the cluster until some fault adds it. */
  readonly isSpare?: true;
}

/** `absent`: never started, or its process is gone. */
export type NodeState = 'running' | 'paused' | 'absent';

/** The living cluster as the harness sees it now, asked past all links. */
export interface ClusterView {
  /** Without spare ones that nobody has added. */
  readonly hosts: readonly Host[];
  /** Spare hosts that nobody has added yet. Absent: none. */
  readonly spares?: readonly Host[];
  /** Of brokers and controllers, by host name. */
  readonly states: ReadonlyMap<string, NodeState>;
  /** Undefined while no controller names a master that is alive. */
  readonly master: string | undefined;
  readonly masterEpoch: number | undefined;
  /** Host names. */
  readonly syncStateSet: readonly string[];
  readonly controllerLeader: string | undefined;
}

/**
 * - `drop`: bytes are discarded; the connections close at the heal.
 * - `hold`: bytes are kept and arrive late, in order, at the heal.
 * - `reset`: connections are reset, those that exist and those that are tried; it has no direction.
 */
export type CutFlavour = 'drop' | 'hold' | 'reset';
export const cutFlavours = ['drop', 'hold', 'reset'] as const satisfies readonly CutFlavour[];

export interface Cut {
  readonly links: readonly FaultLink[];
  /** Idempotent. A link that another cut holds too stays cut. */
  heal(): Promise<void>;
}

/**
 * Did bytes of `from` reach `to`? Asked for both kinds of connection, since either host may have dialled; undefined for a kind that does not
 * exist, since nobody dials a client host.
 */
export interface LinkProbe {
  readonly from: string;
  readonly to: string;
  readonly onConnectionsOfFrom: boolean | undefined;
  readonly onConnectionsOfTo: boolean | undefined;
  /** A request of `from` to the server that runs on `to`, over the link: undefined where no server runs or it is paused. */
  readonly serverAnswered: boolean | undefined;
}

export interface NodeProbe {
  readonly node: string;
  readonly state: NodeState;
  /** It answered a request on its own address within the probe's patience. */
  readonly answered: boolean;
}

/** What a world can do to a cluster besides killing, pausing and cutting. */
export type Ability =
  | 'clock'
  /** Clocks of which timers go by, too: `ratePpm`. */
  | 'timers'
  | 'disk'
  /** Links that are late or narrow. */
  | 'shape'
  /** Links of which connections break, or carry crumbs. */
  | 'lossy'
  /** Nodes that start anew with an empty disk. */
  | 'wipe';

/** How a node's clocks go; what is left out stays as it is. All 0: right. */
export interface ClockSetting {
  /** The wall clock jumps to so far from the truth. */
  readonly offsetMs?: number;
  /** Microseconds that the wall clock gains in each second from now on. */
  readonly driftPpm?: number;
  /** The same for all clocks of the node, timers too: a machine whose oscillator is not the others'. */
  readonly ratePpm?: number;
}

/** Read off the node's own clocks; undefined: it said nothing, say since it is down. */
export interface ClockProbe {
  readonly node: string;
  /** Wall clock minus truth. */
  readonly offsetMs: number | undefined;
  readonly monotonicMs: number | undefined;
  /** The harness's own monotonic clock at the same moment. */
  readonly trueMs: number;
}

/** What is wrong with a disk while its node runs. */
export type DiskTrouble =
  | { readonly kind: 'slow'; readonly factor: number }
  /** What needs new room fails with ENOSPC. */
  | { readonly kind: 'full' }
  /** Reads fail with EIO. */
  | { readonly kind: 'read-error' };

/** What a hand or rot does to the stored log of a node that is down; `place` in [0, 1) says where in what it has written. */
export interface DiskDamage {
  readonly kind: 'bit-flip' | 'truncate';
  readonly place: number;
}

/** Of what was written and not synced when the power went: all is gone, or each write survives whole, in part, or not at all. */
export type UnsyncedWrites = 'lost' | 'torn';

/** The harness wrote, synced and read a small file of its own on the node's disk. */
export interface DiskProbe {
  readonly node: string;
  /** 'done' or the code of the error: ENOSPC, EIO. */
  readonly write: string;
  readonly read: string;
  readonly ms: number;
}

export interface LinkShape {
  readonly latencyMs?: number;
  /** Up to so much more, by luck. */
  readonly jitterMs?: number;
  readonly bytesPerMs?: number;
  /** Ability `lossy`. Bytes arrive so many at a time, a half more or less, and so long apart. */
  readonly crumbBytes?: number;
  readonly crumbGapMs?: number;
  /** Ability `lossy`. A connection ends when so many bytes have passed. */
  readonly limitBytes?: number;
  /** Ability `lossy`. Of 100 connections so many end with their next byte. */
  readonly resetPercent?: number;
}

export interface Shaping {
  readonly links: readonly FaultLink[];
  /** Those that have this shape now: of several shapings of a link the last one counts. */
  effective(): readonly FaultLink[];
  /** Idempotent. A link that another shaping holds too keeps that one's shape. */
  heal(): Promise<void>;
}

export interface DelayProbe {
  readonly from: string;
  readonly to: string;
  /** Where both hosts dial, each kind of connection is measured by itself. */
  readonly dialledBy?: string;
  /** Until the bytes of `from` had reached `to`; undefined: not within the probe's patience, say since the link is cut. */
  readonly ms: number | undefined;
  /** The connection ended before all had arrived. */
  readonly broke?: boolean;
}

export const delayProbeBytes = 1024;

/** All verbs reject with an error for people when they could not be done. */
export interface BreakableCluster {
  readonly hosts: readonly Host[];
  /** The verbs that need one it lacks reject. */
  readonly abilities: ReadonlySet<Ability>;
  view(): Promise<ClusterView>;
  state(node: string): NodeState;
  /** Resolves when the node is started, not when it serves. Does nothing for one that runs. */
  start(node: string): Promise<void>;
  /** Resolves when it is gone; nothing of it runs any more. Does nothing for an absent one. */
  kill(node: string): Promise<void>;
  /** SIGTERM or its like: a clean stop. Resolves when the node is gone; kills it after `patienceMs` of the node's own time. */
  stop(node: string, patienceMs?: number): Promise<void>;
  /** Resolves when it stands still. Does nothing for an absent one. */
  pause(node: string): Promise<void>;
  /** Does nothing for one that is not paused. */
  resume(node: string): Promise<void>;
  /** Bytes on these links stop, on all connections, also those dialled later. Resolves when all is in place. */
  cut(links: readonly FaultLink[], flavour: CutFlavour): Promise<Cut>;
  /** The links that some cut holds now. */
  cutLinks(): readonly FaultLink[];
  /** Patience is the world's: a few hundred milliseconds over loopback. */
  probeLinks(links: readonly FaultLink[]): Promise<readonly LinkProbe[]>;
  probeNode(node: string): Promise<NodeProbe>;
  /** Ability `clock`. Of any broker or controller, running or not. Where the world lacks `timers`, `ratePpm` does nothing. */
  setClock(node: string, setting: ClockSetting): Promise<void>;
  /** Ability `clock`. */
  probeClock(node: string): Promise<ClockProbe>;
  /** Ability `disk`. Instead of the trouble it had. */
  breakDisk(node: string, trouble: DiskTrouble): Promise<void>;
  /** Ability `disk`. Trouble ends; what was lost or damaged stays so. */
  mendDisk(node: string): Promise<void>;
  /** Ability `disk`. */
  probeDisk(node: string): Promise<DiskProbe>;
  /** Ability `disk`. The machine dies without a word to its peers; `start` brings it back. Does nothing for an absent node. Tells what was lost, where it can. */
  cutPower(node: string, unsynced: UnsyncedWrites): Promise<string | undefined>;
  /** Ability `disk`. Of an absent node; says what was done to which file. */
  damageDisk(node: string, damage: DiskDamage): Promise<string>;
  /** Ability `shape`. On all connections, also those dialled later. */
  shapeLinks(links: readonly FaultLink[], shape: LinkShape): Promise<Shaping>;
  /** Ability `shape`. The links that some shaping holds now. */
  shapedLinks(): readonly FaultLink[];
  /** Ability `shape`. Of so many bytes, `delayProbeBytes` unless told; none of a link of which nobody can tell, and of very many links a part. */
  probeDelays(links: readonly FaultLink[], bytes?: number): Promise<readonly DelayProbe[]>;
  /**
   * Ability `wipe`. Of an absent node: its disk is a new one, and what starts on it is another member. Resolves with the id under which a
   * controller then waits to be added; a broker is given one by the controllers ('').
   */
  wipe(node: string): Promise<string>;
  readonly operator: Operator;
}

/** One of several deeds that make a fault, `afterMs` after the one before. A cut is known by its number. */
export type FaultStep = { readonly afterMs: number } & (
  | { readonly verb: NodeVerb; readonly node: string }
  | {
      readonly verb: 'cut';
      readonly cut: number;
      readonly links: readonly FaultLink[];
      readonly flavour: CutFlavour;
    }
  | { readonly verb: 'heal'; readonly cut: number }
);

export type NodeVerb = 'kill' | 'stop' | 'start' | 'pause' | 'resume';

/** One fault as it will be done: data, so that it can be printed and compared. */
export interface FaultPlan {
  readonly kind: 'planned';
  readonly variant: string;
  /** Never empty. */
  readonly targets: readonly string[];
  /** Empty where the fault is not one of links. */
  readonly links: readonly FaultLink[];
  /** Empty where the fault is not one of nodes. */
  readonly nodes: readonly string[];
  /** How much of it: by host name where each has its own, else by what it is. */
  readonly amounts?: Readonly<Record<string, number>>;
  /** Where the fault is more than one deed. */
  readonly steps?: readonly FaultStep[];
}

/** There is nothing to hit now; the driver asks again and, when it stays so, records a failed fault with the reason. */
export interface NoTarget {
  readonly kind: 'no-target';
  readonly variant: string;
  readonly reason: string;
}

export interface ProbeResult {
  readonly proven: boolean;
  readonly proof: FaultProof;
}

/** A fault that was injected. */
export interface ActiveFault {
  /** Asks once; the driver repeats it until it is proven or its patience ends. */
  probeBit(): Promise<ProbeResult>;
  /**
   * Of a fault with deeds that follow once the first of them bit: it lasts until they are done, whatever its schedule says. Aborted: the rest is
   * left out. Not proven: `proof.reason` says what did not go as wanted.
   */
  goOn?(stop: AbortSignal): Promise<ProbeResult>;
  heal(): Promise<void>;
  probeHealed(): Promise<ProbeResult>;
}

/** What of the cluster decides which faults its guarantees cover. */
export interface Settings {
  readonly flush: 'sync' | 'async';
  readonly minInSyncReplicas: number;
  /** Brokers. */
  readonly nodes: number;
}

export interface Nemesis {
  readonly name: string;
  /** What the world must be able to do. */
  readonly needs?: Ability;
  /** Another one has all its variants: who draws of all nemeses leaves this one out. */
  readonly partOf?: string;
  /** Of its bands in plots: [light, dark] as #rrggbb. */
  readonly colours: readonly [light: string, dark: string];
  /** What it is after, one sentence. */
  readonly purpose: string;
  /** Cycled through, in an order drawn from the seed. Empty: it injects nothing at all. */
  readonly variants: readonly string[];
  /** A script that a person wrote: it goes alone, and only where its name is called. */
  readonly isPreset?: boolean;
  /** How long its deeds go on; undefined: as long as the schedule draws. */
  readonly takesMs?: number;
  /** Pure: the same random stream and view give the same plan. */
  plan(variant: string, random: Random, view: ClusterView): FaultPlan | NoTarget;
  /** What to do when a variant finds no target for long, say no master since another fault took it; undefined: nothing else would do. */
  fallback(variant: string): string | undefined;
  /** What a variant adds to the cluster: the run then has a spare host of this kind. */
  spareFor?(variant: string): SpareKind | undefined;
  /** Why the guarantees do not cover a variant under these settings: then loss is to be expected. Undefined: they do. */
  exceeds?(variant: string, settings: Settings): string | undefined;
  /** Variants that nobody draws by chance: who names one sees to it that no other fault comes before its harm is repaired. */
  onlyByName?(variant: string): boolean;
  /** `clock`: the harness's. */
  inject(cluster: BreakableCluster, plan: FaultPlan, clock: Clock): Promise<ActiveFault>;
}
