/** The history cannot have happened; the fault lies with whoever recorded it. */
export class InvalidHistoryError extends Error {
  override readonly name = 'InvalidHistoryError';
  /** Position in the list that was given. */
  readonly position: number;

  constructor(position: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.position = position;
  }
}
