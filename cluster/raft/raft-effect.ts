/**
 * What a Raft core asks of the world. The caller performs the effects of a step in order. Messages that must wait for the disk are held
 * inside the core until it is told `persisted`, so a `send` may always go out at once.
 */
import type { ChangeRefusal, RaftConfiguration } from './membership.ts';
import type { RaftEntry, RaftMessage } from './raft-message.ts';
import type { RaftRole } from './raft-state.ts';

export interface HardState {
  readonly term: number;
  readonly vote: string | undefined;
}

export type PersistEffect =
  | {
      readonly kind: 'persist';
      readonly sequence: number;
      readonly what: 'hard-state';
      readonly hardState: HardState;
    }
  /** The log is cut to `firstIndex` entries (where it is longer), then the entries follow. */
  | {
      readonly kind: 'persist';
      readonly sequence: number;
      readonly what: 'entries';
      readonly firstIndex: number;
      readonly entries: readonly RaftEntry[];
    };

export type RaftEffect =
  /** Persists are done in the order of their sequence, each one whole; several may share one sync. */
  | PersistEffect
  | { readonly kind: 'send'; readonly message: RaftMessage }
  /** Committed and durable here; every entry comes once in a life, in order, no-ops too. */
  | { readonly kind: 'apply'; readonly entries: readonly RaftEntry[] }
  | { readonly kind: 'proposed'; readonly firstIndex: number; readonly term: number; readonly count: number }
  | { readonly kind: 'proposal-refused'; readonly leaderId: string | undefined }
  | { readonly kind: 'change-proposed'; readonly index: number; readonly term: number }
  | { readonly kind: 'change-refused'; readonly reason: ChangeRefusal }
  | { readonly kind: 'read-ready'; readonly readId: number; readonly index: number }
  | { readonly kind: 'read-refused'; readonly readId: number; readonly leaderId: string | undefined }
  /** Another configuration counts, or the one that counts is committed now. */
  | {
      readonly kind: 'configuration';
      readonly index: number;
      readonly peers: RaftConfiguration;
      readonly isCommitted: boolean;
    }
  /** A leader counts on this member as a voter, but its disk is empty: what it promised under this id is lost, and it stays silent. */
  | { readonly kind: 'wiped'; readonly leaderId: string }
  /** One of the three is not what it was before the step. */
  | {
      readonly kind: 'role';
      readonly role: RaftRole;
      readonly term: number;
      readonly leaderId: string | undefined;
    };
