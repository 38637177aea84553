/** Going back to following, and opening a new term. */
import assert from 'node:assert/strict';
import { persistHardState } from './persistence.ts';
import type { RaftNode } from './raft-state.ts';
import { refuseReads } from './read-refusal.ts';

/** `term` may be the present one. The vote of a term is never taken back. */
export function becomeFollower(node: RaftNode, term: number, leaderId: string | undefined): void {
  const { state } = node;
  assert(term >= state.term, `term ${state.term} would go back to ${term}`);
  const wasLeader = state.role === 'leader';
  if (term > state.term) openTerm(node, term, undefined);
  if (wasLeader) {
    state.progress.clear();
    restartElectionTimer(node);
  }
  state.role = 'follower';
  state.leaderId = leaderId;
  if (wasLeader) refuseReads(node);
}

export function openTerm(node: RaftNode, term: number, vote: string | undefined): void {
  const { state } = node;
  state.term = term;
  state.vote = vote;
  state.leaderId = undefined;
  state.votes.clear();
  // An answer of a finished term is never given.
  state.heldMessages.length = 0;
  persistHardState(node);
}

export function restartElectionTimer({ state }: RaftNode): void {
  state.electionElapsedTicks = 0;
  state.electionDeadlineTicks = undefined;
}
