/** Questions to a Raft log, which is an array of entries. */
import type { RaftEntry } from './raft-message.ts';

/** -1 when the log is empty. */
export function lastIndex(entries: readonly RaftEntry[]): number {
  return entries.length - 1;
}

/** 0 before the first entry; undefined behind the last one. */
export function termAt(entries: readonly RaftEntry[], index: number): number | undefined {
  return index < 0 ? 0 : entries[index]?.term;
}

export function lastTerm(entries: readonly RaftEntry[]): number {
  return entries.at(-1)?.term ?? 0;
}

/** The first index of the run of equal terms that `index` stands in. */
export function firstIndexOfTermAt(entries: readonly RaftEntry[], index: number): number {
  const term = termAt(entries, index);
  let first = index;
  while (first > 0 && termAt(entries, first - 1) === term) first -= 1;
  return first;
}

/** The last index at or before `index` whose term is `term`; undefined when there is none. */
export function lastIndexOfTerm(
  entries: readonly RaftEntry[],
  term: number,
  index: number,
): number | undefined {
  for (let at = Math.min(index, lastIndex(entries)); at >= 0; at -= 1) {
    const found = termAt(entries, at) ?? 0;
    if (found === term) return at;
    // Terms never fall along a log.
    if (found < term) return undefined;
  }
  return undefined;
}

/** Raft 5.4.1: the later last term wins, then the longer log. */
export function isUpToDate(
  entries: readonly RaftEntry[],
  candidate: { readonly lastIndex: number; readonly lastTerm: number },
): boolean {
  const ownTerm = lastTerm(entries);
  if (candidate.lastTerm !== ownTerm) return candidate.lastTerm > ownTerm;
  return candidate.lastIndex >= lastIndex(entries);
}

/** What an entry costs on the wire beside its body, roughly. */
const entryOverheadBytes = 16;

/** Whole entries from `firstIndex`, at least one, that fit together into `bytesMax`. */
export function sliceByBytes(
  entries: readonly RaftEntry[],
  firstIndex: number,
  bytesMax: number,
): readonly RaftEntry[] {
  let end = firstIndex;
  let bytes = 0;
  for (; end < entries.length; end += 1) {
    bytes += entryOverheadBytes + (entries[end]?.body.length ?? 0);
    if (bytes > bytesMax && end > firstIndex) break;
  }
  return entries.slice(firstIndex, end);
}
