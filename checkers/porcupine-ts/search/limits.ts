/** When a check gives up. The clock is read after every call of the user's model, and between slices of some thousand steps. */
import type { CheckOptions } from '../check-options.ts';
import type { StepWatch } from '../program/model-program.ts';
import type { UnknownReason } from '../verdict.ts';
import type { Interruption } from './problem.ts';

export class Limits implements StepWatch, Interruption {
  raised = false;
  reason: UnknownReason | undefined;
  readonly startedMs: number;
  readonly #deadlineMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(options: CheckOptions) {
    this.startedMs = performance.now();
    this.#deadlineMs = this.startedMs + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#signal = options.signal;
  }

  get elapsedMs(): number {
    return performance.now() - this.startedMs;
  }

  /** True once the search should stop; it then stays so. */
  expired(): boolean {
    if (this.raised) return true;
    if (this.#signal?.aborted === true) return this.#raise('aborted');
    if (this.#deadlineMs !== Number.POSITIVE_INFINITY && performance.now() >= this.#deadlineMs)
      return this.#raise('timeout');
    return false;
  }

  stepped(): void {
    this.expired();
  }

  giveUp(reason: UnknownReason): true {
    return this.#raise(reason);
  }

  #raise(reason: UnknownReason): true {
    this.reason = reason;
    this.raised = true;
    return true;
  }
}
