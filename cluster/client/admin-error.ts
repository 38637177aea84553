/** An administrative request that was not carried out, as far as is known. */

export class AdminError extends Error {
  override readonly name = 'AdminError';
  /** Who was asked. */
  readonly address: string;
  /** The response code; undefined when there was no answer. */
  readonly code: number | undefined;
  constructor(
    what: string,
    address: string,
    code: number | undefined,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${what} at ${address}: ${reason}`, options);
    this.address = address;
    this.code = code;
  }
}
