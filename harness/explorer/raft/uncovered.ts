/** What is called committed lies on the disks of a majority. */
import { entryName, type RaftHistory, type RaftNews } from './raft-history.ts';
import type { RaftMember } from './raft-member.ts';

export function uncoveredBy(
  members: readonly RaftMember[],
  { commitIndex, log, id, term }: RaftNews,
  { commitTerms }: RaftHistory,
): string | undefined {
  if (commitIndex === undefined) return undefined;
  let holders = 0;
  for (const { durable } of members) {
    const entry = durable.entries[commitIndex];
    if (entry !== undefined && entryName(entry) === log[commitIndex]) holders += 1;
  }
  if (holders * 2 > members.length) return undefined;
  // Replaced on some disks by a later leader: only where it was known before may that be.
  const isOld = (commitTerms[commitIndex] ?? 0) < term;
  return isOld
    ? undefined
    : `${id} holds entry ${commitIndex} for committed, but only ${holders} disks have it`;
}
