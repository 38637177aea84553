/** What a vector of Raft is made of, each part a number, and what is watched of it: shared by the model and by the widened one. */

import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import { Interned } from '../interned.ts';
import type { Vector } from '../model.ts';
import { permutations } from '../permutations.ts';
import { RenamedIds } from '../renamed-ids.ts';
import { unmatched } from './log-matching.ts';
import { judge, type RaftHistory, type RaftNews, renameHistory } from './raft-history.ts';
import { memberKey, type RaftMember, renameMember } from './raft-member.ts';
import { entriesKey, idOf, messageKey, placeOf, renameMessage } from './raft-places.ts';
import type { MemberInput } from './raft-step.ts';
import { uncoveredBy } from './uncovered.ts';

/** Places in a vector: history, names of proposals, the members, what was used up, the messages on their way in growing order. */
export const historyAt = 0;
export const namesAt = 1;
export const membersAt = 2;

/** In place of a number. */
export const none = -1;

export class RaftParts {
  readonly members = new Interned<RaftMember>(memberKey);
  readonly messages = new Interned<RaftMessage>(messageKey);
  readonly histories = new Interned<RaftHistory>((history) => JSON.stringify(history));
  readonly news = new Interned<RaftNews>((news) => JSON.stringify(news));
  readonly inputs = new Interned<MemberInput>((input) => JSON.stringify(input));
  readonly permutations: readonly (readonly number[])[];
  readonly renamedMembers: RenamedIds<RaftMember>;
  readonly renamedMessages: RenamedIds<RaftMessage>;
  readonly renamedHistories: RenamedIds<RaftHistory>;
  readonly #nodes: number;
  readonly #logs = new Interned<string>((key) => key);
  readonly #judged = new Map<number, { readonly history: number; readonly violation: string | undefined }>();
  readonly #matching = new Map<number, number | undefined>();
  readonly #logOf: number[] = [];
  readonly #addressees: number[] = [];

  constructor(nodes: number) {
    this.#nodes = nodes;
    this.permutations = permutations(nodes);
    this.renamedMembers = new RenamedIds(this.members, renameMember, this.permutations);
    this.renamedMessages = new RenamedIds(this.messages, renameMessage, this.permutations);
    this.renamedHistories = new RenamedIds(this.histories, renameHistory, this.permutations);
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
