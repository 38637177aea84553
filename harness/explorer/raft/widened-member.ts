/**
 * A member, less what it has only heard: who leads, who votes for it, what followers hold, what is committed. All of that it may hear
 * again, as no message is ever lost from what is on its way; so before each step it is guessed, in every way in which it may have been heard.
 */
import { copyState } from '../../../cluster/raft/copy-state.ts';
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import { entryName, type RaftHistory } from './raft-history.ts';
import type { RaftMember } from './raft-member.ts';

export interface Guess {
  readonly commitIndex: number;
  readonly leaderId: string | undefined;
  readonly votes: readonly (readonly [id: string, granted: boolean])[];
  /** Up to where each follower has said that it holds the log. */
  readonly matches: readonly (readonly [id: string, index: number])[];
}

export const noGuess: Guess = { commitIndex: -1, leaderId: undefined, votes: [], matches: [] };

export function widened(member: RaftMember, selfId: string): RaftMember {
  const state = copyState(member.state);
  state.commitIndex = -1;
  state.appliedIndex = -1;
  if (state.role !== 'leader') state.leaderId = undefined;
  for (const id of [...state.votes.keys()]) if (id !== selfId) state.votes.delete(id);
  for (const progress of state.progress.values()) {
    progress.matchIndex = -1;
    // What a leader may ever send it has sent (see `everythingSaid`), so where it believes its followers to be says nothing.
    progress.nextIndex = state.entries.length;
    progress.mode = 'replicate';
  }
  const heldMessages = state.heldMessages.filter(({ message }) => isWorthSaying(message));
  return { ...member, state: { ...state, heldMessages } };
}

export function guessed(member: RaftMember, guess: Guess): RaftMember {
  if (guess === noGuess) return member;
  const state = copyState(member.state);
  state.commitIndex = guess.commitIndex;
  if (guess.leaderId !== undefined) state.leaderId = guess.leaderId;
  for (const [id, granted] of guess.votes) state.votes.set(id, granted);
  for (const [id, index] of guess.matches) {
    const progress = state.progress.get(id);
    if (progress !== undefined) progress.matchIndex = index;
  }
  return { ...member, state };
}

/** A refusal tells only where its leader should try next, or that there is a newer term, which may be heard of anyway. */
export function isWorthSaying(message: RaftMessage): boolean {
  if (message.kind === 'append-answer') return message.accepted && message.index >= 0;
  if (message.kind === 'pre-vote-answer') return message.granted;
  return true;
}

/** The most that a member can hold for committed: it learned it in its own term or before, and has not cut its log below it since. */
export function knownCommitIndex({ state }: RaftMember, { committed, commitTerms }: RaftHistory): number {
  let index = 0;
  for (const entry of state.entries) {
    const isKnown = entryName(entry) === committed[index] && (commitTerms[index] ?? 0) <= state.term;
    if (!isKnown) break;
    index += 1;
  }
  return index - 1;
}

/**
 * Whatever this leader may have said, or may yet say, of its present log: an entry a message, as several are no more than one after the
 * other (a disk keeps any beginning of them), each with as much news of commits as concerns it, and a message that claims nothing.
 */
export function everythingSaid(member: RaftMember, commitIndex: number, selfId: string): RaftMessage[] {
  const { role, term, entries, progress } = member.state;
  if (role !== 'leader') return [];
  const plain = { kind: 'append-request', from: selfId, term, readRound: 0, toVoter: true } as const;
  return [...progress.keys()].flatMap((to) => [
    { ...plain, to, previousIndex: -1, previousTerm: 0, entries: [], commitIndex: -1 },
    ...entries.map((entry, index) => ({
      ...plain,
      to,
      previousIndex: index - 1,
      previousTerm: entries[index - 1]?.term ?? 0,
      entries: [entry],
      commitIndex: index <= commitIndex ? index : -1,
    })),
  ]);
}

/** Whether that, one after the other, is at least what the core has sent. */
export function isForeseen(message: RaftMessage, { state }: RaftMember): boolean {
  if (message.kind !== 'append-request') return true;
  const { term, previousIndex, previousTerm, entries, commitIndex, readRound, toVoter } = message;
  return (
    term === state.term &&
    commitIndex <= state.commitIndex &&
    previousIndex < state.entries.length &&
    previousTerm === (state.entries[previousIndex]?.term ?? 0) &&
    entries.every((entry, at) => entry === state.entries[previousIndex + 1 + at]) &&
    readRound === 0 &&
    toVoter
  );
}
