/**
 * Raft, in every order of messages: the real core, disks that lose what is not synced, messages that overtake each other, come twice or never.
 * A message that is lost is one that is never delivered, so losses cost nothing and are all covered.
 */
import { stepRaft } from '../../../cluster/raft/raft-core.ts';
import { describeEffect } from '../../../cluster/raft/raft-lines.ts';
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import { type RaftConfig, restoredState } from '../../../cluster/raft/raft-state.ts';
import { Interned } from '../interned.ts';
import type { Model, Vector, Visit } from '../model.ts';
import { compareVectors, permutations } from '../permutations.ts';
import { RenamedIds } from '../renamed-ids.ts';
import { sortFrom } from '../sort-from.ts';
import { describeInput } from './describe-input.ts';
import { unmatched } from './log-matching.ts';
import { emptyHistory, judge, type RaftHistory, type RaftNews, renameHistory } from './raft-history.ts';
import { memberKey, type RaftMember, renameMember } from './raft-member.ts';
import { entriesKey, idOf, messageKey, placeOf, renameMessage } from './raft-places.ts';
import { type MemberInput, type StepRaft, stepMember } from './raft-step.ts';

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
}

/** An input that needs no message. The numbers of inputs are even; odd ones stand for messages. */
interface OpenInput {
  readonly inputId: number;
  readonly cost: number;
}

/** Places in a vector: what was used up, the history, the members, then the messages on their way in growing order. */
const usedAt = 0;
const historyAt = 1;
const membersAt = 2;

/** What is used up, 4 bits each. */
const oneFault = 1;
const oneCampaign = 1 << 4;
const oneHeartbeat = 1 << 8;
const oneMessage = 1 << 12;
const oneRead = 1 << 16;
const countOf = (used: number, one: number): number => Math.floor(used / one) & 15;

const none = -1;
const electionTicks = 2;

const firstBody = 'x'.charCodeAt(0);

export class RaftModel implements Model {
  readonly name = 'raft';
  readonly scope: readonly string[];
  readonly initial: Vector;
  readonly #bounds: RaftBounds;
  readonly #core: StepRaft;
  readonly #configs: readonly RaftConfig[];
  readonly #permutations: readonly (readonly number[])[];
  readonly #members = new Interned<RaftMember>(memberKey);
  readonly #messages = new Interned<RaftMessage>(messageKey);
  readonly #histories = new Interned<RaftHistory>((history) => JSON.stringify(history));
  readonly #news = new Interned<RaftNews>((news) => JSON.stringify(news));
  readonly #inputs = new Interned<MemberInput>((input) => JSON.stringify(input));
  /** By member and what is used up. */
  readonly #openInputs = new Map<number, readonly OpenInput[]>();
  readonly #transitions = new Map<number, Transition>();
  readonly #judged = new Map<number, { readonly history: number; readonly violation: string | undefined }>();
  readonly #matching = new Map<number, number | undefined>();
  readonly #logs = new Interned<string>((key) => key);
  readonly #logOf: number[] = [];
  readonly #renamedMembers: RenamedIds<RaftMember>;
  readonly #renamedMessages: RenamedIds<RaftMessage>;
  readonly #renamedHistories: RenamedIds<RaftHistory>;

  /** `core`: another one than the real one only to see that this model can fail. */
  constructor(bounds: RaftBounds, core: StepRaft = stepRaft) {
    this.#bounds = bounds;
    this.#core = core;
    const { nodes, messages, faults, campaigns, heartbeats, reads } = bounds;
    this.scope = [
      `${nodes} members, ${messages} proposals, ${reads} reads, ${campaigns} campaigns, ${heartbeats} heartbeats or silences of a leader`,
      `${faults} faults: a disk that stops to make writes durable, until it has done so or the member restarts without any part of them; or a message that comes twice`,
      'messages come in any order or never; two equal ones on their way are one',
    ];
    const memberIds = Array.from({ length: nodes }, (_, place) => idOf(place));
    this.#configs = memberIds.map((selfId) => ({
      selfId,
      memberIds,
      heartbeatTicks: 1,
      electionTicks,
      appendBytesMax: 1000,
      inFlightRequestsMax: 4,
    }));
    this.#permutations = permutations(nodes);
    this.#renamedMembers = new RenamedIds(this.#members, renameMember, this.#permutations);
    this.#renamedMessages = new RenamedIds(this.#messages, renameMessage, this.#permutations);
    this.#renamedHistories = new RenamedIds(this.#histories, renameHistory, this.#permutations);
    const durable = { term: 0, vote: undefined, entries: [] };
    const members = this.#configs.map((config) =>
      this.#members.idOf({
        state: restoredState(config, durable),
        durable,
        unsynced: [],
        isDiskStuck: false,
      }),
    );
    this.initial = [0, this.#histories.idOf(emptyHistory), ...members];
  }

  canonical(state: Vector): Vector {
    const { nodes } = this.#bounds;
    let best: number[] | undefined;
    for (let index = 0; index < this.#permutations.length; index += 1) {
      const permutation = this.#permutations[index] ?? [];
      const renamed: number[] = [state[usedAt] ?? 0, 0];
      for (let place = 0; place < nodes; place += 1)
        renamed[membersAt + (permutation[place] ?? 0)] = this.#renamedMembers.renamed(
          index,
          state[membersAt + place] ?? 0,
        );
      if (best !== undefined && isAfter(renamed, best, membersAt, membersAt + nodes)) continue;
      renamed[historyAt] = this.#renamedHistories.renamed(index, state[historyAt] ?? 0);
      for (let at = membersAt + nodes; at < state.length; at += 1)
        renamed.push(this.#renamedMessages.renamed(index, state[at] ?? 0));
      sortFrom(renamed, membersAt + nodes);
      if (best === undefined || isBefore(renamed, best, nodes)) best = renamed;
    }
    return best ?? state;
  }

  successors(state: Vector, visit: Visit): void {
    const used = state[usedAt] ?? 0;
    for (let place = 0; place < this.#bounds.nodes; place += 1) {
      for (const { inputId, cost } of this.#inputsOf(state[membersAt + place] ?? 0, used))
        this.#take(state, place, inputId, used + cost, none, visit);
    }
    const isFaultLeft = countOf(used, oneFault) < this.#bounds.faults;
    for (let at = membersAt + this.#bounds.nodes; at < state.length; at += 1) {
      const messageId = state[at] ?? 0;
      const place = placeOf(this.#messages.valueOf(messageId).to);
      const input = 2 * messageId + 1;
      this.#take(state, place, input, used, at, visit);
      if (isFaultLeft) this.#take(state, place, input, used + oneFault, none, visit);
    }
  }

  #inputsOf(memberId: number, used: number): readonly OpenInput[] {
    const key = memberId * 2 ** 20 + used;
    let open = this.#openInputs.get(key);
    if (open === undefined) {
      open = this.#openTo(this.#members.valueOf(memberId), used).map(([input, cost]) => ({
        inputId: 2 * this.#inputs.idOf(input),
        cost,
      }));
      this.#openInputs.set(key, open);
    }
    return open;
  }

  #openTo(
    { state, unsynced, isDiskStuck }: RaftMember,
    used: number,
  ): readonly (readonly [MemberInput, number])[] {
    const { faults, campaigns, heartbeats, messages, reads } = this.#bounds;
    const open: (readonly [MemberInput, number])[] = [];
    if (isDiskStuck) open.push([{ kind: 'sync' }, 0]);
    if (state.role === 'leader') {
      const message = countOf(used, oneMessage);
      const readId = countOf(used, oneRead);
      if (countOf(used, oneHeartbeat) < heartbeats) open.push([{ kind: 'tick', luck: 0 }, oneHeartbeat]);
      if (message < messages)
        open.push([{ kind: 'propose', bodies: [Uint8Array.of(firstBody + message)] }, oneMessage]);
      if (readId < reads) open.push([{ kind: 'read', readId }, oneRead]);
    } else {
      if (countOf(used, oneCampaign) < campaigns) open.push([{ kind: 'campaign' }, oneCampaign]);
      const isPatient = state.electionElapsedTicks < electionTicks;
      // Only where it makes a difference: to a member that protects a leader.
      if (isPatient && state.leaderId !== undefined) open.push([{ kind: 'lapse' }, 0]);
    }
    if (isDiskStuck) {
      for (let survivingWrites = 0; survivingWrites <= unsynced.length; survivingWrites += 1) {
        const torn = unsynced[survivingWrites];
        const entries = torn?.what === 'entries' ? torn.entries.length : 1;
        for (let survivingEntries = 0; survivingEntries < entries; survivingEntries += 1)
          open.push([{ kind: 'restart', survivingWrites, survivingEntries }, 0]);
      }
    } else if (countOf(used, oneFault) < faults) open.push([{ kind: 'stick' }, oneFault]);
    return open;
  }

  #inputOf(inputId: number): MemberInput {
    if (inputId % 2 === 1) return { kind: 'message', message: this.#messages.valueOf((inputId - 1) / 2) };
    return this.#inputs.valueOf(inputId / 2);
  }

  /** `taken`: where in the vector the message stands that is used up by this. */
  #take(state: Vector, place: number, inputId: number, used: number, taken: number, visit: Visit): void {
    const memberId = state[membersAt + place] ?? 0;
    const { member, sent, news, violation } = this.#transition(place, memberId, inputId);
    const firstMessage = membersAt + this.#bounds.nodes;
    const isMessage = inputId % 2 === 1;
    if (isMessage && member === memberId && news === none && violation === undefined) {
      // Nobody noticed: what follows, follows from the state before as well.
      if (sent.every((message) => message !== (inputId - 1) / 2 && state.includes(message, firstMessage)))
        return;
    }
    const judged = news === none ? undefined : this.#judge(state[historyAt] ?? 0, news);
    const next = [used, judged?.history ?? state[historyAt] ?? 0];
    for (let at = membersAt; at < firstMessage; at += 1) next.push(state[at] ?? 0);
    next[membersAt + place] = member;
    for (let at = firstMessage; at < state.length; at += 1) {
      const message = state[at] ?? 0;
      if (at !== taken && !this.#isDead(message, next)) next.push(message);
    }
    for (const message of sent) {
      if (!next.includes(message, firstMessage) && !this.#isDead(message, next)) next.push(message);
    }
    sortFrom(next, firstMessage);
    const broken =
      violation ?? judged?.violation ?? this.#unmatched(next, place) ?? this.#uncovered(next, news);
    visit(next, () => this.#label(place, memberId, inputId, taken), broken);
  }

  #transition(place: number, memberId: number, inputId: number): Transition {
    const key = (memberId * 8 + place) * 2 ** 22 + inputId;
    const known = this.#transitions.get(key);
    if (known !== undefined) return known;
    const config = this.#configs[place];
    if (config === undefined) throw new Error(`there is no member ${place}`);
    const step = stepMember(this.#core, config, this.#members.valueOf(memberId), this.#inputOf(inputId));
    const transition = {
      member: this.#members.idOf(step.member),
      sent: step.sent.map((message) => this.#messages.idOf(message)),
      news: step.news === undefined ? none : this.#news.idOf(step.news),
      violation: step.violation,
    };
    this.#transitions.set(key, transition);
    return transition;
  }

  #judge(historyId: number, newsId: number) {
    const key = historyId * 2 ** 24 + newsId;
    let judged = this.#judged.get(key);
    if (judged === undefined) {
      const { history, violation } = judge(this.#histories.valueOf(historyId), this.#news.valueOf(newsId));
      judged = { history: this.#histories.idOf(history), violation };
      this.#judged.set(key, judged);
    }
    return judged;
  }

  /**
   * An answer that can do nothing for whom it is sent to, in this state or any later one, but what its loss does as well. The durable term
   * counts: the one in memory may go back at a restart.
   */
  #isDead(messageId: number, next: Vector): boolean {
    const { kind, to, term } = this.#messages.valueOf(messageId);
    if (kind === 'append-request' || kind === 'vote-request' || kind === 'pre-vote-request') return false;
    const { durable, state } = this.#members.valueOf(next[membersAt + placeOf(to)] ?? 0);
    if (term > durable.term) return false;
    // A granted pre-vote speaks of the term after the present one; a refused one that brings no newer term changes nobody's mind.
    if (kind === 'pre-vote-answer') return true;
    // Whoever is not candidate or leader in a term that its disk knows will not be it again in that term.
    return term < durable.term || state.role !== (kind === 'vote-answer' ? 'candidate' : 'leader');
  }

  /** Log matching: where two logs have the same index and term, they are equal up to there. */
  #unmatched(next: Vector, place: number): string | undefined {
    const own = this.#logIdOf(next[membersAt + place] ?? 0);
    for (let other = 0; other < this.#bounds.nodes; other += 1) {
      if (other === place) continue;
      const otherLog = this.#logIdOf(next[membersAt + other] ?? 0);
      const key = own * 2 ** 24 + otherLog;
      if (!this.#matching.has(key))
        this.#matching.set(key, unmatched(this.#logs.valueOf(own), this.#logs.valueOf(otherLog)));
      const entry = this.#matching.get(key);
      if (entry !== undefined)
        return `log matching: ${idOf(place)} and ${idOf(other)} differ before entry ${entry}`;
    }
    return undefined;
  }

  #logIdOf(memberId: number): number {
    let log = this.#logOf[memberId];
    if (log === undefined) {
      log = this.#logs.idOf(entriesKey(this.#members.valueOf(memberId).state.entries));
      this.#logOf[memberId] = log;
    }
    return log;
  }

  /** What is called committed lies on the disks of a majority. */
  #uncovered(next: Vector, newsId: number): string | undefined {
    if (newsId === none) return undefined;
    const { commitIndex, log, id } = this.#news.valueOf(newsId);
    if (commitIndex === undefined) return undefined;
    const { nodes } = this.#bounds;
    let holders = 0;
    for (let place = 0; place < nodes; place += 1) {
      const { durable } = this.#members.valueOf(next[membersAt + place] ?? 0);
      const entry = durable.entries[commitIndex];
      if (entry !== undefined && `${entry.term}.${entry.body[0] ?? 0}` === log[commitIndex]) holders += 1;
    }
    if (holders * 2 > nodes) return undefined;
    // Replaced on some disks by a later leader: only where it was known before may that be.
    const isOld =
      (this.#histories.valueOf(next[historyAt] ?? 0).commitTerms[commitIndex] ?? 0) <
      this.#news.valueOf(newsId).term;
    return isOld
      ? undefined
      : `${id} holds entry ${commitIndex} for committed, but only ${holders} disks have it`;
  }

  #label(place: number, memberId: number, inputId: number, taken: number): readonly string[] {
    const config = this.#configs[place];
    if (config === undefined) return [];
    const input = this.#inputOf(inputId);
    const { effects } = stepMember(this.#core, config, this.#members.valueOf(memberId), input);
    const head = describeInput(idOf(place), input, taken === none);
    return [head, ...effects.map((effect) => `    ${describeEffect(idOf(place), effect).trim()}`)];
  }
}

function isAfter(a: Vector, b: Vector, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Members first: they tell two renamings apart soonest. */
function isBefore(a: Vector, b: Vector, nodes: number): boolean {
  for (let at = membersAt; at < membersAt + nodes; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return compareVectors(a, b) < 0;
}
