/**
 * Raft, in every order of messages: the real core, disks that lose what is not synced, messages that overtake each other, come twice or never.
 * A message that is lost is one that is never delivered, so losses cost nothing and are all covered.
 *
 * Reduced, each of these allows at least what happens in full, and no step that changes something a promise speaks of is left out:
 * - a message stays on its way when it was delivered, so with more on its way everything may happen that may happen with less;
 * - therefore an answer that changes nothing at who gives it is given at once;
 * - a refusal that only brings a newer term is not kept: any member may hear of any term that another one has on its disk;
 * - a silence of the leader happens just before a request for a vote, a disk sticks just before a write: nobody sees either earlier;
 * - what no later step can see is not kept (forgotten.ts), nor messages that can do nothing any more (lasting-message.ts).
 */
import { stepRaft } from '../../../cluster/raft/raft-core.ts';
import { describeEffect } from '../../../cluster/raft/raft-lines.ts';
import { type RaftConfig, restoredState } from '../../../cluster/raft/raft-state.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { sortFrom } from '../sort-from.ts';
import { describeInput } from './describe-input.ts';
import { withoutRepeatedAnswers, withoutTheForgotten } from './forgotten.ts';
import { isDead, isDeadAnswer } from './lasting-message.ts';
import { countOf, nameless, oneCampaign, oneFault, oneMessage } from './open-inputs.ts';
import { emptyHistory } from './raft-history.ts';
import { type RaftMember, situationOfMember } from './raft-member.ts';
import { configsOf, historyAt, membersAt, namesAt, none, RaftParts } from './raft-parts.ts';
import { idOf, placeOf } from './raft-places.ts';
import { type Before, type MemberInput, type StepRaft, stepMember } from './raft-step.ts';

export interface RaftBounds {
  readonly nodes: number;
  readonly messages: number;
  /** Disks that stop to make writes durable (a restart may follow), and messages that come twice. */
  readonly faults: number;
  /** Times that a member's patience ends. */
  readonly campaigns: number;
  readonly heartbeats: number;
  readonly reads: number;
}

interface Transition {
  readonly member: number;
  readonly sent: readonly number[];
  readonly news: number;
  readonly violation: string | undefined;
  /** Something was to be written, so a disk could stick here. */
  readonly isWriting: boolean;
  /** Without anything to write: a disk that sticks makes no difference. */
  readonly isSettled: boolean;
}

export interface RaftWalk {
  /** Messages that come twice cost a fault each, or come again whenever they like. */
  readonly repeats: 'faults' | 'free';
  /** Leaves out what cannot make a difference; repeats are free then. */
  readonly isReduced: boolean;
}

/** An input that needs no message. The numbers of inputs are even; odd ones stand for messages. */
/** Before an input: bits of a number. */
const lapsed = 1;
const sticking = 2;

const nothing = 0;

export const reduced: RaftWalk = { repeats: 'free', isReduced: true };

export class RaftModel implements Model {
  readonly name = 'raft';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly headLength: number | undefined;
  readonly #bounds: RaftBounds;
  readonly #walk: RaftWalk;
  readonly #core: StepRaft;
  readonly #configs: readonly RaftConfig[];
  readonly #transitions = new Map<number, Transition>();
  readonly #parts: RaftParts;

  /** `core`: another one than the real one only to see that this model can fail. */
  constructor(bounds: RaftBounds, core: StepRaft = stepRaft, walk: RaftWalk = reduced) {
    this.#bounds = bounds;
    this.#core = core;
    this.#walk = walk;
    const { nodes, messages, faults, campaigns, heartbeats, reads } = bounds;
    this.scope = [
      `${nodes} members, ${messages} proposals, ${reads} reads, ${campaigns} campaigns, ${heartbeats} heartbeats or silences of a leader`,
      `${faults} faults: a disk that stops to make writes durable, until it has done so or the member restarts without any part of them${
        walk.repeats === 'faults' ? '; or a message that comes twice' : ''
      }`,
      walk.repeats === 'faults'
        ? 'messages come in any order or never; two equal ones on their way are one'
        : 'messages come in any order, as often as they like, or never',
    ];
    this.#parts = new RaftParts(bounds, walk.isReduced);
    // Reduced: more than a log can have entries, so that none of them need be remembered.
    this.#configs = configsOf(nodes, walk.isReduced ? messages + campaigns + 1 : 4);
    this.headLength = walk.isReduced ? membersAt + nodes : undefined;
    const durable = { term: 0, vote: undefined, entries: [] };
    const members = this.#configs.map((config) =>
      this.#parts.members.idOf(
        this.#kept({ state: restoredState(config, durable), durable, unsynced: [], isDiskStuck: false }),
      ),
    );
    this.initial = [this.#parts.histories.idOf(emptyHistory), 0, ...members, 0];
  }

  #kept(member: RaftMember): RaftMember {
    if (this.#walk.repeats === 'faults') return member;
    const once = withoutRepeatedAnswers(member);
    if (!this.#walk.isReduced) return once;
    return withoutTheForgotten(once, { inFlight: true, silence: this.#bounds.heartbeats === 0 });
  }

  canonical(state: Vector): Vector {
    return this.#parts.canonical(state);
  }

  /** What people can see of a state, names aside: roles, terms, logs in memory and on disk, what is held for committed. */
  situationOf(state: Vector, isCommitTold = true): string {
    const members = state.slice(membersAt, membersAt + this.#bounds.nodes).map((id) => {
      const member = this.#parts.members.valueOf(id);
      return isCommitTold
        ? `${situationOfMember(member)} ${member.state.commitIndex}`
        : situationOfMember(member);
    });
    return `${this.#parts.histories.valueOf(state[historyAt] ?? 0).committed.join(' ')} | ${members.sort().join(' | ')}`;
  }

  successors(state: Vector, visit: Visit): void {
    const { nodes } = this.#bounds;
    const used = (state[namesAt] ?? 0) * oneMessage + (state[membersAt + nodes] ?? 0);
    for (let place = 0; place < nodes; place += 1) {
      for (const { inputId, cost } of this.#parts.inputsOpenTo(state[membersAt + place] ?? 0, used))
        this.#takeAndStick(state, place, inputId, used + cost, nothing, visit);
      if (this.#walk.isReduced)
        for (const inputId of this.#parts.termsToHear(state, place))
          this.#takeAndStick(state, place, inputId, used, nothing, visit);
    }
    const isFaultLeft = countOf(used, oneFault) < this.#bounds.faults;
    for (let at = membersAt + nodes + 1; at < state.length; at += 1) {
      const messageId = state[at] ?? 0;
      const place = this.#parts.addresseeOf(messageId);
      const input = 2 * messageId + 1;
      if (this.#walk.isReduced) {
        this.#takeAndStick(state, place, input, used, nothing, visit);
        if (this.#isLapseOfUse(messageId, state[membersAt + place] ?? 0))
          this.#takeAndStick(state, place, input, used, lapsed, visit);
      } else if (this.#walk.repeats === 'free') {
        this.#take(state, place, input, used, none, nothing, visit);
      } else {
        this.#take(state, place, input, used, at, nothing, visit);
        if (isFaultLeft) this.#take(state, place, input, used + oneFault, none, nothing, visit);
      }
    }
  }

  /** Also with a disk that sticks just before, where that makes a difference. */
  #takeAndStick(
    state: Vector,
    place: number,
    inputId: number,
    used: number,
    before: number,
    visit: Visit,
  ): void {
    this.#take(state, place, inputId, used, none, before, visit);
    if (!this.#walk.isReduced || countOf(used, oneFault) >= this.#bounds.faults) return;
    const memberId = state[membersAt + place] ?? 0;
    if (!this.#transition(place, memberId, inputId, before).isWriting) return;
    if (this.#transition(place, memberId, inputId, before | sticking).isSettled) return;
    this.#take(state, place, inputId, used + oneFault, none, before | sticking, visit);
  }

  #isLapseOfUse(messageId: number, memberId: number): boolean {
    const { kind } = this.#parts.messages.valueOf(messageId);
    if (kind !== 'pre-vote-request' && kind !== 'vote-request') return false;
    const { role, leaderId } = this.#parts.members.valueOf(memberId).state;
    return role !== 'leader' && leaderId !== undefined;
  }

  #inputOf(inputId: number): MemberInput {
    if (inputId % 2 === 1)
      return { kind: 'message', message: this.#parts.messages.valueOf((inputId - 1) / 2) };
    return this.#parts.inputs.valueOf(inputId / 2);
  }

  /** `taken`: where in the vector the message stands that is used up by this. */
  #take(
    state: Vector,
    place: number,
    inputId: number,
    used: number,
    taken: number,
    before: number,
    visit: Visit,
  ): void {
    const memberId = state[membersAt + place] ?? 0;
    const { member, sent, news, violation } = this.#transition(place, memberId, inputId, before);
    const usedAt = membersAt + this.#bounds.nodes;
    const firstMessage = usedAt + 1;
    const isMessage = inputId % 2 === 1;
    if (isMessage && member === memberId && news === none && violation === undefined) {
      // Nobody noticed: what follows, follows from the state before as well.
      const repeated = taken === none ? none : (inputId - 1) / 2;
      if (sent.every((message) => message !== repeated && state.includes(message, firstMessage))) return;
    }
    const judged = news === none ? undefined : this.#parts.judge(state[historyAt] ?? 0, news);
    const next = [judged?.history ?? state[historyAt] ?? 0, Math.floor(used / oneMessage)];
    for (let at = membersAt; at < usedAt; at += 1) next.push(state[at] ?? 0);
    next[membersAt + place] = member;
    next.push(used & nameless);
    const isCampaignLeft = countOf(used, oneCampaign) < this.#bounds.campaigns;
    for (let at = firstMessage; at < state.length; at += 1) {
      const message = state[at] ?? 0;
      if (at !== taken && !this.#isDead(message, next, isCampaignLeft)) next.push(message);
    }
    const newFrom = next.length;
    for (const message of sent) {
      if (!next.includes(message, firstMessage) && !this.#isDead(message, next, isCampaignLeft))
        next.push(message);
    }
    if (this.#walk.isReduced) this.#talkOn(next, place, newFrom, isCampaignLeft);
    sortFrom(next, firstMessage);
    const broken =
      violation ??
      judged?.violation ??
      this.#parts.unmatched(next, place) ??
      this.#parts.uncovered(next, news);
    visit(next, () => this.#label(place, memberId, inputId, taken, before), broken);
  }

  /**
   * Answers that change nothing but what is on its way are given at once: with more on its way, everything else may happen still.
   * Before this step that was done, so only messages to the member that has changed, and new ones, may have such answers.
   */
  #talkOn(next: number[], changed: number, newFrom: number, isCampaignLeft: boolean): void {
    const firstMessage = membersAt + this.#bounds.nodes + 1;
    for (let at = firstMessage; at < next.length; at += 1) {
      const messageId = next[at] ?? 0;
      const place = this.#parts.addresseeOf(messageId);
      if (place !== changed && at < newFrom) continue;
      this.#answerInPassing(next, place, messageId, nothing, isCampaignLeft);
      if (this.#isLapseOfUse(messageId, next[membersAt + place] ?? 0))
        this.#answerInPassing(next, place, messageId, lapsed, isCampaignLeft);
    }
  }

  #answerInPassing(
    next: number[],
    place: number,
    messageId: number,
    before: number,
    isCampaignLeft: boolean,
  ): void {
    const memberId = next[membersAt + place] ?? 0;
    const { member, sent, news, violation } = this.#transition(place, memberId, 2 * messageId + 1, before);
    if (member !== memberId || news !== none || violation !== undefined) return;
    const firstMessage = membersAt + this.#bounds.nodes + 1;
    for (const answer of sent)
      if (!next.includes(answer, firstMessage) && !this.#isDead(answer, next, isCampaignLeft))
        next.push(answer);
  }

  #transition(place: number, memberId: number, inputId: number, before: number): Transition {
    const key = ((memberId * 8 + place) * 4 + before) * 2 ** 24 + inputId;
    const known = this.#transitions.get(key);
    if (known !== undefined) return known;
    const config = this.#configs[place];
    if (config === undefined) throw new Error(`there is no member ${place}`);
    const input = this.#inputOf(inputId);
    const step = stepMember(
      this.#core,
      config,
      this.#parts.members.valueOf(memberId),
      input,
      beforeOf(before),
    );
    const transition = {
      member: this.#parts.members.idOf(this.#kept(step.member)),
      sent: step.sent.map((message) => this.#parts.messages.idOf(message)),
      news: step.news === undefined ? none : this.#parts.news.idOf(step.news),
      violation: step.violation,
      isWriting: !step.member.isDiskStuck && step.effects.some(({ kind }) => kind === 'persist'),
      isSettled: step.violation === undefined && step.member.unsynced.length === 0,
    };
    this.#transitions.set(key, transition);
    return transition;
  }

  #isDead(messageId: number, next: Vector, isCampaignLeft: boolean): boolean {
    const message = this.#parts.messages.valueOf(messageId);
    const to = this.#parts.members.valueOf(next[membersAt + this.#parts.addresseeOf(messageId)] ?? 0);
    if (!this.#walk.isReduced) return isDeadAnswer(message, to);
    const from = this.#parts.members.valueOf(next[membersAt + placeOf(message.from)] ?? 0);
    return isDead(message, to, from, isCampaignLeft);
  }

  #label(place: number, memberId: number, inputId: number, taken: number, before: number): readonly string[] {
    const config = this.#configs[place];
    if (config === undefined) return [];
    const input = this.#inputOf(inputId);
    const member = this.#parts.members.valueOf(memberId);
    const { effects } = stepMember(this.#core, config, member, input, beforeOf(before));
    const isRepeat = taken === none && this.#walk.repeats === 'faults';
    const head = describeInput(idOf(place), input, isRepeat, beforeOf(before));
    return [head, ...effects.map((effect) => `    ${describeEffect(idOf(place), effect).trim()}`)];
  }
}

function beforeOf(before: number): Before {
  return { isLapsed: (before & lapsed) !== 0, isSticking: (before & sticking) !== 0 };
}
