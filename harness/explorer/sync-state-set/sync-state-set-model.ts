/**
 * The SyncStateSet and the epochs, in every order of events: brokers with logs of small records, the controllers as one whose answers and
 * notices come late or never (Raft is explored apart). All decisions are those of cluster/controller, cluster/broker and cluster/ha.
 */
import { AssertionError } from 'node:assert';
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { Interned } from '../interned.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { sortFrom } from '../sort-from.ts';
import { type Happening, happenings } from './happenings.ts';
import { HeardViews } from './heard-views.ts';
import { brokenPromise, nothingSaid, type Said } from './promises.ts';
import { incarnationOf, type Link, type Replica } from './replica.ts';
import { type Controller, type Errand, type Used, viewOf, type World } from './world.ts';

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

const usedAt = 0;
const saidAt = 1;
const controllerAt = 2;
const replicasAt = 3;

export class SyncStateSetModel implements Model {
  readonly name = 'sync-state-set';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly #bounds: SyncStateSetBounds;
  readonly #rules: SyncStateSetRules;
  readonly #heard: HeardViews;
  readonly #used = new Interned<Used>((used) => JSON.stringify(used));
  readonly #said = new Interned<Said>((said) => JSON.stringify(said));
  readonly #controllers = new Interned<Controller>(controllerKey);
  /** Numbers without bound come out as null, but no field has two of them. */
  readonly #replicas = new Interned<Replica>((replica) => JSON.stringify(replica));
  readonly #links = new Interned<Link | undefined>((link) => JSON.stringify(link) ?? '');
  readonly #errands = new Interned<Errand>((errand) => JSON.stringify(errand));

  constructor(bounds: SyncStateSetBounds, rules: SyncStateSetRules) {
    this.#bounds = bounds;
    this.#rules = rules;
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
    return state;
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
    const vector = [
      this.#used.idOf(world.used),
      this.#said.idOf(world.said),
      this.#controllers.idOf(world.controller),
      ...world.replicas.map((replica) => this.#replicas.idOf(replica)),
      ...world.links.map((link) => this.#links.idOf(link)),
    ];
    const firstErrand = vector.length;
    for (const errand of world.errands) {
      const id = this.#errands.idOf(errand);
      if (!vector.includes(id, firstErrand)) vector.push(id);
    }
    sortFrom(vector, firstErrand);
    return vector;
  }

  #unpack(vector: Vector): World {
    const { nodes } = this.#bounds;
    const linksAt = replicasAt + nodes;
    return {
      used: this.#used.valueOf(vector[usedAt] ?? 0),
      said: this.#said.valueOf(vector[saidAt] ?? 0),
      controller: this.#controllers.valueOf(vector[controllerAt] ?? 0),
      replicas: vector.slice(replicasAt, linksAt).map((id) => this.#replicas.valueOf(id)),
      links: vector.slice(linksAt, linksAt + nodes).map((id) => this.#links.valueOf(id)),
      errands: vector.slice(linksAt + nodes).map((id) => this.#errands.valueOf(id)),
    };
  }
}

function controllerKey({ brokerSet, views }: Controller): string {
  const { replicas, syncStateSet, ...plain } = brokerSet;
  return JSON.stringify([plain, [...replicas.values()], [...syncStateSet], views]);
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
