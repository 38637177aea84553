/**
 * The SyncStateSet and the epochs, in every order of events: brokers with logs of small records, the controllers as one whose answers and
 * notices come late or never (Raft is explored apart). All decisions are those of cluster/controller, cluster/broker and cluster/ha.
 * Reduced, worlds that differ by names of brokers, or by what no later step can see, are one (forgotten.ts says why it cannot).
 */
import { AssertionError } from 'node:assert';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { beginning } from './beginning.ts';
import { withoutTheForgotten } from './forgotten.ts';
import { type Happening, happenings } from './happenings.ts';
import { HeardViews } from './heard-views.ts';
import { PackedWorlds } from './packed-worlds.ts';
import { brokenPromise } from './promises.ts';
import { incarnationOf } from './replica.ts';
import { situationOfWorld, type World } from './world.ts';

export interface SyncStateSetBounds {
  readonly nodes: number;
  readonly messages: number;
  /** Restarts and broken links. */
  readonly faults: number;
  readonly elections: number;
  /** Changes of the SyncStateSet that masters ask for. */
  readonly proposals: number;
}

export interface SyncStateSetRules {
  readonly minInSyncReplicas: number;
  readonly seededBugs: ReadonlySet<SeededBug>;
}

export class SyncStateSetModel implements Model {
  readonly name = 'sync-state-set';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number | undefined;
  readonly #bounds: SyncStateSetBounds;
  readonly #rules: SyncStateSetRules;
  readonly #heard: HeardViews;
  readonly #isReduced: boolean;
  readonly #worlds: PackedWorlds;

  /** `isReduced`: leaves out what cannot make a difference. */
  constructor(bounds: SyncStateSetBounds, rules: SyncStateSetRules, isReduced = true) {
    this.#bounds = bounds;
    this.#rules = rules;
    this.#isReduced = isReduced;
    this.#worlds = new PackedWorlds(
      bounds.nodes,
      isReduced,
      isReduced ? withoutTheForgotten : (replica) => replica,
    );
    this.headLength = isReduced ? this.#worlds.headLength : undefined;
    this.#heard = new HeardViews(rules);
    const { nodes, messages, faults, elections, proposals } = bounds;
    this.scope = [
      `${nodes} brokers, broker 1 the master with all in its SyncStateSet; minInSyncReplicas ${rules.minInSyncReplicas}`,
      `${messages} messages, ${elections} elections whenever the controller likes, ${proposals} proposals of a new SyncStateSet`,
      `${faults} faults: a restart, or a link that breaks`,
      'frames and acks come late, in order; proposals, answers and notices of any age, in any order, or never',
      'what a broker has written is durable; every member of the set may win an election',
    ];
    this.initial = this.#worlds.pack(beginning(nodes));
  }

  canonical(state: Vector): Vector {
    return this.#isReduced ? this.#worlds.canonical(state) : state;
  }

  /** What people can see of a state, names aside: logs, labels, roles, what is confirmed, and the epochs of the controller. */
  situationOf(state: Vector, isConfirmTold = true): string {
    return situationOfWorld(this.#worlds.unpack(state), isConfirmTold);
  }

  successors(state: Vector, visit: Visit): void {
    const world = this.#worlds.unpack(state);
    for (const happening of happenings(world, this.#bounds, this.#rules, this.#heard))
      this.#visit(world, happening, visit);
  }

  #visit(world: World, happening: Happening, visit: Visit): void {
    let next = world;
    let violation: string | undefined;
    try {
      const result = happening.happen();
      if (result === undefined) return;
      next = result.world;
      violation = result.violation ?? this.#broken(next);
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      violation = `assert: ${error.message}`;
    }
    visit(this.#worlds.pack(next), () => [happening.title(), ...describeWorld(next)], violation);
  }

  #broken({ said, controller: { brokerSet }, replicas }: World): string | undefined {
    return brokenPromise(
      said,
      brokerSet,
      replicas,
      (replica) => brokerSet.replicas.get(replica.brokerId)?.incarnation === incarnationOf(replica),
    );
  }
}

function describeWorld({ controller: { brokerSet }, replicas }: World): readonly string[] {
  const set = [...brokerSet.syncStateSet].join(',');
  return [
    `    controller: master ${brokerSet.masterBrokerId} epoch ${brokerSet.masterEpoch}, SyncStateSet {${set}}`,
    ...replicas.map(({ brokerId, role, log, epochs, confirmOffset }) => {
      const labels = epochs.map(({ epoch, startOffset }) => `${epoch}@${startOffset}`).join(' ');
      const title = role.kind === 'fenced' ? 'fenced' : `${role.kind} of epoch ${role.masterEpoch}`;
      return `    broker ${brokerId}: ${title}, log [${log.join(' ')}] epochs ${labels}, confirmed ${confirmOffset}`;
    }),
  ];
}
