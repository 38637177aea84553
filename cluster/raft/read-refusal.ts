/** Reads that this node can no longer answer. */
import type { RaftNode } from './raft-state.ts';

export function refuseReads({ state, effects }: RaftNode): void {
  const { leaderId } = state;
  for (const { readId } of state.roundReads.splice(0))
    effects.push({ kind: 'read-refused', readId, leaderId });
  for (const readId of state.waitingReads.splice(0)) effects.push({ kind: 'read-refused', readId, leaderId });
}
