/** A request that got no answer. */
import { StacklessError } from '../runtime/stackless-error.ts';

export type RemotingErrorKind = 'connect-failed' | 'timeout' | 'closed' | 'bad-address' | 'stopped';

export class RemotingError extends StacklessError {
  override readonly name = 'RemotingError';
  readonly kind: RemotingErrorKind;
  readonly address: string;
  /** False: surely nothing of the request reached the peer. True: it may have been carried out. */
  readonly sent: boolean;
  constructor(
    kind: RemotingErrorKind,
    address: string,
    sent: boolean,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.kind = kind;
    this.address = address;
    this.sent = sent;
  }
}
