/** What a replica does with its log when a master shows it its epochs, before it takes or acknowledges a byte. Pure. */
import type { SeededBug } from '../runtime/seeded-bug.ts';
import { type EpochList, lastEpochOf } from './epoch-list.ts';
import { findTruncationPoint, type LogShape } from './truncation-point.ts';

export interface ReplicaLog extends LogShape {
  readonly confirmOffset: number;
  /** The masterEpoch it follows, durable. */
  readonly followedEpoch: number;
}

export interface MasterLog extends LogShape {
  readonly masterEpoch: number;
}

export type HandshakePlan =
  | {
      readonly kind: 'truncate';
      /** Equal to the replica's end when there is nothing to cut. */
      readonly offset: number;
      /** What the epoch file holds afterwards. */
      readonly epochs: EpochList;
      /** A log whose epochs are lost is fetched again as a whole. Below its confirmOffset, but all of that is at the master. */
      readonly resync: boolean;
    }
  /** Seeded bug: the tail stays, and what the master sends for that place is taken as already there. */
  | { readonly kind: 'keep-tail'; readonly reportOffset: number }
  /** `operator`: waiting will not heal it. */
  | { readonly kind: 'refuse'; readonly operator: boolean; readonly reason: string }
  /** Confirmed bytes would go. Where every member acknowledges, the protocol is broken somewhere, and nothing may be cut any more. */
  | { readonly kind: 'below-confirm'; readonly offset: number; readonly epochs: EpochList };

export function planHandshake(
  master: MasterLog,
  replica: ReplicaLog,
  seededBugs: ReadonlySet<SeededBug>,
): HandshakePlan {
  const listed = seededBugs.has('refuse-equal-epoch-start') ? master.masterEpoch : lastEpochOf(master.epochs);
  if (master.masterEpoch !== replica.followedEpoch || listed !== master.masterEpoch) {
    const reason = `follows master epoch ${replica.followedEpoch}, but the peer is the master of epoch ${master.masterEpoch}, and its last one is ${listed}`;
    return { kind: 'refuse', operator: false, reason };
  }
  const cut = seededBugs.has('truncate-to-confirm')
    ? downToConfirm(planCut(master, replica), replica)
    : planCut(master, replica);
  if (cut.kind !== 'truncate' || cut.offset >= replica.maxOffset) return cut;
  if (seededBugs.has('skip-truncation')) {
    return { kind: 'keep-tail', reportOffset: cut.offset };
  }
  if (cut.offset >= replica.confirmOffset || cut.resync) return cut;
  return { kind: 'below-confirm', offset: cut.offset, epochs: cut.epochs };
}

function planCut(master: LogShape, replica: ReplicaLog): HandshakePlan {
  if (replica.maxOffset === 0) return { kind: 'truncate', offset: 0, epochs: [], resync: false };
  if (replica.epochs.length === 0) {
    // Never "a new replica": its log is not empty (B23, S5).
    const offset = Math.min(master.epochs[0]?.startOffset ?? 0, replica.maxOffset);
    return { kind: 'truncate', offset, epochs: [], resync: true };
  }
  const point = findTruncationPoint(master, replica);
  switch (point.kind) {
    case 'found':
      return {
        kind: 'truncate',
        offset: point.offset,
        epochs: epochsUpTo(replica.epochs, master.epochs, point.offset),
        resync: false,
      };
    case 'epoch-conflict':
      return {
        kind: 'refuse',
        operator: true,
        reason:
          `epoch ${point.epoch} starts at ${point.ownStart} here and at ${point.masterStart} at the master; ` +
          'one of the epoch files is wrong: compare them, then empty this replica to fetch everything again',
      };
    case 'no-common-epoch':
      return {
        kind: 'refuse',
        operator: true,
        reason: 'no epoch in common with the master; empty this replica to fetch everything again',
      };
  }
}

/** Seeded bug: what is acknowledged lies above a confirmOffset that lags (B30). */
function downToConfirm(cut: HandshakePlan, replica: ReplicaLog): HandshakePlan {
  if (cut.kind !== 'truncate' || cut.offset <= replica.confirmOffset) return cut;
  const offset = replica.confirmOffset;
  return { ...cut, offset, epochs: cut.epochs.filter((entry) => entry.startOffset <= offset) };
}

/** An entry that starts at the point holds no bytes any more; it stays when the master has the very same one (B18, S2). */
function epochsUpTo(own: EpochList, master: EpochList, point: number): EpochList {
  const isMasters = (epoch: number, start: number) =>
    master.some((entry) => entry.epoch === epoch && entry.startOffset === start);
  return own.filter(
    (entry) =>
      entry.startOffset < point || (entry.startOffset === point && isMasters(entry.epoch, entry.startOffset)),
  );
}
