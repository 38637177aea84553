/** Where the logs of a master and a replica part: what lies beyond in the replica's log has no right to be there. */
import { type EpochList, endOffsetOf } from './epoch-list.ts';

export interface LogShape {
  readonly epochs: EpochList;
  readonly maxOffset: number;
}

export type TruncationPoint =
  /** Both logs are equal below `offset`; never above the replica's own end (S7). */
  | { readonly kind: 'found'; readonly offset: number; readonly sharedEpoch: number | undefined }
  /** An epoch has one owner and one start for ever; a replica that knows another one must not guess (S3). */
  | {
      readonly kind: 'epoch-conflict';
      readonly epoch: number;
      readonly ownStart: number;
      readonly masterStart: number;
    }
  | { readonly kind: 'no-common-epoch' };

/**
 * Walks the replica's epochs from newest to oldest to the first that the master has with the same start (B70: never the newest one alone).
 * Not the confirmOffset: it lags behind what is acknowledged (B30).
 */
export function findTruncationPoint(master: LogShape, replica: LogShape): TruncationPoint {
  const masterIndexOf = new Map(master.epochs.map((entry, index) => [entry.epoch, index]));
  for (let index = replica.epochs.length - 1; index >= 0; index -= 1) {
    const own = replica.epochs[index];
    if (own === undefined) break;
    const masterIndex = masterIndexOf.get(own.epoch);
    const masterEntry = masterIndex === undefined ? undefined : master.epochs[masterIndex];
    if (masterIndex === undefined || masterEntry === undefined) continue;
    if (masterEntry.startOffset !== own.startOffset) {
      return {
        kind: 'epoch-conflict',
        epoch: own.epoch,
        ownStart: own.startOffset,
        masterStart: masterEntry.startOffset,
      };
    }
    const ownEnd = Math.min(endOffsetOf(replica.epochs, index, replica.maxOffset), replica.maxOffset);
    const masterEnd = endOffsetOf(master.epochs, masterIndex, master.maxOffset);
    return { kind: 'found', offset: Math.min(ownEnd, masterEnd), sharedEpoch: own.epoch };
  }
  // Nothing in common but the place where both begin: everything the replica has goes.
  const ownFirst = replica.epochs[0];
  const masterFirst = master.epochs[0];
  if (
    ownFirst !== undefined &&
    masterFirst !== undefined &&
    ownFirst.startOffset === masterFirst.startOffset
  ) {
    return {
      kind: 'found',
      offset: Math.min(ownFirst.startOffset, replica.maxOffset),
      sharedEpoch: undefined,
    };
  }
  return { kind: 'no-common-epoch' };
}
