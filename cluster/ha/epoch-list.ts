/** The epochs of a log: who wrote which part of it. Pure rules over a list that is sorted by epoch and by start offset. */
import assert from 'node:assert/strict';
import type { SeededBug } from '../runtime/seeded-bug.ts';

/** The master of `epoch` wrote the bytes from `startOffset` to the start of the next entry. */
export interface EpochEntry {
  readonly epoch: number;
  readonly startOffset: number;
}

export type EpochList = readonly EpochEntry[];

/** Both columns grow strictly: no two epochs own the same byte, and none owns nothing but the last. */
export function isEpochList(list: EpochList): boolean {
  return list.every((entry, index) => {
    const previous = list[index - 1];
    return (
      previous === undefined || (previous.epoch < entry.epoch && previous.startOffset < entry.startOffset)
    );
  });
}

export function lastEntry(list: EpochList): EpochEntry | undefined {
  return list[list.length - 1];
}

/** -1 when the list is empty. */
export function lastEpochOf(list: EpochList): number {
  return lastEntry(list)?.epoch ?? -1;
}

/**
 * A new epoch begins: entries that start at or beyond it hold no bytes and give way (the rule of Kafka's leader epochs).
 * RocketMQ refuses an equal start instead, and two masters then write under one label (HOLES.md B17).
 */
export function startEpoch(
  list: EpochList,
  entry: EpochEntry,
  seededBugs: ReadonlySet<SeededBug>,
): EpochList {
  assert(
    entry.epoch > lastEpochOf(list),
    `epoch ${entry.epoch} cannot begin after epoch ${lastEpochOf(list)}`,
  );
  const isRefused = lastEntry(list)?.startOffset === entry.startOffset;
  if (isRefused && seededBugs.has('refuse-equal-epoch-start')) return list;
  return [...list.filter((known) => known.startOffset < entry.startOffset), entry];
}

/** What a log that ends at `maxOffset` can vouch for: an entry that starts there stays, one beyond it goes (S7). */
export function withinLog(list: EpochList, maxOffset: number): EpochList {
  return list.filter((entry) => entry.startOffset <= maxOffset);
}

/** Where the bytes of entry `index` end, in a log that ends at `maxOffset`. Computed, never stored: it cannot be stale (B24, S4). */
export function endOffsetOf(list: EpochList, index: number, maxOffset: number): number {
  return list[index + 1]?.startOffset ?? maxOffset;
}

/** The index of the entry that owns the byte at `offset`; -1 when it lies before the first epoch. The last one has no end. */
export function indexAt(list: EpochList, offset: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as EpochEntry).startOffset <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
