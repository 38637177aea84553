/** What the world tells a Raft core. There is no clock in it: time is a number of ticks. */
import type { MembershipChange } from './membership.ts';
import type { RaftMessage } from './raft-message.ts';

export type RaftInput =
  /**
   * One step of time. A process that was stopped sees one late tick, not the many it missed, so it never takes its own sleep for
   * the silence of a leader. `luck` is a fresh uniform integer in [0, 2^32): it spreads the election timeouts.
   */
  | { readonly kind: 'tick'; readonly luck: number }
  | { readonly kind: 'message'; readonly message: RaftMessage }
  | { readonly kind: 'propose'; readonly bodies: readonly Uint8Array[] }
  | { readonly kind: 'change'; readonly change: MembershipChange }
  /** Asks for an index such that a machine which applied it is as new as anything answered before the question. */
  | { readonly kind: 'read'; readonly readId: number }
  /** Everything up to and with the persist effect of this sequence is durable. */
  | { readonly kind: 'persisted'; readonly sequence: number };
