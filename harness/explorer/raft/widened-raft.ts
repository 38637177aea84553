/**
 * Raft for a joined walk alone (explore-joined.ts): members without what they have only heard (widened-member.ts), which is guessed anew
 * before each step. That allows all that the reduced model allows, and more, in far fewer states; reads and heartbeats are left to that one.
 */
import assert from 'node:assert/strict';
import { stepRaft } from '../../../cluster/raft/raft-core.ts';
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import { type RaftConfig, restoredState } from '../../../cluster/raft/raft-state.ts';
import { Interned } from '../interned.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { sortFrom } from '../sort-from.ts';
import { withoutRepeatedAnswers, withoutTheForgotten } from './forgotten.ts';
import { guessesFor } from './guesses.ts';
import { isDead } from './lasting-message.ts';
import { countOf, nameless, oneCampaign, oneFault, oneMessage } from './open-inputs.ts';
import { emptyHistory } from './raft-history.ts';
import { type RaftMember, situationOfMember } from './raft-member.ts';
import type { RaftBounds } from './raft-model.ts';
import { configsOf, historyAt, membersAt, namesAt, none, RaftParts } from './raft-parts.ts';
import { entriesKey, idOf, placeOf } from './raft-places.ts';
import { type MemberInput, type StepRaft, stepMember } from './raft-step.ts';
import {
  everythingSaid,
  type Guess,
  guessed,
  isForeseen,
  isWorthSaying,
  knownCommitIndex,
  noGuess,
  widened,
} from './widened-member.ts';

interface Transition {
  readonly member: number;
  readonly sent: readonly number[];
  readonly news: number;
  readonly violation: string | undefined;
  readonly isWriting: boolean;
  readonly isSettled: boolean;
}

export class WidenedRaft implements Model {
  readonly name = 'raft, widened';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number;
  readonly #bounds: RaftBounds;
  readonly #core: StepRaft;
  readonly #configs: readonly RaftConfig[];
  readonly #guesses = new Interned<Guess>((guess) => JSON.stringify(guess));
  readonly #noGuess = this.#guesses.idOf(noGuess);
  readonly #transitions: Map<number, Transition>[] = [];
  readonly #noted = new Map<number, number>();
  readonly #said = new Map<number, readonly number[]>();
  readonly #parts: RaftParts;

  constructor(bounds: RaftBounds, scope: readonly string[], core: StepRaft = stepRaft) {
    assert(bounds.heartbeats === 0 && bounds.reads === 0);
    this.#bounds = bounds;
    this.scope = scope;
    this.#core = core;
    const { nodes, messages, campaigns } = bounds;
    this.#parts = new RaftParts(bounds, true);
    this.#configs = configsOf(nodes, messages + campaigns + 1);
    this.headLength = membersAt + nodes;
    const durable = { term: 0, vote: undefined, entries: [] };
    const members = this.#configs.map((config) => {
      const member = { state: restoredState(config, durable), durable, unsynced: [], isDiskStuck: false };
      return this.#keptIdOf(member, config.selfId);
    });
    this.initial = [this.#parts.histories.idOf({ ...emptyHistory, leaderLogs: {} }), 0, ...members, 0];
  }

  #keptIdOf(member: RaftMember, selfId: string): number {
    const kept = withoutTheForgotten(withoutRepeatedAnswers(member), { inFlight: true, silence: true });
    return this.#parts.members.idOf(widened(kept, selfId));
  }

  canonical(state: Vector): Vector {
    return this.#parts.canonical(state);
  }

  /** What people can see of a state, names aside: roles, terms, logs in memory and on disk, what is held for committed by anybody. */
  situationOf(state: Vector): string {
    const members = state
      .slice(membersAt, membersAt + this.#bounds.nodes)
      .map((id) => situationOfMember(this.#parts.members.valueOf(id)));
    return `${this.#parts.histories.valueOf(state[historyAt] ?? 0).committed.join(' ')} | ${members.sort().join(' | ')}`;
  }

  successors(state: Vector, visit: Visit): void {
    const { nodes } = this.#bounds;
    const used = (state[namesAt] ?? 0) * oneMessage + (state[membersAt + nodes] ?? 0);
    for (let place = 0; place < nodes; place += 1) {
      for (const { inputId, cost } of this.#parts.inputsOpenTo(state[membersAt + place] ?? 0, used))
        this.#takeAndStick(state, place, inputId, this.#noGuess, used + cost, visit);
      for (const inputId of this.#parts.termsToHear(state, place))
        this.#takeAndStick(state, place, inputId, this.#noGuess, used, visit);
    }
    for (let at = membersAt + nodes + 1; at < state.length; at += 1) {
      const message = state[at] ?? 0;
      const place = this.#parts.addresseeOf(message);
      for (const guess of this.#guessesFor(state, place, message))
        this.#takeAndStick(state, place, 2 * message + 1, guess, used, visit);
    }
  }

  #takeAndStick(
    state: Vector,
    place: number,
    input: number,
    guess: number,
    used: number,
    visit: Visit,
  ): void {
    const memberId = state[membersAt + place] ?? 0;
    const plain = this.#transition(place, memberId, input, guess, false);
    this.#take(state, place, plain, used, visit);
    if (!plain.isWriting || countOf(used, oneFault) >= this.#bounds.faults) return;
    const stuck = this.#transition(place, memberId, input, guess, true);
    if (!stuck.isSettled) this.#take(state, place, stuck, used + oneFault, visit);
  }

  #guessesFor(state: Vector, place: number, messageId: number): readonly number[] {
    const onTheWay: RaftMessage[] = [];
    for (let at = membersAt + this.#bounds.nodes + 1; at < state.length; at += 1)
      if (this.#parts.addresseeOf(state[at] ?? 0) === place)
        onTheWay.push(this.#parts.messages.valueOf(state[at] ?? 0));
    const member = this.#parts.members.valueOf(state[membersAt + place] ?? 0);
    const history = this.#parts.histories.valueOf(state[historyAt] ?? 0);
    return guessesFor(this.#parts.messages.valueOf(messageId), member, history, onTheWay).map((guess) =>
      this.#guesses.idOf(guess),
    );
  }

  #take(state: Vector, place: number, transition: Transition, used: number, visit: Visit): void {
    const { member, sent, news, violation } = transition;
    const usedAt = membersAt + this.#bounds.nodes;
    const firstMessage = usedAt + 1;
    const historyId = state[historyAt] ?? 0;
    const judged = news === none ? undefined : this.#parts.judge(historyId, news);
    const isSame =
      member === state[membersAt + place] &&
      (judged?.history ?? historyId) === historyId &&
      used === usedOf(state, usedAt);
    const broken = violation ?? judged?.violation;
    // What it said was said in passing already.
    if (isSame && broken === undefined && sent.every((message) => state.includes(message, firstMessage)))
      return;
    const next = [judged?.history ?? historyId, Math.floor(used / oneMessage)];
    for (let at = membersAt; at < usedAt; at += 1) next.push(state[at] ?? 0);
    next[membersAt + place] = member;
    next[historyAt] = this.#withLeaderLog(next, member);
    next.push(used & nameless);
    const isCampaignLeft = countOf(used, oneCampaign) < this.#bounds.campaigns;
    for (let at = firstMessage; at < state.length; at += 1) {
      const message = state[at] ?? 0;
      if (!this.#isDead(message, next, isCampaignLeft)) next.push(message);
    }
    this.#say(next, sent, isCampaignLeft);
    for (let at = 0; at < this.#bounds.nodes; at += 1)
      this.#say(next, this.#saidBy(next, at), isCampaignLeft);
    this.#talkOn(next, isCampaignLeft);
    sortFrom(next, firstMessage);
    visit(
      next,
      nothingToTell,
      broken ?? this.#parts.unmatched(next, place) ?? this.#parts.uncovered(next, news),
    );
  }

  /** Of leaders from whom something may still be on its way. */
  #withLeaderLog(next: Vector, memberId: number): number {
    const historyId = next[historyAt] ?? 0;
    let oldest = Number.POSITIVE_INFINITY;
    for (let place = 0; place < this.#bounds.nodes; place += 1)
      oldest = Math.min(oldest, this.#parts.members.valueOf(next[membersAt + place] ?? 0).durable.term);
    const key = (memberId * 2 ** 24 + historyId) * 8 + oldest;
    let noted = this.#noted.get(key);
    if (noted === undefined) {
      const history = this.#parts.histories.valueOf(historyId);
      const { role, term, entries } = this.#parts.members.valueOf(memberId).state;
      const own = role === 'leader' ? { [term]: entriesKey(entries) } : {};
      const all = Object.entries({ ...history.leaderLogs, ...own });
      const leaderLogs = Object.fromEntries(all.filter(([of]) => Number(of) >= oldest));
      noted = this.#parts.histories.idOf({ ...history, leaderLogs });
      this.#noted.set(key, noted);
    }
    return noted;
  }

  #say(next: number[], messages: readonly number[], isCampaignLeft: boolean): void {
    const firstMessage = membersAt + this.#bounds.nodes + 1;
    for (const message of messages)
      if (!next.includes(message, firstMessage) && !this.#isDead(message, next, isCampaignLeft))
        next.push(message);
  }

  /** All that a leader may say. */
  #saidBy(next: Vector, place: number): readonly number[] {
    const memberId = next[membersAt + place] ?? 0;
    const historyId = next[historyAt] ?? 0;
    const key = (memberId * 2 ** 24 + historyId) * 8 + place;
    let said = this.#said.get(key);
    if (said === undefined) {
      const member = this.#parts.members.valueOf(memberId);
      const commitIndex = knownCommitIndex(member, this.#parts.histories.valueOf(historyId));
      said = everythingSaid(member, commitIndex, idOf(place)).map((message) =>
        this.#parts.messages.idOf(message),
      );
      this.#said.set(key, said);
    }
    return said;
  }

  /** Answers that change nothing but what is on its way are given at once. */
  #talkOn(next: number[], isCampaignLeft: boolean): void {
    const firstMessage = membersAt + this.#bounds.nodes + 1;
    for (let at = firstMessage; at < next.length; at += 1) {
      const messageId = next[at] ?? 0;
      const place = this.#parts.addresseeOf(messageId);
      const memberId = next[membersAt + place] ?? 0;
      for (const guess of this.#guessesFor(next, place, messageId)) {
        const { member, sent, violation } = this.#transition(
          place,
          memberId,
          2 * messageId + 1,
          guess,
          false,
        );
        if (member === memberId && violation === undefined) this.#say(next, sent, isCampaignLeft);
      }
    }
  }

  #transition(
    place: number,
    memberId: number,
    input: number,
    guess: number,
    isSticking: boolean,
  ): Transition {
    const row = 2 * place + (isSticking ? 1 : 0);
    let known = this.#transitions[row];
    if (known === undefined) {
      known = new Map();
      this.#transitions[row] = known;
    }
    const key = (memberId * 2 ** 16 + input) * 2 ** 14 + guess;
    let transition = known.get(key);
    if (transition === undefined) {
      transition = this.#step(place, memberId, input, guess, isSticking);
      known.set(key, transition);
    }
    return transition;
  }

  #step(place: number, memberId: number, inputId: number, guessId: number, isSticking: boolean): Transition {
    assert(inputId < 2 ** 16 && guessId < 2 ** 14, 'too many messages or guesses for one number');
    const config = this.#configs[place];
    assert(config !== undefined);
    const input: MemberInput =
      inputId % 2 === 1
        ? { kind: 'message', message: this.#parts.messages.valueOf((inputId - 1) / 2) }
        : this.#parts.inputs.valueOf(inputId / 2);
    const before = guessed(this.#parts.members.valueOf(memberId), this.#guesses.valueOf(guessId));
    const step = stepMember(this.#core, config, before, input, { isLapsed: false, isSticking });
    const { selfId } = config;
    const wild = step.sent.find((message) => !isForeseen(message, step.member));
    const said = step.sent.filter((message) => message.kind !== 'append-request' && isWorthSaying(message));
    return {
      member: this.#keptIdOf(step.member, selfId),
      sent: said.map((message) => this.#parts.messages.idOf(message)),
      news: step.news === undefined ? none : this.#parts.news.idOf(step.news),
      violation: step.violation ?? (wild === undefined ? undefined : `${selfId} sends what it does not have`),
      isWriting: !step.member.isDiskStuck && step.effects.some(({ kind }) => kind === 'persist'),
      isSettled: step.violation === undefined && step.member.unsynced.length === 0,
    };
  }

  #isDead(messageId: number, next: Vector, isCampaignLeft: boolean): boolean {
    const message = this.#parts.messages.valueOf(messageId);
    const to = this.#parts.members.valueOf(next[membersAt + this.#parts.addresseeOf(messageId)] ?? 0);
    const from = this.#parts.members.valueOf(next[membersAt + placeOf(message.from)] ?? 0);
    return isDead(message, to, from, isCampaignLeft);
  }
}

const nothingToTell = (): readonly string[] => [];

function usedOf(state: Vector, usedAt: number): number {
  return (state[namesAt] ?? 0) * oneMessage + (state[usedAt] ?? 0);
}
