/** Something done again and again. */
import type { Timer } from '../runtime/clock.ts';
import type { Runtime } from '../runtime/runtime.ts';

/**
 * Runs `action` now and then every `periodMs`, until cancelled. A failure is logged and harms no later run: a periodic task that dies of its
 * first exception is how SyncStateSets stopped shrinking and heartbeats stopped (HOLES.md B10, B35).
 */
export function repeat(runtime: Runtime, name: string, periodMs: number, action: () => void): Timer {
  let next: Timer | undefined;
  let isCancelled = false;
  const run = (): void => {
    if (isCancelled) return;
    next = runtime.clock.after(periodMs, run);
    try {
      action();
    } catch (error) {
      runtime.trace.log('error', `${name} failed, and will run again: ${String(error)}`);
    }
  };
  run();
  return {
    cancel(): void {
      isCancelled = true;
      next?.cancel();
    },
  };
}
