/** What no later step can see is not kept: members that differ in nothing else are one. */
import { copyState } from '../../../cluster/raft/copy-state.ts';
import type { RaftMember } from './raft-member.ts';
import { messageKey } from './raft-places.ts';

export interface Forgettable {
  /** No log can become so long that the limit of requests in flight bites. */
  readonly inFlight: boolean;
  /** No leader's tick ever counts who was silent. */
  readonly silence: boolean;
}

/** Where messages come again for free, one that is held back once may as well be held back twice. */
export function withoutRepeatedAnswers(member: RaftMember): RaftMember {
  const seen = new Set<string>();
  const heldMessages = member.state.heldMessages.filter(({ message }) => {
    const key = messageKey(message);
    return !seen.has(key) && seen.add(key);
  });
  if (heldMessages.length === member.state.heldMessages.length) return member;
  return { ...member, state: { ...member.state, heldMessages } };
}

export function withoutTheForgotten(member: RaftMember, { inFlight, silence }: Forgettable): RaftMember {
  const state = copyState(member.state);
  // Time is no part of a state: who protects a leader may do so no more whenever somebody asks (see `isLapsed`).
  state.electionElapsedTicks = 0;
  state.electionDeadlineTicks = undefined;
  // Votes are counted by candidates only, and every candidacy begins by clearing them.
  if (state.role === 'leader' || state.role === 'follower') state.votes.clear();
  // A leadership begins with round 0.
  if (state.role !== 'leader') state.readRound = 0;
  for (const progress of state.progress.values()) {
    if (inFlight) progress.inFlight.length = 0;
    if (silence) progress.silentTicks = 0;
  }
  return { ...member, state };
}
