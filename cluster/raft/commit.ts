/** What is committed, and what may be applied. */
import { lastIndex, termAt } from './raft-log.ts';
import { activeConfiguration, quorumSize, type RaftNode } from './raft-state.ts';

/** Returns whether the leader's commit index moved. */
export function advanceCommit({ config, state }: RaftNode): boolean {
  // The leader's own log counts like any other, as far as it is durable, and while it votes.
  const durable = activeConfiguration(state).voterIds.map((id) =>
    id === config.selfId ? state.persistedIndex : (state.progress.get(id)?.matchIndex ?? -1),
  );
  durable.sort((a, b) => b - a);
  const quorumIndex = Math.min(durable[quorumSize(state) - 1] ?? -1, lastIndex(state.entries));
  if (quorumIndex <= state.commitIndex) return false;
  // Raft 5.4.2, Figure 8: entries of earlier terms are never committed by counting, only by one of the present term behind them.
  if (termAt(state.entries, quorumIndex) !== state.term) return false;
  state.commitIndex = quorumIndex;
  return true;
}

export function applyCommitted({ state, effects }: RaftNode): void {
  // What a machine has applied is on its own disk too, so a restart never forgets what was seen here.
  const end = Math.min(state.commitIndex, state.persistedIndex);
  if (end <= state.appliedIndex) return;
  effects.push({ kind: 'apply', entries: state.entries.slice(state.appliedIndex + 1, end + 1) });
  state.appliedIndex = end;
}
