/** Time that goes by on the clock of the harness. */
import type { Clock } from '../cluster/runtime/clock.ts';

/** Shorter when `stop` is aborted. */
export function waitUnlessStopped(ms: number, clock: Clock, stop: AbortSignal | undefined): Promise<void> {
  if (stop === undefined) return wait(ms, clock);
  if (stop.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    stop.addEventListener('abort', done);
  });
}

export function wait(ms: number, clock: Clock): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
}
