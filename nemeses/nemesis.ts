/** What a nemesis is, and what it may do to a cluster. The harness implements `BreakableCluster` for each world. */
import type { FaultLink, FaultProof } from '../checkers/history/fault.ts';
import type { Random } from '../cluster/runtime/random.ts';

export type HostKind = 'broker' | 'controller' | 'client';

/** How the clients of a client host behave when the node they know stops answering. */
export type ClientHabit = 'follows-route' | 'keeps-node';

export interface Host {
  /** n1.. brokers, c1.. nameserver and controller, w1.. clients. */
  readonly name: string;
  readonly kind: HostKind;
  /** Of client hosts only. */
  readonly habit?: ClientHabit;
}

/** `absent`: never started, or its process is gone. */
export type NodeState = 'running' | 'paused' | 'absent';

/** The living cluster as the harness sees it now, asked past all links. */
export interface ClusterView {
  readonly hosts: readonly Host[];
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

/** All verbs reject with an error for people when they could not be done. */
export interface BreakableCluster {
  readonly hosts: readonly Host[];
  view(): Promise<ClusterView>;
  state(node: string): NodeState;
  /** Resolves when the node is started, not when it serves. Does nothing for one that runs. */
  start(node: string): Promise<void>;
  /** Resolves when it is gone; nothing of it runs any more. Does nothing for an absent one. */
  kill(node: string): Promise<void>;
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
}

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
  heal(): Promise<void>;
  probeHealed(): Promise<ProbeResult>;
}

export interface Nemesis {
  readonly name: string;
  /** Of its bands in plots: [light, dark] as #rrggbb. */
  readonly colours: readonly [light: string, dark: string];
  /** What it is after, one sentence. */
  readonly purpose: string;
  /** Cycled through, in an order drawn from the seed. Empty: it injects nothing at all. */
  readonly variants: readonly string[];
  /** Pure: the same random stream and view give the same plan. */
  plan(variant: string, random: Random, view: ClusterView): FaultPlan | NoTarget;
  /** What to do when a variant finds no target for long, say no master since another fault took it; undefined: nothing else would do. */
  fallback(variant: string): string | undefined;
  inject(cluster: BreakableCluster, plan: FaultPlan): Promise<ActiveFault>;
}
