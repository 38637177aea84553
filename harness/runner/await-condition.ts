/** Readiness by predicate: asks until it is so, or until patience ends. */
import type { Clock } from '../../cluster/runtime/clock.ts';

export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

export interface Patience {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly pauseMs?: number;
  /** Ends the wait early, with NotReadyError. */
  readonly signal?: AbortSignal;
}

/**
 * `ask` returns undefined when all is well, else what is missing, for the error. Rejects with NotReadyError that says what was missing last.
 */
export async function awaitCondition(
  what: string,
  patience: Patience,
  ask: () => Promise<string | undefined>,
): Promise<void> {
  const { clock, limitMs, pauseMs = 25, signal } = patience;
  const until = clock.monotonicMs() + limitMs;
  for (;;) {
    const missing = await ask();
    if (missing === undefined) return;
    if (signal?.aborted === true) throw new NotReadyError(`${what}: interrupted; ${missing}`);
    if (clock.monotonicMs() >= until)
      throw new NotReadyError(`${what}: not within ${limitMs / 1000} s; ${missing}`);
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
  }
}
