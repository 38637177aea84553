/** What Raft peers say to each other, and the entries they say it about. */
import type { RaftConfiguration } from './membership.ts';

export interface RaftEntry {
  /** 0 is the first entry of a log. */
  readonly index: number;
  readonly term: number;
  /** Empty: the no-op a leader writes when it is elected; state machines never see it. */
  readonly body: Uint8Array;
  /** The group from this entry on; the body is empty then. */
  readonly configuration?: RaftConfiguration;
}

interface Envelope {
  readonly from: string;
  readonly to: string;
  /** The sender's term; in a pre-vote request, and in the answer that grants it, the term the candidate would like to open. */
  readonly term: number;
}

export interface VoteRequest extends Envelope {
  readonly kind: 'vote-request' | 'pre-vote-request';
  /** The candidate's last entry; -1 and term 0 when its log is empty. */
  readonly lastIndex: number;
  readonly lastTerm: number;
}

export interface VoteAnswer extends Envelope {
  readonly kind: 'vote-answer' | 'pre-vote-answer';
  readonly granted: boolean;
}

/** Entries, or none: then it is a heartbeat, a probe, or the news of a commit. */
export interface AppendRequest extends Envelope {
  readonly kind: 'append-request';
  readonly previousIndex: number;
  readonly previousTerm: number;
  readonly entries: readonly RaftEntry[];
  readonly commitIndex: number;
  /** The latest read round of this leadership; the answer repeats it. */
  readonly readRound: number;
  /** Whether the leader counts on the receiver: one with an empty disk must not be counted on. */
  readonly toVoter: boolean;
}

export interface AppendAnswer extends Envelope {
  readonly kind: 'append-answer';
  readonly accepted: boolean;
  /** Accepted: all up to here is durable at the follower and equal to the leader's. Refused: the previousIndex that was refused. */
  readonly index: number;
  /** Refused: the term the follower has at that index (0: its log is shorter) ... */
  readonly conflictTerm: number;
  /** ... and its first index of that term, or the one after its last entry. */
  readonly conflictIndex: number;
  readonly readRound: number;
}

export type RaftMessage = VoteRequest | VoteAnswer | AppendRequest | AppendAnswer;
