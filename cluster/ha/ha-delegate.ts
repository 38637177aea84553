/** What the HA service asks of the broker it lives in. */
import type { ProposalOutcome } from './sync-state-set-tracker.ts';

export type HaConnectionEvent =
  /** Master side; `brokerId` follows. */
  | { readonly kind: 'slave-joined'; readonly brokerId: number; readonly remoteAddress: string }
  | {
      readonly kind: 'slave-left';
      readonly brokerId: number;
      readonly remoteAddress: string;
      readonly reason: string;
    }
  /** Slave side. */
  | { readonly kind: 'following'; readonly masterAddress: string; readonly masterEpoch: number }
  | { readonly kind: 'lost-master'; readonly masterAddress: string; readonly reason: string }
  /** The peer is of another epoch than the one followed: time to ask the controller. */
  | { readonly kind: 'other-epoch'; readonly masterAddress: string; readonly masterEpoch: number };

export interface HaDelegate {
  /**
   * Sends ALTER_SYNC_STATE_SET. 'rejected' only when no copy that was sent for this call can still be adopted: a request that was repeated
   * after a time-out is 'unknown', whatever the last answer says. `incarnations`: the life of each member that has shown all it needs.
   */
  proposeSyncStateSet(
    masterEpoch: number,
    syncStateSetEpoch: number,
    next: ReadonlySet<number>,
    incarnations: ReadonlyMap<number, string>,
  ): Promise<
    | {
        readonly kind: 'adopted';
        readonly syncStateSet: ReadonlySet<number>;
        readonly syncStateSetEpoch: number;
      }
    | { readonly kind: 'rejected'; readonly code: number }
    | { readonly kind: 'unknown' }
  >;
  /** A slave follows `newerEpoch`: the controller has chosen another master. */
  deposed(newerEpoch: number): void;
  connectionState(event: HaConnectionEvent): void;
}

/** Codes by which the controller says that its set or its master is not the one the proposal was made for. */
const fencedCodes: ReadonlySet<number> = new Set([2000, 2001, 2002]);

/**
 * After a fenced answer the set at the controller is not the one known here; until that is read, the proposal counts as unresolved: the
 * newer set may be this very one, adopted from a copy of the request (B01).
 */
export function outcomeOf(answer: Awaited<ReturnType<HaDelegate['proposeSyncStateSet']>>): ProposalOutcome {
  if (answer.kind === 'rejected')
    return fencedCodes.has(answer.code) ? { kind: 'unknown' } : { kind: 'rejected' };
  return answer;
}
