/** An administrative request that was not carried out, as far as is known. */

export interface AdminErrorFacts {
  /** The request. */
  readonly what: string;
  /** Who was asked. */
  readonly address: string;
  /** The response code; absent when there was no answer. */
  readonly code?: number;
  readonly cause?: unknown;
}

export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly address: string;
  readonly code: number | undefined;
  constructor(reason: string, facts: AdminErrorFacts) {
    super(
      `${facts.what} at ${facts.address}: ${reason}`,
      'cause' in facts ? { cause: facts.cause } : undefined,
    );
    this.address = facts.address;
    this.code = facts.code;
  }
}
