/** One member as the explorer keeps it: the real core's state, what its disk holds, and what it has written but not synced. */

import { copyState } from '../../../cluster/raft/copy-state.ts';
import type { PersistEffect } from '../../../cluster/raft/raft-effect.ts';
import type { RaftEntry } from '../../../cluster/raft/raft-message.ts';
import type { FollowerProgress, RaftState } from '../../../cluster/raft/raft-state.ts';
import { entriesKey, messageKey, renameId, renameMessage } from './raft-places.ts';

export interface RaftMember {
  readonly state: RaftState;
  readonly durable: {
    readonly term: number;
    readonly vote: string | undefined;
    readonly entries: readonly RaftEntry[];
  };
  readonly unsynced: readonly PersistEffect[];
  /** What is written is not durable at once, and may be lost by a restart. */
  readonly isDiskStuck: boolean;
}

/** Sequences count from the last durable write: only their order matters, and they would tell equal members apart for ever. */
export function withSmallSequences(member: RaftMember): RaftMember {
  const { state, durable, unsynced, isDiskStuck } = member;
  const base = state.persistedSequence;
  if (base === 0) return member;
  const copy = copyState(state);
  copy.persistSequence -= base;
  copy.persistedSequence = 0;
  copy.hardStateSequence = Math.max(0, copy.hardStateSequence - base);
  const entryWrites = copy.entryWrites.map(({ sequence, endIndex }) => ({
    sequence: sequence - base,
    endIndex,
  }));
  const heldMessages = copy.heldMessages.map(({ afterSequence, message }) => ({
    afterSequence: Math.max(0, afterSequence - base),
    message,
  }));
  return {
    state: { ...copy, entryWrites, heldMessages },
    durable,
    unsynced: unsynced.map((write) => ({ ...write, sequence: write.sequence - base })),
    isDiskStuck,
  };
}

export function writeDown(durable: RaftMember['durable'], effect: PersistEffect): RaftMember['durable'] {
  if (effect.what === 'hard-state') return { ...effect.hardState, entries: durable.entries };
  return { ...durable, entries: [...durable.entries.slice(0, effect.firstIndex), ...effect.entries] };
}

export function renameMember(member: RaftMember, permutation: readonly number[]): RaftMember {
  const { state, durable } = member;
  const rename = (id: string): string => renameId(id, permutation);
  const renameOptional = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : rename(id);
  return {
    ...member,
    state: {
      ...state,
      vote: renameOptional(state.vote),
      leaderId: renameOptional(state.leaderId),
      votes: new Map([...state.votes].map(([id, vote]) => [rename(id), vote])),
      progress: new Map([...state.progress].map(([id, progress]) => [rename(id), progress])),
      heldMessages: state.heldMessages.map(({ afterSequence, message }) => ({
        afterSequence,
        message: renameMessage(message, permutation),
      })),
    },
    durable: { ...durable, vote: renameOptional(durable.vote) },
    unsynced: member.unsynced.map((write) =>
      write.what === 'entries'
        ? write
        : { ...write, hardState: { ...write.hardState, vote: renameOptional(write.hardState.vote) } },
    ),
  };
}

/** All of it; the order within maps is left out, as nothing depends on it but the order of messages, which have none on their way. */
export function memberKey({ state, durable, unsynced, isDiskStuck }: RaftMember): string {
  // This model never changes the group.
  const { entries, configurations: _always, votes, progress, heldMessages, ...plain } = state;
  const parts = [
    JSON.stringify(plain),
    entriesKey(entries),
    [...votes].sort(byId).join(),
    [...progress].sort(byId).map(progressKey).join(),
    heldMessages.map(({ afterSequence, message }) => `${afterSequence} ${messageKey(message)}`).join(),
    durable.term,
    durable.vote,
    entriesKey(durable.entries),
    unsynced.map(writeKey).join(),
    isDiskStuck,
  ];
  return parts.join('|');
}

function byId(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function progressKey([id, progress]: readonly [string, FollowerProgress]): string {
  const { matchIndex, nextIndex, mode, inFlight, silentTicks, confirmedReadRound } = progress;
  return `${id}${matchIndex} ${nextIndex} ${mode} ${inFlight.join('-')} ${silentTicks} ${confirmedReadRound}`;
}

function writeKey(write: PersistEffect): string {
  if (write.what === 'hard-state') return `${write.sequence} ${write.hardState.term} ${write.hardState.vote}`;
  return `${write.sequence} ${write.firstIndex} ${entriesKey(write.entries)}`;
}

/** Role, terms, logs, in memory and on disk. */
export function situationOfMember({ state, durable }: RaftMember): string {
  return `${state.role} ${state.term}/${durable.term} ${entriesKey(state.entries)}/${entriesKey(durable.entries)}`;
}
