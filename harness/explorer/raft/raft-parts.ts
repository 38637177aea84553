/** What a vector of Raft is made of, each part a number, and what is watched of it: shared by the model and by the widened one. */

import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import type { RaftConfig } from '../../../cluster/raft/raft-state.ts';
import { Interned } from '../interned.ts';
import type { Vector } from '../model.ts';
import { compareVectors, permutations } from '../permutations.ts';
import { RenamedIds } from '../renamed-ids.ts';
import { sortFrom } from '../sort-from.ts';
import { unmatched } from './log-matching.ts';
import { electionTicks, inputsOpenTo } from './open-inputs.ts';
import { judge, type RaftHistory, type RaftNews, renameHistory } from './raft-history.ts';
import { memberKey, type RaftMember, renameMember } from './raft-member.ts';
import type { RaftBounds } from './raft-model.ts';
import { entriesKey, idOf, messageKey, placeOf, renameMessage } from './raft-places.ts';
import type { MemberInput } from './raft-step.ts';
import { uncoveredBy } from './uncovered.ts';

/** Places in a vector: history, names of proposals, the members, what was used up, the messages on their way in growing order. */
export const historyAt = 0;
export const namesAt = 1;
export const membersAt = 2;

/** In place of a number. */
export const none = -1;

/** An input without a message, by its number, and what it uses up. */
export interface OpenInput {
  readonly inputId: number;
  readonly cost: number;
}

export function configsOf(nodes: number, inFlightRequestsMax: number): readonly RaftConfig[] {
  const memberIds = Array.from({ length: nodes }, (_, place) => idOf(place));
  return memberIds.map((selfId) => ({
    selfId,
    memberIds,
    heartbeatTicks: 1,
    electionTicks,
    appendBytesMax: 1000,
    inFlightRequestsMax,
  }));
}

export class RaftParts {
  readonly members = new Interned<RaftMember>(memberKey);
  readonly messages = new Interned<RaftMessage>(messageKey);
  readonly histories = new Interned<RaftHistory>((history) => JSON.stringify(history));
  readonly news = new Interned<RaftNews>((news) => JSON.stringify(news));
  readonly inputs = new Interned<MemberInput>((input) => JSON.stringify(input));
  readonly #bounds: RaftBounds;
  readonly #nodes: number;
  readonly #isReduced: boolean;
  readonly #permutations: readonly (readonly number[])[];
  readonly #renamedMembers: RenamedIds<RaftMember>;
  readonly #renamedMessages: RenamedIds<RaftMessage>;
  readonly #renamedHistories: RenamedIds<RaftHistory>;
  /** By member and what is used up. */
  readonly #openInputs = new Map<number, readonly OpenInput[]>();
  readonly #logs = new Interned<string>((key) => key);
  readonly #judged = new Map<number, { readonly history: number; readonly violation: string | undefined }>();
  readonly #matching = new Map<number, number | undefined>();
  readonly #logOf: number[] = [];
  readonly #addressees: number[] = [];

  /** `isReduced`: what may happen at any moment does so only where it makes a difference. */
  constructor(bounds: RaftBounds, isReduced: boolean) {
    this.#bounds = bounds;
    this.#nodes = bounds.nodes;
    this.#isReduced = isReduced;
    this.#permutations = permutations(bounds.nodes);
    this.#renamedMembers = new RenamedIds(this.members, renameMember, this.#permutations);
    this.#renamedMessages = new RenamedIds(this.messages, renameMessage, this.#permutations);
    this.#renamedHistories = new RenamedIds(this.histories, renameHistory, this.#permutations);
  }

  /** Of all ways to name the members the one whose vector comes first; members count most: they tell two renamings apart soonest. */
  canonical(state: Vector): Vector {
    const usedAt = membersAt + this.#nodes;
    let best: number[] | undefined;
    for (let index = 0; index < this.#permutations.length; index += 1) {
      const permutation = this.#permutations[index] ?? [];
      const renamed: number[] = [0, state[namesAt] ?? 0];
      for (let place = 0; place < this.#nodes; place += 1)
        renamed[membersAt + (permutation[place] ?? 0)] = this.#renamedMembers.renamed(
          index,
          state[membersAt + place] ?? 0,
        );
      const order = best === undefined ? -1 : compareMembers(renamed, best, usedAt);
      if (order > 0) continue;
      renamed[historyAt] = this.#renamedHistories.renamed(index, state[historyAt] ?? 0);
      renamed.push(state[usedAt] ?? 0);
      for (let at = usedAt + 1; at < state.length; at += 1)
        renamed.push(this.#renamedMessages.renamed(index, state[at] ?? 0));
      sortFrom(renamed, usedAt + 1);
      if (best === undefined || order < 0 || compareVectors(renamed, best) < 0) best = renamed;
    }
    return best ?? state;
  }

  inputsOpenTo(memberId: number, used: number): readonly OpenInput[] {
    const key = memberId * 2 ** 20 + used;
    let open = this.#openInputs.get(key);
    if (open === undefined) {
      const inputs = inputsOpenTo(this.members.valueOf(memberId), used, this.#bounds, this.#isReduced);
      open = inputs.map(([input, cost]) => ({ inputId: 2 * this.inputs.idOf(input), cost }));
      this.#openInputs.set(key, open);
    }
    return open;
  }

  /** Inputs: whatever a member asks in an old term may be answered with any newer one that is known anywhere. */
  termsToHear(state: Vector, place: number): readonly number[] {
    let latest = 0;
    for (let other = 0; other < this.#nodes; other += 1)
      if (other !== place)
        latest = Math.max(latest, this.members.valueOf(state[membersAt + other] ?? 0).durable.term);
    const { term: own } = this.members.valueOf(state[membersAt + place] ?? 0).state;
    const inputs: number[] = [];
    for (let term = own + 1; term <= latest; term += 1)
      inputs.push(2 * this.inputs.idOf({ kind: 'hear-of-term', term }));
    return inputs;
  }

  addresseeOf(messageId: number): number {
    let place = this.#addressees[messageId];
    if (place === undefined) {
      place = placeOf(this.messages.valueOf(messageId).to);
      this.#addressees[messageId] = place;
    }
    return place;
  }

  judge(historyId: number, newsId: number) {
    const key = historyId * 2 ** 24 + newsId;
    let judged = this.#judged.get(key);
    if (judged === undefined) {
      const { history, violation } = judge(this.histories.valueOf(historyId), this.news.valueOf(newsId));
      judged = { history: this.histories.idOf(history), violation };
      this.#judged.set(key, judged);
    }
    return judged;
  }

  /** Log matching: where two logs have the same index and term, they are equal up to there. */
  unmatched(next: Vector, place: number): string | undefined {
    const own = this.logIdOf(next[membersAt + place] ?? 0);
    for (let other = 0; other < this.#nodes; other += 1) {
      if (other === place) continue;
      const otherLog = this.logIdOf(next[membersAt + other] ?? 0);
      const key = own * 2 ** 24 + otherLog;
      if (!this.#matching.has(key))
        this.#matching.set(key, unmatched(this.#logs.valueOf(own), this.#logs.valueOf(otherLog)));
      const entry = this.#matching.get(key);
      if (entry !== undefined)
        return `log matching: ${idOf(place)} and ${idOf(other)} differ before entry ${entry}`;
    }
    return undefined;
  }

  logIdOf(memberId: number): number {
    let log = this.#logOf[memberId];
    if (log === undefined) {
      log = this.#logs.idOf(entriesKey(this.members.valueOf(memberId).state.entries));
      this.#logOf[memberId] = log;
    }
    return log;
  }

  /** What the news call committed lies on the disks of a majority: else a sentence. */
  uncovered(next: Vector, newsId: number): string | undefined {
    if (newsId === none) return undefined;
    const members = next.slice(membersAt, membersAt + this.#nodes).map((id) => this.members.valueOf(id));
    return uncoveredBy(members, this.news.valueOf(newsId), this.histories.valueOf(next[historyAt] ?? 0));
  }
}

function compareMembers(a: Vector, b: Vector, to: number): number {
  for (let at = membersAt; at < to; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
