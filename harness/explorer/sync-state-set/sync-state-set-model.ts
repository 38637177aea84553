/**
 * The SyncStateSet and the epochs, in every order of events: brokers with logs of small records, the controllers as one whose answers and
 * notices come late or never (Raft is explored apart). All decisions are those of cluster/controller, cluster/broker and cluster/ha.
 * Reduced, worlds that differ by names of brokers, or by what no later step can see, are one (forgotten.ts says why it cannot).
 */
import { AssertionError } from 'node:assert';
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { Interned } from '../interned.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { compareVectors, permutations } from '../permutations.ts';
import { RenamedIds } from '../renamed-ids.ts';
import { sortFrom } from '../sort-from.ts';
import {
  essentialBrokerSet,
  essentialLink,
  essentialSaid,
  isErrandOfUse,
  isViewOfUse,
  withoutTheForgotten,
} from './forgotten.ts';
import { type Happening, happenings } from './happenings.ts';
import { HeardViews } from './heard-views.ts';
import { brokenPromise, nothingSaid, type Said } from './promises.ts';
import {
  renameBrokerSet,
  renameErrand,
  renameLink,
  renameReplica,
  renameSaid,
  renameView,
} from './renamed-world.ts';
import { incarnationOf, type Link, type Replica } from './replica.ts';
import { type Errand, type View, viewOf, type World } from './world.ts';

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

/** Places in a vector: then links, what was used up, and what may be heard: errands (even numbers) and views (odd). */
const saidAt = 0;
const brokerSetAt = 1;
const messagesAt = 2;
const replicasAt = 3;

/** What is used up, 4 bits each. */
const oneFault = 1;
const oneElection = 1 << 4;
const oneProposal = 1 << 8;

export class SyncStateSetModel implements Model {
  readonly name = 'sync-state-set';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number | undefined;
  readonly #bounds: SyncStateSetBounds;
  readonly #rules: SyncStateSetRules;
  readonly #heard: HeardViews;
  readonly #said = new Interned<Said>((said) => JSON.stringify(said));
  readonly #brokerSets = new Interned<BrokerSet>(brokerSetKey);
  readonly #views = new Interned<View>((view) => JSON.stringify(view));
  /** Numbers without bound come out as null, but no field has two of them. */
  readonly #replicas = new Interned<Replica>((replica) => JSON.stringify(replica));
  readonly #links = new Interned<Link | undefined>((link) => JSON.stringify(link) ?? '');
  readonly #errands = new Interned<Errand>((errand) => JSON.stringify(errand));

  readonly #isReduced: boolean;
  readonly #permutations: readonly (readonly number[])[];
  readonly #renamedSaid: RenamedIds<Said>;
  readonly #renamedBrokerSets: RenamedIds<BrokerSet>;
  readonly #renamedReplicas: RenamedIds<Replica>;
  readonly #renamedLinks: RenamedIds<Link | undefined>;
  readonly #renamedErrands: RenamedIds<Errand>;
  readonly #renamedViews: RenamedIds<View>;

  /** `isReduced`: leaves out what cannot make a difference. */
  constructor(bounds: SyncStateSetBounds, rules: SyncStateSetRules, isReduced = true) {
    this.#bounds = bounds;
    this.#rules = rules;
    this.#isReduced = isReduced;
    this.#permutations = permutations(bounds.nodes);
    this.#renamedSaid = new RenamedIds(this.#said, renameSaid, this.#permutations);
    this.#renamedBrokerSets = new RenamedIds(this.#brokerSets, renameBrokerSet, this.#permutations);
    this.#renamedReplicas = new RenamedIds(this.#replicas, renameReplica, this.#permutations);
    this.#renamedLinks = new RenamedIds(this.#links, renameLink, this.#permutations);
    this.#renamedErrands = new RenamedIds(this.#errands, renameErrand, this.#permutations);
    this.#renamedViews = new RenamedIds(this.#views, renameView, this.#permutations);
    this.headLength = isReduced ? replicasAt + 2 * bounds.nodes : undefined;
    this.#heard = new HeardViews(rules);
    const { nodes, messages, faults, elections, proposals } = bounds;
    this.scope = [
      `${nodes} brokers, broker 1 the master with all in its SyncStateSet; minInSyncReplicas ${rules.minInSyncReplicas}`,
      `${messages} messages, ${elections} elections whenever the controller likes, ${proposals} proposals of a new SyncStateSet`,
      `${faults} faults: a restart, or a link that breaks`,
      'frames and acks come late, in order; proposals, answers and notices of any age, in any order, or never',
      'what a broker has written is durable; every member of the set may win an election',
    ];
    this.initial = this.#pack(this.#beginning());
  }

  canonical(state: Vector): Vector {
    if (!this.#isReduced) return state;
    const { nodes } = this.#bounds;
    const linksAt = replicasAt + nodes;
    const usedAt = linksAt + nodes;
    let best: number[] | undefined;
    for (let index = 0; index < this.#permutations.length; index += 1) {
      const permutation = this.#permutations[index] ?? [];
      const renamed: number[] = new Array<number>(usedAt).fill(0);
      for (let place = 0; place < nodes; place += 1) {
        const to = permutation[place] ?? 0;
        renamed[replicasAt + to] = this.#renamedReplicas.renamed(index, state[replicasAt + place] ?? 0);
        renamed[linksAt + to] = this.#renamedLinks.renamed(index, state[linksAt + place] ?? 0);
      }
      if (best !== undefined && compareFrom(renamed, best, replicasAt) > 0) continue;
      renamed[saidAt] = this.#renamedSaid.renamed(index, state[saidAt] ?? 0);
      renamed[brokerSetAt] = this.#renamedBrokerSets.renamed(index, state[brokerSetAt] ?? 0);
      renamed[messagesAt] = state[messagesAt] ?? 0;
      renamed.push(state[usedAt] ?? 0);
      for (let at = usedAt + 1; at < state.length; at += 1) {
        const number = state[at] ?? 0;
        const isErrand = number % 2 === 0;
        const ids = isErrand ? this.#renamedErrands : this.#renamedViews;
        renamed.push(2 * ids.renamed(index, Math.floor(number / 2)) + (isErrand ? 0 : 1));
      }
      sortFrom(renamed, usedAt + 1);
      if (best === undefined || isBefore(renamed, best)) best = renamed;
    }
    return best ?? state;
  }

  /** What people can see of a state, names aside: logs, labels, roles, what is confirmed, and the epochs of the controller. */
  situationOf(state: Vector): string {
    const { said, controller, replicas } = this.#unpack(state);
    const { masterEpoch, syncStateSetEpoch, syncStateSet } = controller.brokerSet;
    const brokers = replicas.map(({ log, epochs, confirmOffset, roleEpoch, role, life, brokerId }) => {
      const labels = epochs.map(({ epoch, startOffset }) => `${epoch}@${startOffset}`);
      const isMember = syncStateSet.has(brokerId);
      return `${role.kind} ${roleEpoch} ${life} ${isMember} [${log}] ${labels} ${confirmOffset}`;
    });
    return `${said.named} ${masterEpoch} ${syncStateSetEpoch} | ${brokers.sort().join(' | ')}`;
  }

  successors(state: Vector, visit: Visit): void {
    const world = this.#unpack(state);
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
    visit(this.#pack(next), () => [happening.title(), ...describeWorld(next)], violation);
  }

  #broken({ said, controller: { brokerSet }, replicas }: World): string | undefined {
    return brokenPromise(
      said,
      brokerSet,
      replicas,
      (replica) => brokerSet.replicas.get(replica.brokerId)?.incarnation === incarnationOf(replica),
    );
  }

  #beginning(): World {
    const brokerIds = Array.from({ length: this.#bounds.nodes }, (_, place) => place + 1);
    const brokerSet: BrokerSet = {
      clusterName: 'c',
      brokerName: 'b',
      nextBrokerId: brokerIds.length + 1,
      replicas: new Map(
        brokerIds.map((brokerId) => [
          brokerId,
          {
            brokerId,
            brokerAddress: `broker-${brokerId}:1`,
            haAddress: `broker-${brokerId}:1`,
            registerCheckCode: '',
            incarnation: `${brokerId}.1`,
            pastIncarnations: [],
            isSuspect: false,
          },
        ]),
      ),
      masterBrokerId: 1,
      masterIncarnation: '1.1',
      masterEpoch: 1,
      syncStateSet: new Set(brokerIds),
      syncStateSetEpoch: 2,
    };
    const row = {
      incarnation: '',
      ackOffset: 0,
      lastHeardMs: 0,
      caughtUpMs: 0,
      sampleOffset: 0,
      sampleMs: 0,
      lostMs: 0,
    };
    const slaves = brokerIds.slice(1);
    const part = {
      tracker: { syncStateSet: brokerIds, syncStateSetEpoch: 2, unresolved: [], inFlight: -1, marks: [] },
      acks: slaves.map(
        (brokerId) => [brokerId, { ...row, connectionId: brokerId, incarnation: `${brokerId}.1` }] as const,
      ),
      vouched: brokerIds.map((brokerId) => [brokerId, `${brokerId}.1`] as const),
      waiting: [],
      nextConnectionId: brokerIds.length + 1,
      proposalToken: 0,
    };
    return {
      used: { messages: 0, faults: 0, elections: 0, proposals: 0 },
      said: nothingSaid,
      controller: { brokerSet, views: [viewOf(brokerSet)] },
      replicas: brokerIds.map((brokerId) => ({
        brokerId,
        log: [],
        epochs: brokerId === 1 ? [{ epoch: 1, startOffset: 0 }] : [],
        confirmOffset: 0,
        roleEpoch: 1,
        roleMasterBrokerId: 1,
        ownEpoch: brokerId === 1 ? 1 : 0,
        life: 1,
        epochAtRegistration: 0,
        role:
          brokerId === 1
            ? { kind: 'master', masterEpoch: 1, syncStateSetEpoch: 2, part }
            : { kind: 'slave', masterEpoch: 1, masterBrokerId: 1 },
      })),
      links: brokerIds.map((brokerId) =>
        brokerId === 1
          ? undefined
          : {
              masterBrokerId: 1,
              masterEpoch: 1,
              connectionId: brokerId,
              offered: undefined,
              frames: [],
              acks: [],
              sentOffset: 0,
              keepsTail: false,
              isLeft: false,
            },
      ),
      errands: [],
    };
  }

  #pack(world: World): Vector {
    const { used, controller } = world;
    const essential = this.#isReduced ? essentialWorld(world) : world;
    const vector = [
      this.#said.idOf(essential.said),
      this.#brokerSetIdOf(controller.brokerSet),
      used.messages,
      ...world.replicas.map((replica) => this.#replicaIdOf(replica)),
      ...essential.links.map((link) => this.#links.idOf(link)),
      used.faults * oneFault + used.elections * oneElection + used.proposals * oneProposal,
    ];
    const numbers = new Set<number>();
    for (const errand of essential.errands) numbers.add(2 * this.#errands.idOf(errand));
    for (const view of essential.controller.views) numbers.add(2 * this.#views.idOf(view) + 1);
    const firstNumber = vector.length;
    vector.push(...numbers);
    sortFrom(vector, firstNumber);
    return vector;
  }

  #replicaIdOf(replica: Replica): number {
    if (!this.#isReduced) return this.#replicas.idOf(replica);
    return this.#replicas.keptIdOf(replica) ?? this.#replicas.idOf(withoutTheForgotten(replica));
  }

  #brokerSetIdOf(brokerSet: BrokerSet): number {
    if (!this.#isReduced) return this.#brokerSets.idOf(brokerSet);
    return this.#brokerSets.keptIdOf(brokerSet) ?? this.#brokerSets.idOf(essentialBrokerSet(brokerSet));
  }

  #unpack(vector: Vector): World {
    const { nodes } = this.#bounds;
    const linksAt = replicasAt + nodes;
    const usedAt = linksAt + nodes;
    const used = vector[usedAt] ?? 0;
    const numbers = vector.slice(usedAt + 1);
    const views = numbers
      .filter((number) => number % 2 === 1)
      .map((number) => this.#views.valueOf((number - 1) / 2));
    return {
      used: {
        messages: vector[messagesAt] ?? 0,
        faults: used & 15,
        elections: (used >> 4) & 15,
        proposals: (used >> 8) & 15,
      },
      said: this.#said.valueOf(vector[saidAt] ?? 0),
      controller: { brokerSet: this.#brokerSets.valueOf(vector[brokerSetAt] ?? 0), views },
      replicas: vector.slice(replicasAt, linksAt).map((id) => this.#replicas.valueOf(id)),
      links: vector.slice(linksAt, usedAt).map((id) => this.#links.valueOf(id)),
      errands: numbers
        .filter((number) => number % 2 === 0)
        .map((number) => this.#errands.valueOf(number / 2)),
    };
  }
}

function essentialWorld(world: World): World {
  const { said, links, errands, controller } = world;
  return {
    ...world,
    said: essentialSaid(said, world),
    links: links.map((link) => essentialLink(link, world)),
    errands: errands.filter((errand) => isErrandOfUse(errand, world)),
    controller: { ...controller, views: controller.views.filter((view) => isViewOfUse(view, world)) },
  };
}

function brokerSetKey({ replicas, syncStateSet, ...plain }: BrokerSet): string {
  return JSON.stringify([plain, [...replicas.values()], [...syncStateSet].sort((a, b) => a - b)]);
}

function compareFrom(a: Vector, b: Vector, from: number): number {
  for (let at = from; at < a.length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Replicas and links first, as canonical forms are chosen by them. */
function isBefore(a: Vector, b: Vector): boolean {
  return (compareFrom(a, b, replicasAt) || compareVectors(a, b)) < 0;
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
