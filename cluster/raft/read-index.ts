/**
 * Linearizable reads without clocks (Raft thesis 6.4): the leader notes its commit index, then a majority confirms that it still follows
 * this term. One round at a time; reads that come meanwhile share the next one.
 */
import { termAt } from './raft-log.ts';
import { countVoters, isOnlyVoter, quorumSize, type RaftNode } from './raft-state.ts';
import { replicateToAll } from './replicate.ts';

export function onRead(node: RaftNode, readId: number): void {
  const { state, effects } = node;
  if (state.role !== 'leader') {
    effects.push({ kind: 'read-refused', readId, leaderId: state.leaderId });
    return;
  }
  state.waitingReads.push(readId);
  startReadRound(node);
}

export function startReadRound(node: RaftNode): void {
  const { state } = node;
  if (state.roundReads.length > 0 || state.waitingReads.length === 0) return;
  // Before its own no-op is committed a leader does not know what its predecessors committed.
  if (termAt(state.entries, state.commitIndex) !== state.term) return;
  state.readRound += 1;
  for (const readId of state.waitingReads.splice(0))
    state.roundReads.push({ readId, index: state.commitIndex });
  if (isOnlyVoter(node)) confirmReads(node);
  else replicateToAll(node, true);
}

export function confirmReads(node: RaftNode): void {
  const { state, effects } = node;
  if (state.roundReads.length === 0) return;
  const confirmations = countVoters(
    node,
    true,
    ({ confirmedReadRound }) => confirmedReadRound >= state.readRound,
  );
  if (confirmations < quorumSize(state)) return;
  for (const { readId, index } of state.roundReads.splice(0))
    effects.push({ kind: 'read-ready', readId, index });
  startReadRound(node);
}
