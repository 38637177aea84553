/** Time that goes by on the clock of the harness. */
import type { Clock } from '../cluster/runtime/clock.ts';

export function wait(ms: number, clock: Clock): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.after(ms, resolve));
}
