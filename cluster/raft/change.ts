/** A leader is asked to change its group. */
import { appendConfiguration } from './lead.ts';
import { type ChangeRefusal, changed, type MembershipChange, type RaftConfiguration } from './membership.ts';
import { termAt } from './raft-log.ts';
import { activeConfiguration, type RaftNode } from './raft-state.ts';

export function onChange(node: RaftNode, change: MembershipChange): void {
  const { state, effects } = node;
  const next = nextConfiguration(node, change);
  if (typeof next === 'string') {
    effects.push({ kind: 'change-refused', reason: next });
    return;
  }
  effects.push({ kind: 'change-proposed', index: state.entries.length, term: state.term });
  appendConfiguration(node, next);
}

function nextConfiguration(
  { config, state }: RaftNode,
  change: MembershipChange,
): RaftConfiguration | ChangeRefusal {
  if (state.role !== 'leader') return 'not-leader';
  const active = activeConfiguration(state);
  // Majorities of neighbouring configurations meet; those of two changes need not, so the one before must be committed. A change that an
  // earlier leader began may still come back until an entry of this term is committed.
  if (active.index > state.commitIndex) return 'change-under-way';
  if (termAt(state.entries, state.commitIndex) !== state.term && config.changesTooEarly !== true)
    return 'too-early';
  const next = changed(active.peers, change);
  if (change.kind === 'promote' && typeof next !== 'string') {
    const matchIndex = state.progress.get(change.id)?.matchIndex ?? -1;
    if (matchIndex < state.commitIndex) return 'not-caught-up';
  }
  return next;
}
