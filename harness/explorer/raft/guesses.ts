/** In which ways a member may have heard, before a message comes, what a widened one does not keep. Only what that message can meet. */
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import type { RaftHistory } from './raft-history.ts';
import type { RaftMember } from './raft-member.ts';
import { type Guess, knownCommitIndex, noGuess } from './widened-member.ts';

/** `onTheWay`: what is on its way to the same member. */
export function guessesFor(
  message: RaftMessage,
  member: RaftMember,
  history: RaftHistory,
  onTheWay: readonly RaftMessage[],
): readonly Guess[] {
  const { state } = member;
  switch (message.kind) {
    case 'pre-vote-request':
      // Who protects a leader may do so no more whenever somebody asks.
      return [noGuess];
    case 'vote-request': {
      const leaderId = history.leaders[state.term];
      const mayFollow = state.role !== 'leader' && leaderId !== undefined && leaderId !== message.to;
      return mayFollow ? [noGuess, { ...noGuess, leaderId }] : [noGuess];
    }
    case 'pre-vote-answer':
    case 'vote-answer':
      return votesOf(message, onTheWay).map((votes) =>
        votes.length === 0 ? noGuess : { ...noGuess, votes },
      );
    case 'append-request':
      // The most that it may know lets most go wrong, and comes to the same afterwards.
      return [{ ...noGuess, commitIndex: knownCommitIndex(member, history) }];
    case 'append-answer': {
      const commitIndex = knownCommitIndex(member, history);
      return matchesOf(message, onTheWay).map((matches) => ({ ...noGuess, commitIndex, matches }));
    }
  }
}

type Vote = readonly [id: string, granted: boolean];

function votesOf({ kind, from, term }: RaftMessage, onTheWay: readonly RaftMessage[]): readonly Vote[][] {
  const votes: Vote[] = [];
  for (const other of onTheWay)
    if (other.kind === kind && other.from !== from && other.term === term && 'granted' in other)
      votes.push([other.from, other.granted]);
  return choices(votes);
}

type Match = readonly [id: string, index: number];

function matchesOf({ from, term }: RaftMessage, onTheWay: readonly RaftMessage[]): readonly Match[][] {
  const matches: Match[] = [];
  for (const other of onTheWay)
    if (other.kind === 'append-answer' && other.from !== from && other.term === term && other.accepted)
      matches.push([other.from, other.index]);
  return choices(matches);
}

/** All ways to take at most one of each sender. */
function choices<T extends readonly [id: string, unknown]>(heard: readonly T[]): readonly T[][] {
  const ids = [...new Set(heard.map(([id]) => id))].sort();
  let all: T[][] = [[]];
  for (const id of ids) {
    const ofOne = heard.filter(([from]) => from === id);
    all = all.flatMap((choice) => [choice, ...ofOne.map((one) => [...choice, one])]);
  }
  return all;
}
