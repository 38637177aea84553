/**
 * A group of Raft cores under random fortune: messages lost, repeated and out of order, crashes that lose what was not synced, links cut
 * in one direction, members that stand still, members that come, are promoted, go, or lose their disk. A run is a function of its seed; SafetyChecker throws when a promise is broken.
 */
import assert from 'node:assert/strict';
import type { MembershipChange } from '../membership.ts';
import { RaftCore } from '../raft-core.ts';
import type { PersistEffect, RaftEffect } from '../raft-effect.ts';
import type { RaftInput } from '../raft-input.ts';
import type { RaftEntry, RaftMessage } from '../raft-message.ts';
import { activeConfiguration } from '../raft-state.ts';
import { randomSequence } from './random-sequence.ts';
import { SafetyChecker, type WatchedMember } from './safety-checker.ts';
import { UnreliableLinks } from './unreliable-links.ts';

interface Member extends WatchedMember {
  core: RaftCore;
  durable: { term: number; vote: string | undefined; entries: RaftEntry[] };
  unsynced: PersistEffect[];
  isUp: boolean;
  /** Its ticks and messages wait. */
  isPaused: boolean;
  /** Of ten ticks of its neighbours it feels so many: clocks run at their own rates. */
  readonly paceOfTen: number;
  /** Its disk was replaced by an empty one: nobody may ever hear it again under this id. */
  isWiped: boolean;
}

type Action = 'deliver' | 'tick' | 'sync' | 'propose' | 'read' | 'change' | 'lose' | 'repeat';
type Fault = 'crash' | 'cut' | 'isolate' | 'split' | 'pause' | 'wipe';

/** Ids are never used again, so so many more members may come. */
const newcomersMax = 4;

export interface RandomClusterBugs {
  readonly votesByNodeTerm?: boolean;
  /** A member that lost its disk starts as one that knows its term and remembers nothing else. */
  readonly votesWithEmptyDisk?: boolean;
}

export class RandomCluster {
  readonly checker: SafetyChecker;
  readonly #random: () => number;
  readonly #members: Member[];
  readonly #links: UnreliableLinks;
  readonly #actions: readonly Action[];
  readonly #faults: readonly Fault[];
  readonly #faultSteps: number;
  readonly #appendBytesMax: number;
  readonly #electionTicks: number;
  readonly #bugs: RandomClusterBugs;
  readonly #founders: readonly string[];
  #nextRead = 0;

  constructor(seed: number, bugs: RandomClusterBugs = {}) {
    this.#bugs = bugs;
    this.#random = randomSequence(seed);
    const size = [1, 2, 3, 3, 3, 4, 5, 5][this.#below(8)] ?? 3;
    this.#electionTicks = 2 + this.#below(4);
    this.#appendBytesMax = this.#below(2) === 0 ? 1 : 60;
    this.#links = new UnreliableLinks((bound) => this.#below(bound), {
      holds: this.#below(2) === 0,
      reorders: this.#below(2) === 0,
    });
    // Each seed draws its own mixture: a run with every fault at once reaches less than many runs with a few.
    this.#actions = this.#drawActions();
    const faults = (['crash', 'cut', 'isolate', 'split', 'pause', 'wipe'] as const).filter(
      () => this.#below(2) === 0,
    );
    this.#faults = faults.length === 0 ? ['crash'] : faults;
    this.#faultSteps = 20 + this.#below(600);
    const ids = Array.from({ length: size }, (_, place) => `n${place}`);
    this.#founders = ids;
    this.#members = ids.map((id) => this.#newMember(id));
    this.checker = new SafetyChecker(this.#members);
    for (const id of ids) this.checker.lifeBegins(id);
    // A group is founded by all of its members together, or not yet: mostly there is one already.
    if (this.#below(4) > 0) this.settle();
  }

  run(steps: number): void {
    let nextChange = 0;
    for (let step = 0; step < steps; step += 1) {
      this.#act(this.#pick(this.#actions));
      if (step < nextChange) continue;
      nextChange = step + 1 + this.#below(this.#faultSteps);
      if (this.#below(3) === 0) this.#healSome();
      else this.#inflict(this.#pick(this.#faults));
    }
  }

  /** Ends all faults; a leader must be found and all must agree, without those that lost their disk. */
  settle(): void {
    this.#heal();
    // Mostly a few elections; a group that is not founded yet needs luck, for one refusal is too many.
    for (let round = 0; round < 1000 * this.#electionTicks; round += 1) {
      this.#removeWiped();
      for (const member of this.#members) this.#tick(member);
      for (let hop = 0; hop < 4; hop += 1) {
        for (const member of this.#members) this.#sync(member, member.unsynced.length);
        for (const message of this.#links.takeAll()) this.#deliver(message);
      }
      if (this.#agree()) return;
    }
    assert.fail(`no agreement after the end of all faults: ${this.#members.map(describe).join('; ')}`);
  }

  /** What a reader of a failed seed wants to know, and what two runs of one seed must share. */
  describe(): string {
    return `${this.checker.leaderCount} leaders, ${this.checker.committedCount} committed, ${this.checker.readsChecked} reads; ${this.#members.map(describe).join('; ')}`;
  }

  #agree(): boolean {
    const members = this.#present();
    const [first] = members;
    return members.every(
      ({ state }) =>
        state.leaderId !== undefined &&
        state.appliedIndex === state.entries.length - 1 &&
        state.appliedIndex === first?.state.appliedIndex &&
        state.entries.at(-1)?.term === state.term,
    );
  }

  #drawActions(): Action[] {
    const actions: Action[] = [];
    const add = (action: Action, weight: number): void => {
      for (let copy = 0; copy < weight; copy += 1) actions.push(action);
    };
    add('deliver', 40 + this.#below(160));
    add('tick', 30 + this.#below(120));
    add('sync', 30 + this.#below(100));
    add('propose', 5 + this.#below(20));
    add('read', this.#below(20));
    if (this.#below(2) === 0) add('change', 1 + this.#below(20));
    for (const fault of ['lose', 'repeat'] as const) {
      if (this.#below(2) === 0) add(fault, 1 + this.#below(20));
    }
    return actions;
  }

  #newMember(id: string): Member {
    const durable = { term: 0, vote: undefined, entries: [] };
    const core = this.#newCore(id, durable);
    return {
      id,
      core,
      durable,
      unsynced: [],
      isUp: true,
      isPaused: false,
      isWiped: false,
      paceOfTen: this.#below(2) === 0 ? 10 : 1 + this.#below(10),
      get state() {
        return this.core.state;
      },
    };
  }

  #newCore(selfId: string, durable: Member['durable']): RaftCore {
    const { votesByNodeTerm = false } = this.#bugs;
    const config = {
      selfId,
      memberIds: this.#founders,
      heartbeatTicks: 1,
      electionTicks: this.#electionTicks,
    };
    return new RaftCore(
      { ...config, votesByNodeTerm, appendBytesMax: this.#appendBytesMax, inFlightRequestsMax: 3 },
      durable,
    );
  }

  #act(action: Action): void {
    const member = this.#pick(this.#members);
    const isLive = member.isUp && !member.isPaused;
    switch (action) {
      case 'deliver':
        this.#deliver(this.#links.take());
        break;
      case 'tick':
        if (isLive && this.#below(10) < member.paceOfTen) this.#tick(member);
        break;
      case 'sync':
        if (isLive) this.#sync(member, 1 + this.#below(3));
        break;
      case 'propose':
        if (isLive) this.#step(this.#leaderOr(member), { kind: 'propose', bodies: this.#bodies() });
        break;
      case 'read':
        if (isLive) this.#read(member);
        break;
      case 'change':
        if (isLive) this.#change(this.#leaderOr(member));
        break;
      case 'lose':
        this.#links.take();
        break;
      case 'repeat':
        this.#links.repeatOne();
        break;
    }
  }

  /** Leaders are hit more often: what they wrote alone, and what they do not know yet, is where promises break. */
  #inflict(fault: Fault): void {
    const any = this.#pick(this.#members);
    const member = this.#below(2) === 0 ? any : this.#leaderOr(any);
    switch (fault) {
      case 'crash':
        if (member.isUp) this.#crash(member);
        else this.#restart(member);
        break;
      case 'cut':
        this.#links.cut(member.id, this.#pick(this.#members).id);
        break;
      case 'isolate':
        this.#isolate(member);
        break;
      case 'split':
        this.#split();
        break;
      case 'pause':
        member.isPaused = true;
        break;
      case 'wipe':
        this.#wipe(member);
        break;
    }
  }

  #heal(): void {
    this.#links.heal();
    for (const member of this.#members) this.#wake(member);
  }

  /** A leader that wakes behind a cut, while others have gone on, is the one to read from. */
  #healSome(): void {
    if (this.#below(2) === 0) this.#heal();
    else for (const member of this.#members) this.#wake(member);
  }

  #wake(member: Member): void {
    member.isPaused = false;
    if (!member.isUp) this.#restart(member);
  }

  #bodies(): Uint8Array[] {
    return Array.from({ length: 1 + this.#below(2) }, () => Uint8Array.of(1 + this.#below(255)));
  }

  /** Proposals to followers teach nothing; those to a deposed leader do. */
  #leaderOr(member: Member): Member {
    const leaders = this.#members.filter(
      ({ state, isUp, isPaused }) => isUp && !isPaused && state.role === 'leader',
    );
    return leaders.length === 0 ? member : this.#pick(leaders);
  }

  /** Out, in, or both ways, from most of the others: a leader may go on writing what nobody else will see. */
  #isolate(member: Member): void {
    const ways = 1 + this.#below(3);
    for (const { id } of this.#members) {
      if (id === member.id || this.#below(8) === 0) continue;
      if (ways !== 2) this.#links.cut(member.id, id);
      if (ways !== 1) this.#links.cut(id, member.id);
    }
  }

  #split(): void {
    const side = new Set(this.#members.filter(() => this.#below(2) === 0));
    for (const one of this.#members) {
      for (const other of this.#members)
        if (side.has(one) !== side.has(other)) this.#links.cut(one.id, other.id);
    }
  }

  #read(member: Member): void {
    this.#nextRead += 1;
    this.checker.readInvoked(this.#nextRead);
    this.#step(this.#leaderOr(member), { kind: 'read', readId: this.#nextRead });
  }

  #deliver(message: RaftMessage | undefined): void {
    const to = this.#members.find(({ id }) => id === message?.to);
    if (message === undefined || to === undefined || !to.isUp) return;
    if (to.isPaused) this.#links.send(message);
    else this.#step(to, { kind: 'message', message });
  }

  #tick(member: Member): void {
    this.#step(member, { kind: 'tick', luck: this.#below(2 ** 32) });
  }

  #step(member: Member, input: RaftInput): void {
    const effects = member.core.step(input);
    this.checker.observe(member, effects);
    for (const effect of effects) this.#perform(member, effect);
  }

  #perform(member: Member, effect: RaftEffect): void {
    if (effect.kind === 'persist') member.unsynced.push(effect);
    if (effect.kind === 'send') this.#links.send(effect.message);
  }

  #sync(member: Member, count: number): void {
    const done = member.unsynced.splice(0, count);
    const last = done.at(-1);
    if (last === undefined) return;
    for (const effect of done) writeDown(member.durable, effect);
    this.#step(member, { kind: 'persisted', sequence: last.sequence });
  }

  /** Of what was not synced a beginning may have reached the disk, cut in the middle of a write. */
  #crash(member: Member): void {
    const survived = member.unsynced.splice(0, this.#below(member.unsynced.length + 1));
    for (const effect of survived) writeDown(member.durable, effect);
    const torn = member.unsynced[0];
    if (torn?.what === 'entries' && this.#below(2) === 0) {
      writeDown(member.durable, {
        ...torn,
        entries: torn.entries.slice(0, this.#below(torn.entries.length + 1)),
      });
    }
    member.unsynced = [];
    member.isUp = false;
    member.isPaused = false;
  }

  #restart(member: Member): void {
    member.core = this.#newCore(member.id, member.durable);
    member.isUp = true;
    this.checker.lifeBegins(member.id);
  }

  /** One more, one less, or a learner votes from now on. */
  #change(leader: Member): void {
    const { peers } = activeConfiguration(leader.state);
    const peer = this.#pick(peers);
    switch (this.#below(3)) {
      case 0:
        this.#addNewcomer(leader);
        break;
      case 1: {
        const learner = peers.find(({ votes }) => !votes) ?? peer;
        this.#ask(leader, { kind: 'promote', id: learner.id });
        break;
      }
      default: {
        const rest = activeConfiguration(leader.state).voterIds.filter((id) => id !== peer.id);
        // No operator takes away the voters that are needed to hear the others.
        const well = rest.filter((id) => !this.#isWiped(id));
        if (!peer.votes || well.length * 2 > rest.length) this.#ask(leader, { kind: 'remove', id: peer.id });
      }
    }
  }

  #addNewcomer(leader: Member): void {
    const idle = this.#members.find(
      ({ id, state, isWiped }) =>
        state.term === 0 && !isWiped && !this.#founders.includes(id) && !this.#isKnown(id),
    );
    if (idle === undefined && this.#members.length >= this.#founders.length + newcomersMax) return;
    const newcomer = idle ?? this.#newMember(`n${this.#members.length}`);
    if (idle === undefined) {
      this.#members.push(newcomer);
      this.checker.lifeBegins(newcomer.id);
    }
    this.#ask(leader, { kind: 'add-learner', id: newcomer.id, address: '' });
  }

  #ask(leader: Member, change: MembershipChange): void {
    this.#step(leader, { kind: 'change', change });
  }

  /** In anybody's configuration. */
  #isKnown(id: string): boolean {
    return this.#members.some(({ state }) =>
      state.configurations.some(({ peers }) => peers.some((peer) => peer.id === id)),
    );
  }

  #isWiped(id: string): boolean {
    return this.#members.some((member) => member.id === id && member.isWiped);
  }

  /** As many as the group can bear, whatever configuration anybody goes by. */
  #wipe(member: Member): void {
    const isBearable = this.#members.every(({ state }) =>
      state.configurations.every(({ voterIds }) => {
        const well = voterIds.filter((id) => id !== member.id && !this.#isWiped(id));
        return !voterIds.includes(member.id) || well.length * 2 > voterIds.length;
      }),
    );
    const isVoter = this.#members.some(({ state }) =>
      activeConfiguration(state).voterIds.includes(member.id),
    );
    if (!isBearable || !isVoter || member.state.term === 0) return;
    member.unsynced = [];
    member.durable.term = this.#bugs.votesWithEmptyDisk === true ? member.durable.term : 0;
    member.durable.vote = undefined;
    member.durable.entries = [];
    member.isWiped = true;
    this.checker.diskLost(member.id);
    this.#restart(member);
  }

  /** What an operator does. */
  #removeWiped(): void {
    for (const leader of this.#members) {
      if (leader.state.role !== 'leader') continue;
      const gone = activeConfiguration(leader.state).voterIds.find((id) => this.#isWiped(id));
      if (gone !== undefined) this.#ask(leader, { kind: 'remove', id: gone });
    }
  }

  /** Those who belong to the group, by what the newest leader says. */
  #present(): readonly Member[] {
    const leaders = this.#members.filter(({ state }) => state.role === 'leader');
    const newest = leaders.sort((a, b) => b.state.term - a.state.term)[0] ?? this.#members[0];
    assert(newest !== undefined);
    const { peers } = activeConfiguration(newest.state);
    return this.#members.filter(({ id }) => peers.some((peer) => peer.id === id));
  }

  #pick<T>(choices: readonly T[]): T {
    const choice = choices[this.#below(choices.length)];
    assert(choice !== undefined);
    return choice;
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound);
  }
}

function writeDown(durable: Member['durable'], effect: PersistEffect): void {
  if (effect.what === 'hard-state') {
    durable.term = effect.hardState.term;
    durable.vote = effect.hardState.vote;
  } else {
    durable.entries.length = effect.firstIndex;
    durable.entries.push(...effect.entries);
  }
}

function describe({ id, isUp, state }: Member): string {
  const { role, term, entries, commitIndex } = state;
  return `${id} ${isUp ? role : 'down'} term ${term} entries ${entries.length} commit ${commitIndex}`;
}
