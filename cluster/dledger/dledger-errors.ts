/** How a request to a DLedger group ends when it does not succeed. */
import type { ChangeRefusal, MembershipChange } from '../raft/membership.ts';

/** Definite: the proposal is surely not in this node's log; the read was not served. */
export class NotLeaderError extends Error {
  override readonly name = 'NotLeaderError';
  /** Who leads as far as this node knows. */
  readonly leaderId: string | undefined;
  constructor(selfId: string, leaderId: string | undefined) {
    super(
      `${selfId} is not the leader; ${leaderId === undefined ? 'no leader is known' : `ask ${leaderId}`}`,
    );
    this.leaderId = leaderId;
  }
}

/** Indefinite: the proposal is in a log and may be committed now, later or never. */
export class ProposalUnknownError extends Error {
  override readonly name = 'ProposalUnknownError';
  readonly reason: 'timeout' | 'lost-leadership' | 'stopped';
  constructor(reason: 'timeout' | 'lost-leadership' | 'stopped', detail: string) {
    super(`${detail}; whether the proposal will be committed is not known`);
    this.reason = reason;
  }
}

/** Definite: the proposal was not taken, and would not be by another node either. */
export class ProposalRefusedError extends Error {
  override readonly name = 'ProposalRefusedError';
  readonly reason: 'empty' | 'too-long' | 'too-many-pending';
  constructor(reason: 'empty' | 'too-long' | 'too-many-pending', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

const refusals: Readonly<Record<ChangeRefusal, string>> = {
  'not-leader': 'this member does not lead',
  'too-early': 'this leader has not committed an entry of its own yet; try again in a moment',
  'change-under-way': 'another change is not committed yet; try again in a moment',
  'already-a-member': 'a member of that id is there already',
  'not-a-member': 'there is no member of that id',
  'not-a-learner': 'that member votes already',
  'not-caught-up': 'that learner has not caught up with the leader yet; try again in a moment',
  'last-voter': 'it is the only voter, and nobody would be left',
};

/** Definite: the group was not changed. */
export class ChangeRefusedError extends Error {
  override readonly name = 'ChangeRefusedError';
  readonly reason: ChangeRefusal;
  constructor(reason: ChangeRefusal, change: MembershipChange) {
    super(`${change.kind} ${change.id}: ${refusals[reason]}`);
    this.reason = reason;
  }
}

/** The read was not confirmed in time. Nothing happened; ask again. */
export class ReadTimeoutError extends Error {
  override readonly name = 'ReadTimeoutError';
}

/** The files on disk cannot be those of a healthy member. */
export class DledgerStoreError extends Error {
  override readonly name = 'DledgerStoreError';
  readonly path: string;
  constructor(path: string, detail: string, options?: ErrorOptions) {
    super(
      `${path}: ${detail}. This member cannot vote or acknowledge with it. ` +
        'While a majority of the group is well, remove its id from the group and add it under a new one, with an empty folder.',
      options,
    );
    this.path = path;
  }
}
