/** Which messages may still do something to whom they are sent to. The durable term counts: the one in memory may go back at a restart. */
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import type { RaftMember } from './raft-member.ts';

/** An answer that can do nothing for whom it is sent to, in this state or any later one, but what its loss does as well. */
export function isDeadAnswer({ kind, term }: RaftMessage, { durable, state }: RaftMember): boolean {
  if (kind === 'append-request' || kind === 'vote-request' || kind === 'pre-vote-request') return false;
  if (term > durable.term) return false;
  // A granted pre-vote speaks of the term after the present one; a refused one that brings no newer term changes nobody's mind.
  if (kind === 'pre-vote-answer') return true;
  // Whoever is not candidate or leader in a term that its disk knows will not be it again in that term.
  return term < durable.term || state.role !== (kind === 'vote-answer' ? 'candidate' : 'leader');
}

/** The same where messages stay on their way for ever, and a member may hear of any term that another one has on its disk. */
export function isDead(
  message: RaftMessage,
  to: RaftMember,
  from: RaftMember,
  isCampaignLeft: boolean,
): boolean {
  const { kind, term } = message;
  const { durable, state } = to;
  switch (kind) {
    case 'append-request':
    case 'vote-request':
      // It would be answered with the newer term, and that may be heard of anyway.
      return term < durable.term;
    case 'pre-vote-request':
      return term <= from.durable.term || !mayAsk(from, isCampaignLeft);
    case 'pre-vote-answer':
      // Without a grant only its term counts.
      return !message.granted || term <= durable.term || !mayAsk(to, isCampaignLeft);
    case 'vote-answer':
      return term !== durable.term || state.term !== term || state.role !== 'candidate';
    case 'append-answer':
      return term !== durable.term || state.term !== term || state.role !== 'leader';
  }
}

/** Asks now whether it could be elected, or may do so later. */
function mayAsk({ state }: RaftMember, isCampaignLeft: boolean): boolean {
  return isCampaignLeft || state.role === 'pre-candidate';
}
