/** Worlds as vectors of numbers: each part is kept once. And one of all those that differ by the names of brokers only. */
import type { BrokerSet } from '../../../cluster/controller/broker-set.ts';
import { Interned } from '../interned.ts';
import type { Vector } from '../model.ts';
import { compareVectors, permutations } from '../permutations.ts';
import { RenamedIds } from '../renamed-ids.ts';
import { sortFrom } from '../sort-from.ts';
import { essentialBrokerSet, essentialLink, essentialSaid, isErrandOfUse, isViewOfUse } from './forgotten.ts';
import type { Said } from './promises.ts';
import {
  renameBrokerSet,
  renameErrand,
  renameLink,
  renameReplica,
  renameSaid,
  renameView,
} from './renamed-world.ts';
import type { Link, Replica } from './replica.ts';
import type { Errand, View, World } from './world.ts';

/** Places in a vector: then links, what was used up, and what may be heard: errands (even numbers) and views (odd). */
const saidAt = 0;
const brokerSetAt = 1;
const messagesAt = 2;
const replicasAt = 3;

/** What is used up, 4 bits each. */
const oneFault = 1;
const oneElection = 1 << 4;
const oneProposal = 1 << 8;

export class PackedWorlds {
  readonly headLength: number;
  readonly #nodes: number;
  readonly #isReduced: boolean;
  readonly #forget: (replica: Replica) => Replica;
  readonly #said = new Interned<Said>((said) => JSON.stringify(said));
  readonly #brokerSets = new Interned<BrokerSet>(brokerSetKey);
  /** Of those that decisions come to, as often as they are looked up. */
  readonly #brokerSetIds = new WeakMap<BrokerSet, number>();
  readonly #views = new Interned<View>((view) => JSON.stringify(view));
  /** Numbers without bound come out as null, but no field has two of them. */
  readonly #replicas = new Interned<Replica>((replica) => JSON.stringify(replica));
  readonly #links = new Interned<Link | undefined>((link) => JSON.stringify(link) ?? '');
  readonly #errands = new Interned<Errand>((errand) => JSON.stringify(errand));
  readonly #permutations: readonly (readonly number[])[];
  readonly #renamedSaid: RenamedIds<Said>;
  readonly #renamedBrokerSets: RenamedIds<BrokerSet>;
  readonly #renamedReplicas: RenamedIds<Replica>;
  readonly #renamedLinks: RenamedIds<Link | undefined>;
  readonly #renamedErrands: RenamedIds<Errand>;
  readonly #renamedViews: RenamedIds<View>;

  constructor(nodes: number, isReduced: boolean, forget: (replica: Replica) => Replica) {
    this.#nodes = nodes;
    this.#isReduced = isReduced;
    this.#forget = forget;
    this.headLength = replicasAt + 2 * nodes;
    this.#permutations = permutations(nodes);
    this.#renamedSaid = new RenamedIds(this.#said, renameSaid, this.#permutations);
    this.#renamedBrokerSets = new RenamedIds(this.#brokerSets, renameBrokerSet, this.#permutations);
    this.#renamedReplicas = new RenamedIds(this.#replicas, renameReplica, this.#permutations);
    this.#renamedLinks = new RenamedIds(this.#links, renameLink, this.#permutations);
    this.#renamedErrands = new RenamedIds(this.#errands, renameErrand, this.#permutations);
    this.#renamedViews = new RenamedIds(this.#views, renameView, this.#permutations);
  }

  canonical(state: Vector): Vector {
    const nodes = this.#nodes;
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

  pack(world: World): Vector {
    const { used, controller } = world;
    const essential = this.#isReduced ? essentialWorld(world) : world;
    const vector = [
      this.#said.idOf(essential.said),
      this.#brokerSetIdOf(controller.brokerSet),
      used.messages,
      ...world.replicas.map((replica) => this.replicaIdOf(replica)),
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

  replicaIdOf(replica: Replica): number {
    return this.#replicas.keptIdOf(replica) ?? this.#replicas.idOf(this.#forget(replica));
  }

  /** The very one that is kept for all that are equal to it. */
  kept(replica: Replica): Replica {
    return this.#replicas.valueOf(this.replicaIdOf(replica));
  }

  #brokerSetIdOf(brokerSet: BrokerSet): number {
    if (!this.#isReduced) return this.#brokerSets.idOf(brokerSet);
    let id = this.#brokerSetIds.get(brokerSet) ?? this.#brokerSets.keptIdOf(brokerSet);
    if (id === undefined) {
      id = this.#brokerSets.idOf(essentialBrokerSet(brokerSet));
      this.#brokerSetIds.set(brokerSet, id);
    }
    return id;
  }

  unpack(vector: Vector): World {
    const nodes = this.#nodes;
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
