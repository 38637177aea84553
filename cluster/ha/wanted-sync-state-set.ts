/** Which SyncStateSet the master would like to have. Pure. */

/**
 * - gone: no connection, or silent, or behind for too long
 * - short: it is there, but lacks bytes that are confirmed: it must not be elected
 */
export type MemberCondition = 'fine' | 'gone' | 'short';

export interface WantedInput {
  readonly selfBrokerId: number;
  readonly committed: ReadonlySet<number>;
  readonly conditionOf: (brokerId: number) => MemberCondition;
  /** Marked replicas that have all that was appended before the mark. */
  readonly ready: readonly number[];
  readonly minInSyncReplicas: number;
}

/** All wanted changes in one set (B11). */
export function wantedSyncStateSet(input: WantedInput): ReadonlySet<number> {
  const members = [...input.committed].filter((brokerId) => brokerId !== input.selfBrokerId);
  const fine = members.filter((brokerId) => input.conditionOf(brokerId) === 'fine');
  const gone = members.filter((brokerId) => input.conditionOf(brokerId) === 'gone');
  const wanted = new Set([input.selfBrokerId, ...fine, ...input.ready]);
  // A set below the minimum could acknowledge nothing. To keep its members costs nothing, and each of them may save the group.
  if (wanted.size < input.minInSyncReplicas) for (const brokerId of gone) wanted.add(brokerId);
  return wanted;
}
