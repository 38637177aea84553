/** Time as the operating system tells it. */
import type { Clock, Timer } from '../clock.ts';

export const osClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs: number, fire: () => void): Timer {
    // Node fires a timer up to a millisecond early by its own coarse clock; deadlines here are never early.
    const handle = setTimeout(fire, Math.max(0, Math.ceil(delayMs)));
    return { cancel: () => clearTimeout(handle) };
  },
  soon(fire: () => void): void {
    setImmediate(fire);
  },
};
