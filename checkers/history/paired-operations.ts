/** Invocations with their completions, and whether the history is one at all. */
import type { Operation } from './operation.ts';

export interface PairedOperation {
  readonly invoked: Operation;
  /** Undefined: the history ended first. */
  readonly done: Operation | undefined;
}

/** The lines contradict each other: whatever wrote them is broken, and nothing can be judged by them. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

/** Takes a history line by line, and keeps only what is open. */
export class OperationPairing {
  readonly #open = new Map<number, Operation>();

  /**
   * Returns the pair that the line completes. Throws HistoryError where a process does two things at once, ends what it did not begin, or
   * says `ok` without an answer.
   */
  add(operation: Operation): PairedOperation | undefined {
    const { process } = operation;
    const invoked = this.#open.get(process);
    if (operation.type === 'invoke') {
      if (invoked !== undefined)
        refuse(operation, `process ${process} invokes, but ${name(invoked)} is still open`);
      this.#open.set(process, operation);
      return undefined;
    }
    if (invoked === undefined) refuse(operation, `process ${process} completes what it never invoked`);
    checkCompletion(invoked, operation);
    this.#open.delete(process);
    return { invoked, done: operation };
  }

  /** What has had no answer. */
  open(): PairedOperation[] {
    return [...this.#open.values()].map((invoked) => ({ invoked, done: undefined }));
  }
}

/** In order of completion, those without one last. */
export function pairOperations(operations: Iterable<Operation>): PairedOperation[] {
  const pairing = new OperationPairing();
  const pairs: PairedOperation[] = [];
  for (const operation of operations) {
    const pair = pairing.add(operation);
    if (pair !== undefined) pairs.push(pair);
  }
  return [...pairs, ...pairing.open()];
}

function checkCompletion(invoked: Operation, done: Operation): void {
  if (done.f !== invoked.f || done.value.queue !== invoked.value.queue)
    refuse(
      done,
      `it completes ${name(invoked)} on ${invoked.value.queue} as ${done.f} on ${done.value.queue}`,
    );
  if (!(done.time >= invoked.time)) refuse(done, `it ends before ${name(invoked)} began`);
  if (done.type !== 'ok') return;
  const answer = done.f === 'pull' || done.f === 'replica-pull' ? done.value.messages : done.value.offset;
  if (answer === undefined) refuse(done, `an ok ${done.f} says nothing of what was answered`);
}

function name({ f, index }: Operation): string {
  return `${f} (operation ${index})`;
}

function refuse(operation: Operation, reason: string): never {
  throw new HistoryError(`operation ${operation.index}: ${reason}`);
}
