/** A second node that is where the first one is, and goes its own way from there. */
import type { FollowerProgress, RaftState } from './raft-state.ts';

/** Shares entries, messages and other things that nobody ever changes. */
export function copyState(state: Readonly<RaftState>): RaftState {
  const progress = new Map<string, FollowerProgress>();
  for (const [id, of] of state.progress) progress.set(id, { ...of, inFlight: [...of.inFlight] });
  return {
    ...state,
    entries: [...state.entries],
    configurations: [...state.configurations],
    votes: new Map(state.votes),
    progress,
    entryWrites: state.entryWrites.map((write) => ({ ...write })),
    heldMessages: [...state.heldMessages],
    roundReads: [...state.roundReads],
    waitingReads: [...state.waitingReads],
  };
}
