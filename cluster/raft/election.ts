/** Elections: pre-vote, vote, and who gets one. */
import { becomeLeader } from './lead.ts';
import { persistHardState, sendAfter } from './persistence.ts';
import { isUpToDate, lastIndex, lastTerm } from './raft-log.ts';
import type { VoteAnswer, VoteRequest } from './raft-message.ts';
import { activeConfiguration, isBlank, isOnlyVoter, quorumSize, type RaftNode } from './raft-state.ts';
import { openTerm, restartElectionTimer } from './role.ts';

export function onElectionTick(node: RaftNode, luck: number): void {
  const { config, state } = node;
  if (isOnlyVoter(node)) {
    if (state.role === 'follower') becomeCandidate(node);
    return;
  }
  state.electionElapsedTicks += 1;
  if (state.electionElapsedTicks < config.electionTicks || !mayCampaign(node)) return;
  state.electionDeadlineTicks ??= config.electionTicks + (luck % config.electionTicks);
  if (state.electionElapsedTicks >= state.electionDeadlineTicks) becomePreCandidate(node);
}

/**
 * A voter, by the configuration that counts or by the last one known to be committed: a member that is being removed may be the only one
 * with the entry that removes it, and then nobody else can be elected (thesis 4.2.2).
 */
function mayCampaign({ config, state }: RaftNode): boolean {
  for (let at = state.configurations.length - 1; at >= 0; at -= 1) {
    const configuration = state.configurations[at];
    if (configuration?.voterIds.includes(config.selfId) === true) return true;
    if (configuration === undefined || configuration.index <= state.commitIndex) return false;
  }
  return false;
}

/** The candidate has no log. Only a group that begins has such a leader. */
export function isFounding({ lastIndex }: VoteRequest): boolean {
  return lastIndex === -1;
}

/**
 * A candidate without a log needs everybody: then nobody has one, and nothing can be lost. So everybody's first vote is on his disk when a
 * group begins, and a voter with an empty disk has lost it.
 */
function votesNeeded({ state }: RaftNode): number {
  return state.entries.length === 0 ? activeConfiguration(state).voterIds.length : quorumSize(state);
}

/** Asks first whether an election could be won: a node that hears nobody must not raise the term of those who hear each other (B66). */
function becomePreCandidate(node: RaftNode): void {
  const { config, state } = node;
  restartElectionTimer(node);
  state.role = 'pre-candidate';
  state.leaderId = undefined;
  state.votes.clear();
  state.votes.set(config.selfId, true);
  requestVotes(node, 'pre-vote-request', state.term + 1);
}

function becomeCandidate(node: RaftNode): void {
  const { config, state } = node;
  restartElectionTimer(node);
  state.role = 'candidate';
  openTerm(node, state.term + 1, config.selfId);
  requestVotes(node, 'vote-request', state.term);
  // The own vote is a message too: it counts when it is durable.
  answerVote(node, 'vote-answer', config.selfId, state.term, true);
}

function requestVotes(node: RaftNode, kind: VoteRequest['kind'], term: number): void {
  const { config, state } = node;
  for (const to of activeConfiguration(state).voterIds) {
    if (to === config.selfId) continue;
    sendAfter(node, state.hardStateSequence, {
      kind,
      from: config.selfId,
      to,
      term,
      lastIndex: lastIndex(state.entries),
      lastTerm: config.votesByNodeTerm === true ? state.term : lastTerm(state.entries),
    });
  }
}

/** A leader was heard lately (or is here): its followers do not help to replace it. */
export function isLeaderFresh({ config, state }: RaftNode): boolean {
  if (state.leaderId === undefined) return false;
  return state.role === 'leader' || state.electionElapsedTicks < config.electionTicks;
}

export function onPreVoteRequest(node: RaftNode, request: VoteRequest): void {
  const { state } = node;
  const mayVote =
    request.term > state.term ||
    (request.term === state.term &&
      state.leaderId === undefined &&
      (state.vote ?? request.from) === request.from);
  const isTrusted = !isBlank(state) || isFounding(request);
  const granted = isTrusted && mayVote && !isLeaderFresh(node) && isUpToDate(state.entries, request);
  answerVote(node, 'pre-vote-answer', request.from, granted ? request.term : state.term, granted);
}

/** A request of the present term. */
export function onVoteRequest(node: RaftNode, request: VoteRequest): void {
  const { state } = node;
  const mayVote = state.vote === undefined ? state.leaderId === undefined : state.vote === request.from;
  const granted = mayVote && isUpToDate(state.entries, request);
  if (granted) {
    restartElectionTimer(node);
    if (state.vote === undefined) {
      state.vote = request.from;
      persistHardState(node);
    }
  }
  answerVote(node, 'vote-answer', request.from, state.term, granted);
}

export function answerVote(
  node: RaftNode,
  kind: VoteAnswer['kind'],
  to: string,
  term: number,
  granted: boolean,
): void {
  sendAfter(node, node.state.hardStateSequence, { kind, from: node.config.selfId, to, term, granted });
}

export function onPreVoteAnswer(node: RaftNode, answer: VoteAnswer): void {
  const { state } = node;
  if (state.role !== 'pre-candidate' || (answer.granted && answer.term !== state.term + 1)) return;
  state.votes.set(answer.from, answer.granted);
  if (countVotes(node, true) >= votesNeeded(node)) becomeCandidate(node);
}

export function onVoteAnswer(node: RaftNode, answer: VoteAnswer): void {
  const { state } = node;
  if (state.role !== 'candidate') return;
  // A repeated answer says what the first one said; a grant is never taken back within a term.
  state.votes.set(answer.from, answer.granted || state.votes.get(answer.from) === true);
  const refusalsMax = activeConfiguration(state).voterIds.length - votesNeeded(node);
  if (countVotes(node, true) >= votesNeeded(node)) becomeLeader(node);
  else if (countVotes(node, false) > refusalsMax) state.role = 'follower';
}

function countVotes({ state }: RaftNode, granted: boolean): number {
  let count = 0;
  for (const id of activeConfiguration(state).voterIds) if (state.votes.get(id) === granted) count += 1;
  return count;
}
