/**
 * The SyncStateSet and the epochs for a joined walk alone (explore-joined.ts): brokers without what they were only told (widened-broker.ts).
 * What a master has sent, and what its slaves answered, is no more than their logs while it lives; what is still on its way when its time is
 * over stays with the slave. That allows all that the reduced model allows, a link that breaks at any time included, and more.
 */
import { AssertionError } from 'node:assert';
import type { Model, Vector, Visit } from '../model.ts';
import { beginning } from './beginning.ts';
import { HeardViews } from './heard-views.ts';
import { isMaster, type MasterReplica } from './master-work.ts';
import { PackedWorlds } from './packed-worlds.ts';
import { brokenPromise, name } from './promises.ts';
import { pumped } from './pumped.ts';
import { incarnationOf, type Link, type Replica, restarted } from './replica.ts';
import type { RoleChange } from './role-actions.ts';
import { saidAfter } from './said-after.ts';
import { align, receive, type SlaveStep } from './slave-actions.ts';
import type { SyncStateSetBounds, SyncStateSetRules } from './sync-state-set-model.ts';
import {
  alignedLink,
  confirmedMax,
  masterOf,
  offeredBy,
  stillHearing,
  toldEnd,
  widened,
} from './widened-broker.ts';
import { type Move, WidenedMasters } from './widened-masters.ts';
import { replaced, situationOfWorld, type Used, type World } from './world.ts';
import { type Outcome, WorldStep } from './world-step.ts';

type Emit = (world: World, violation?: string) => void;

export class WidenedWorlds implements Model {
  readonly name = 'sync-state-set, widened';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number;
  readonly #bounds: SyncStateSetBounds;
  readonly #rules: SyncStateSetRules;
  readonly #heard: HeardViews;
  readonly #worlds: PackedWorlds;
  readonly #masters: WidenedMasters;
  readonly #confirmed = new WeakMap<Replica, Replica[]>();
  readonly #promises = new Map<string, string | undefined>();

  constructor(bounds: SyncStateSetBounds, rules: SyncStateSetRules, scope: readonly string[]) {
    this.#bounds = bounds;
    this.#rules = rules;
    this.scope = scope;
    this.#heard = new HeardViews(rules);
    this.#worlds = new PackedWorlds(bounds.nodes, true, widened);
    this.#masters = new WidenedMasters(rules, (replica) => this.#worlds.kept(replica));
    this.headLength = this.#worlds.headLength;
    const first = beginning(bounds.nodes);
    const links = first.links.map((link) => (link === undefined ? undefined : alignedLink(1, 1)));
    this.initial = this.#worlds.pack({ ...first, links });
  }

  canonical(state: Vector): Vector {
    return this.#worlds.canonical(state);
  }

  situationOf(state: Vector): string {
    return situationOfWorld(this.#worlds.unpack(state), false);
  }

  successors(state: Vector, visit: Visit): void {
    const world = this.#worlds.unpack(state);
    const emit: Emit = (next, violation) => {
      visit(this.#worlds.pack(next), nothingToTell, violation ?? this.#broken(next));
    };
    try {
      for (const replica of world.replicas) this.#happensTo(replica, world, emit);
      this.#happensAtController(world, emit);
    } catch (error) {
      if (!(error instanceof AssertionError)) throw error;
      visit(state, nothingToTell, `assert: ${error.message}`);
    }
  }

  #happensTo(replica: Replica, world: World, emit: Emit): void {
    this.#hears(replica, world, emit);
    if (world.used.faults < this.#bounds.faults) {
      const gone = isMaster(replica) ? withoutMaster(world, replica) : world;
      emit(used(withReplica(withLink(gone, replica, undefined), restarted(replica)), { faults: 1 }));
    }
    if (isMaster(replica)) this.#leads(replica, world, emit);
    else if (replica.role.kind === 'slave') this.#follows(replica, world, emit);
  }

  #hears(replica: Replica, world: World, emit: Emit): void {
    for (const view of world.controller.views) {
      for (const awake of this.#awake(replica, world)) {
        const change = this.#heard.hear(awake, view);
        if (change === undefined) break;
        const { role, roleEpoch } = change.replica;
        if (role.kind === replica.role.kind && roleEpoch === replica.roleEpoch) {
          const after = isMaster(replica) ? stillHearing(change.replica, replica) : change.replica;
          this.#changed(world, awake, { ...change, replica: after }, emit);
          continue;
        }
        const gone = isMaster(replica) ? withoutMaster(world, replica) : world;
        this.#changed(withLink(gone, replica, undefined), awake, change, emit);
        // How much it knows for confirmed counts for a master only.
        if (role.kind !== 'master') break;
      }
    }
  }

  /** With all that it may know. */
  #awake(replica: Replica, { said }: World): readonly Replica[] {
    const max = confirmedMax(replica, said);
    if (isMaster(replica)) return this.#masters.awake(replica, max);
    let known = this.#confirmed.get(replica);
    if (known === undefined) {
      known = [];
      this.#confirmed.set(replica, known);
    }
    for (let end = known.length; end <= max; end += 1) known.push({ ...replica, confirmOffset: end });
    return known.slice(0, max + 1);
  }

  #leads(master: MasterReplica, world: World, emit: Emit): void {
    const { messages, proposals } = this.#bounds;
    const take = (moves: readonly Move[], more: Partial<Used> = {}): void => {
      for (const { before, after, confirmOffset, acknowledged, violation, proposal } of moves) {
        const errands = proposal === undefined ? world.errands : [...world.errands, proposal];
        const change = { replica: { ...after, confirmOffset }, acknowledged, violation };
        this.#changed(used({ ...world, errands }, more), before, change, emit, after);
      }
    };
    const confirmed = confirmedMax(master, world.said);
    take(this.#masters.confirm(master, confirmed));
    if (world.used.messages < messages)
      take(this.#masters.append(master, confirmed, world.used.messages + 1), { messages: 1 });
    for (const { brokerId } of world.replicas) {
      if (brokerId === master.brokerId) continue;
      take(this.#masters.changeSet(master, confirmed, brokerId));
      if (world.used.proposals < proposals)
        take(this.#masters.propose(master, confirmed, brokerId), { proposals: 1 });
    }
    take(this.#masters.forget(master, confirmed));
  }

  #follows(slave: Replica, world: World, emit: Emit): void {
    const link = world.links[slave.brokerId - 1];
    const master = masterOf(slave, world);
    if (link?.offered !== undefined) {
      this.#aligns(slave, link, world, emit);
    } else if (master === undefined) {
      if (link === undefined || link.frames.length === 0) return;
      this.#stepped(slave, receive(slave, link, this.#rules.seededBugs), world, emit);
    } else if (link === undefined) {
      this.#aligns(slave, offeredBy(master), world, emit);
    } else if (slave.log.length < master.log.length) {
      const full = { ...link, sentOffset: slave.log.length };
      const [frame] = pumped(withLink(world, slave, full), master).links[slave.brokerId - 1]?.frames ?? [];
      const one: Link = { ...link, frames: frame === undefined ? [] : [frame] };
      this.#stepped(slave, receive(slave, one, this.#rules.seededBugs), world, emit);
    }
    if (master !== undefined && link?.offered === undefined) this.#confirms(slave, master, world, emit);
  }

  /** What it hears from its master for confirmed must be what was said. */
  #confirms(slave: Replica, master: MasterReplica, world: World, emit: Emit): void {
    if (world.links[slave.brokerId - 1] === undefined) return;
    for (let end = 1; end <= Math.min(slave.log.length, confirmedMax(master, world.said)); end += 1) {
      const named = name(world.said, end - 1, slave.log[end - 1] ?? -1);
      if (typeof named === 'string') emit(world, named);
    }
  }

  #aligns(slave: Replica, link: Link, world: World, emit: Emit): void {
    const seen = new Set<string>();
    for (const awake of this.#awake(slave, world)) {
      const step = align(awake, link, this.#rules.seededBugs);
      const key = JSON.stringify([step.replica.log, step.replica.epochs, step.link, step.violation]);
      if (seen.has(key)) continue;
      seen.add(key);
      this.#stepped(awake, step, world, emit);
    }
  }

  /** What a slave said is known to its master from then on, or on its way there, which is the same. */
  #stepped(before: Replica, { replica, link, violation }: SlaveStep, world: World, emit: Emit): void {
    if (link.keepsTail) {
      emit(world, `broker ${replica.brokerId} keeps what its master does not have`);
      return;
    }
    const master = masterOf(before, world);
    const end = link.acks.at(-1);
    let next = world;
    if (master !== undefined && end !== undefined) {
      if (end > master.log.length) emit(world, `broker ${replica.brokerId} acknowledges what was never sent`);
      next = withReplica(next, this.#worlds.kept(toldEnd(master, replica, end)));
    }
    next = withLink(next, replica, rest(link, master));
    this.#changed(next, before, { replica, acknowledged: [], violation }, emit);
  }

  #happensAtController(world: World, emit: Emit): void {
    const step = new WorldStep(world, this.#rules, this.#heard);
    const tell = (outcome: Outcome | undefined): void => {
      if (outcome !== undefined) emit(outcome.world, outcome.violation);
    };
    for (const replica of world.replicas) {
      if (replica.epochAtRegistration === -1) {
        tell(step.register(replica, undefined, false));
        for (const alive of world.replicas)
          if (alive !== replica)
            for (const isFirst of [false, true]) tell(step.register(replica, alive, isFirst));
      }
      if (world.used.elections < this.#bounds.elections) tell(step.elect(replica));
    }
    for (const errand of world.errands) {
      if (errand.kind === 'proposal') {
        tell(step.decide(errand));
        continue;
      }
      const master = world.replicas[errand.to - 1];
      if (master === undefined || !isMaster(master) || master.role.masterEpoch !== errand.masterEpoch)
        continue;
      const errands = world.errands.filter((one) => one !== errand);
      const moves = this.#masters.hearAnswer(master, confirmedMax(master, world.said), errand);
      for (const { before, after, confirmOffset, acknowledged, violation } of moves)
        this.#changed(
          { ...world, errands },
          before,
          { replica: { ...after, confirmOffset }, acknowledged, violation },
          emit,
          after,
        );
    }
  }

  /** `kept`: what of it is kept, where that is known already. */
  #changed(world: World, before: Replica, change: RoleChange, emit: Emit, kept?: Replica): void {
    const { said, violation } = saidAfter(world.said, before, change);
    emit({ ...withReplica(world, kept ?? this.#worlds.kept(change.replica)), said }, violation);
  }

  /** By parts, which recur. */
  #broken({ said, controller: { brokerSet }, replicas }: World): string | undefined {
    const isElectable = (replica: Replica): boolean =>
      brokerSet.replicas.get(replica.brokerId)?.incarnation === incarnationOf(replica);
    const logs = replicas.map(
      ({ log, epochs }) => `${log};${epochs.map((e) => `${e.epoch}@${e.startOffset}`)}`,
    );
    const members = replicas.map(
      (replica) => brokerSet.syncStateSet.has(replica.brokerId) && isElectable(replica),
    );
    const key = `${said.named}|${logs.join('|')}|${members}`;
    if (!this.#promises.has(key))
      this.#promises.set(key, brokenPromise(said, brokerSet, replicas, isElectable));
    return this.#promises.get(key);
  }
}

const nothingToTell = (): readonly string[] => [];

/** What a living master sends next is no more than what its log has. */
function rest(link: Link, master: MasterReplica | undefined): Link | undefined {
  if (link.isLeft) return undefined;
  if (master !== undefined) return alignedLink(link.masterBrokerId, link.masterEpoch);
  return link.frames.length === 0 ? undefined : { ...link, acks: [], sentOffset: 0 };
}

/** Its time is over: what it has sent may still arrive, and what it answered to handshakes. */
function withoutMaster(world: World, master: MasterReplica): World {
  const { masterEpoch } = master.role;
  const before = world.replicas.map((slave, place) => {
    const link = world.links[place];
    const isOwn =
      slave.role.kind === 'slave' &&
      slave.role.masterBrokerId === master.brokerId &&
      slave.role.masterEpoch === masterEpoch;
    if (!isOwn) return link;
    return link === undefined ? offeredBy(master) : { ...link, sentOffset: slave.log.length };
  });
  const sent = pumped({ ...world, links: before }, master);
  const links = sent.links.map((link) => {
    if (link === undefined || link.masterBrokerId !== master.brokerId || link.masterEpoch !== masterEpoch)
      return link;
    if (link.offered !== undefined) return link;
    return link.frames.length === 0 ? undefined : { ...link, sentOffset: 0 };
  });
  return { ...world, links };
}

function withReplica(world: World, replica: Replica): World {
  return { ...world, replicas: replaced(world.replicas, replica.brokerId - 1, replica) };
}

function withLink(world: World, { brokerId }: Replica, link: Link | undefined): World {
  return { ...world, links: replaced(world.links, brokerId - 1, link) };
}

function used(world: World, more: Partial<Used>): World {
  const { messages, faults, elections, proposals } = world.used;
  return {
    ...world,
    used: {
      messages: messages + (more.messages ?? 0),
      faults: faults + (more.faults ?? 0),
      elections: elections + (more.elections ?? 0),
      proposals: proposals + (more.proposals ?? 0),
    },
  };
}
