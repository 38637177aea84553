/** How a request to a DLedger group ends when it does not succeed. */

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
        'While a majority of the group is well, move the folder away and start again: the member is filled anew.',
      options,
    );
    this.path = path;
  }
}
