/** Members by place: 0 is a, 1 is b. Renaming is done to prove nothing: it tells which states differ by names only. */
import type { RaftEntry, RaftMessage } from '../../../cluster/raft/raft-message.ts';

const letters = 'abcde';

export function idOf(place: number): string {
  return letters[place] ?? '?';
}

export function placeOf(id: string): number {
  return letters.indexOf(id);
}

export function renameId(id: string, permutation: readonly number[]): string {
  return idOf(permutation[placeOf(id)] ?? -1);
}

export function renameMessage(message: RaftMessage, permutation: readonly number[]): RaftMessage {
  return {
    ...message,
    from: renameId(message.from, permutation),
    to: renameId(message.to, permutation),
  };
}

export function entriesKey(entries: readonly RaftEntry[]): string {
  return entries.map(({ term, body }) => `${term}.${body[0] ?? 0}`).join(' ');
}

export function messageKey(message: RaftMessage): string {
  if (message.kind !== 'append-request') return JSON.stringify(message);
  return `${JSON.stringify({ ...message, entries: 0 })}${entriesKey(message.entries)}`;
}
