/** What went wrong with a store's files. */

/**
 * 'config': the folder or the settings do not fit, a person must act; 'damaged': bytes on disk are not what was written;
 * 'io': the disk refused; 'closed': the store was closed or has failed before; 'gone': the bytes asked for are not there (any more).
 */
export type StoreErrorKind = 'config' | 'damaged' | 'io' | 'closed' | 'gone';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
