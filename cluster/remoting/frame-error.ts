/** Bytes that are no frame: the connection that carried them cannot be trusted from here on. */

export type FrameErrorKind = 'oversize' | 'bad-length' | 'unknown-serialization' | 'bad-header';

export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly kind: FrameErrorKind;
  constructor(message: string, facts: { readonly kind: FrameErrorKind; readonly cause?: unknown }) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.kind = facts.kind;
  }
}
