/** A mistake of the caller: what was wanted, what came, what to do. Printed without a stack; exit 254. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode = 254;
}
