/** What has happened so far, as far as a promise of Raft speaks of it (paper, Figure 3; thesis 6.4 for reads). */
import type { RaftEntry } from '../../../cluster/raft/raft-message.ts';
import { renameId } from './raft-places.ts';

export interface RaftHistory {
  /** term.body of every entry that somebody has held for committed. */
  readonly committed: readonly string[];
  /** By index: the least term in which it is known to be committed. */
  readonly commitTerms: readonly number[];
  /** By term. */
  readonly leaders: Readonly<Record<number, string>>;
  /** By read id: what was committed when it began, for reads without an answer. */
  readonly reads: Readonly<Record<number, number>>;
  /** By term: all that its leader has had in its log. Widened only: what is on its way from there must not be joined with that of another log. */
  readonly leaderLogs?: Readonly<Record<number, string>>;
}

export const emptyHistory: RaftHistory = { committed: [], commitTerms: [], leaders: {}, reads: {} };

/** What one step of one member means for the promises. */
export interface RaftNews {
  readonly id: string;
  readonly term: number;
  readonly isNewLeader: boolean;
  readonly log: readonly string[];
  /** undefined: no entry was committed in this step. */
  readonly commitIndex: number | undefined;
  readonly readsAsked: readonly number[];
  readonly readsReady: readonly { readonly readId: number; readonly index: number }[];
  readonly readsRefused: readonly number[];
}

export interface Judged {
  readonly history: RaftHistory;
  readonly violation: string | undefined;
}

export function entryName({ term, body }: RaftEntry): string {
  return `${term}.${body[0] ?? 0}`;
}

export function judge(before: RaftHistory, news: RaftNews): Judged {
  let history = before;
  const broken = (violation: string): Judged => ({ history, violation });
  if (news.isNewLeader) {
    const other = history.leaders[news.term] ?? news.id;
    if (other !== news.id)
      return broken(`election safety: ${other} and ${news.id} both lead term ${news.term}`);
    history = { ...history, leaders: { ...history.leaders, [news.term]: news.id } };
    const missing = history.committed.findIndex(
      // A late winner of an old term may lack what newer leaders have committed; it can do nothing with its office.
      (entry, index) => (history.commitTerms[index] ?? 0) < news.term && news.log[index] !== entry,
    );
    if (missing !== -1)
      return broken(
        `leader completeness: ${news.id} leads term ${news.term} without the committed entry ${missing}`,
      );
  }
  if (news.commitIndex !== undefined) {
    const committed = news.log.slice(0, news.commitIndex + 1);
    const clash = committed.findIndex((entry, index) => (history.committed[index] ?? entry) !== entry);
    if (clash !== -1) {
      return broken(
        `state machine safety: entry ${clash} is ${committed[clash]} at ${news.id}, but ${history.committed[clash]} was committed`,
      );
    }
    if (committed.length > history.committed.length) {
      const commitTerms = committed.map((_, index) => history.commitTerms[index] ?? news.term);
      history = { ...history, committed, commitTerms };
    }
  }
  return judgeReads(history, news, before.committed.length - 1);
}

function judgeReads(before: RaftHistory, news: RaftNews, committedIndex: number): Judged {
  if (news.readsAsked.length + news.readsReady.length + news.readsRefused.length === 0)
    return { history: before, violation: undefined };
  const reads = { ...before.reads };
  for (const readId of news.readsAsked) reads[readId] = committedIndex;
  const history = { ...before, reads };
  for (const { readId, index } of news.readsReady) {
    const floor = reads[readId] ?? -1;
    if (index < floor) {
      const violation = `linearizable reads: ${news.id} answers read ${readId} at ${index}, but entry ${floor} was committed when it began`;
      return { history, violation };
    }
    delete reads[readId];
  }
  for (const readId of news.readsRefused) delete reads[readId];
  return { history, violation: undefined };
}

export function renameHistory(history: RaftHistory, permutation: readonly number[]): RaftHistory {
  const leaders = Object.fromEntries(
    Object.entries(history.leaders).map(([term, id]) => [term, renameId(id, permutation)]),
  );
  return { ...history, leaders };
}
