/** Effects and states as lines people read: an entry is index:term. */
import { describeConfiguration } from './membership.ts';
import type { PersistEffect, RaftEffect } from './raft-effect.ts';
import type { RaftEntry, RaftMessage } from './raft-message.ts';
import type { RaftState } from './raft-state.ts';

/** Worth a line in a quiet command. */
export function isLoud(effect: RaftEffect): boolean {
  return effect.kind !== 'send' && effect.kind !== 'persist' && effect.kind !== 'proposed';
}

export function describeEffect(id: string, effect: RaftEffect): string {
  switch (effect.kind) {
    case 'persist':
      return `${id} writes ${describePersist(effect)}`;
    case 'send':
      return describeMessage(effect.message);
    case 'apply':
      return `${id} applies ${effect.entries.map(describeApplied).join(', ')}`;
    case 'proposed':
      return `${id} takes ${effect.count} as ${effect.firstIndex}:${effect.term}`;
    case 'proposal-refused':
      return `${id} takes no proposals, leader ${effect.leaderId ?? 'unknown'}`;
    case 'change-proposed':
      return `${id} takes the change as ${effect.index}:${effect.term}`;
    case 'change-refused':
      return `${id} refuses the change: ${effect.reason}`;
    case 'configuration':
      return `${id} has configuration ${effect.index}${effect.isCommitted ? ', committed' : ''}: ${describeConfiguration(effect.peers)}`;
    case 'wiped':
      return `${id} has an empty disk, but ${effect.leaderId} counts on it`;
    case 'read-ready':
      return `${id} may answer read ${effect.readId} at ${effect.index}`;
    case 'read-refused':
      return `${id} may not answer read ${effect.readId}, leader ${effect.leaderId ?? 'unknown'}`;
    case 'role':
      return `${id} is ${effect.role} in term ${effect.term}, leader ${effect.leaderId ?? 'unknown'}`;
  }
}

function describePersist(effect: PersistEffect): string {
  if (effect.what === 'hard-state')
    return `term ${effect.hardState.term} vote ${effect.hardState.vote ?? 'nobody'}`;
  return `entries ${describeEntries(effect.entries)}`;
}

function describeEntries(entries: readonly RaftEntry[]): string {
  return entries.length === 0 ? 'none' : entries.map(({ index, term }) => `${index}:${term}`).join(' ');
}

function describeApplied({ index, body, configuration }: RaftEntry): string {
  if (configuration !== undefined) return `${index} configuration`;
  return `${index} ${body.length === 0 ? 'no-op' : new TextDecoder().decode(body)}`;
}

export function describeMessage(message: RaftMessage): string {
  const head = `  ${message.from}>${message.to} ${message.kind} term ${message.term}`;
  switch (message.kind) {
    case 'pre-vote-request':
    case 'vote-request':
      return `${head} last ${message.lastIndex}:${message.lastTerm}`;
    case 'pre-vote-answer':
    case 'vote-answer':
      return `${head} ${message.granted ? 'granted' : 'refused'}`;
    case 'append-request':
      return (
        `${head} after ${message.previousIndex}:${message.previousTerm} ` +
        `entries ${describeEntries(message.entries)} commit ${message.commitIndex} round ${message.readRound}${message.toVoter ? '' : ' to a learner'}`
      );
    case 'append-answer':
      return message.accepted
        ? `${head} accepted up to ${message.index} round ${message.readRound}`
        : `${head} refused after ${message.index} conflict ${message.conflictIndex}:${message.conflictTerm} round ${message.readRound}`;
  }
}

export function describeMember(id: string, state: Readonly<RaftState>): string {
  const log = state.entries.map(({ term }) => term).join(' ');
  return `${id} ${state.role} term ${state.term} vote ${state.vote ?? 'nobody'} commit ${state.commitIndex} log ${log}`;
}
