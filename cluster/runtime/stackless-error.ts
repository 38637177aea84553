/**
 * An error of the world, told in an event: where it was made says nothing that its message does not, and to note the stack costs more than to
 * handle the error (measured where a client dials a dead broker again and again).
 */
export class StacklessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message, options);
    Error.stackTraceLimit = stackTraceLimit;
  }
}
