/** How late the harness's own timers were: the only witness of how busy the machine is that no fault of a run can touch. */

import { type Lateness, lateFromMs } from '../../checkers/busy-machine.ts';
import type { Clock, Timer } from '../../cluster/runtime/clock.ts';

const everyMs = 100;

export class LatenessMeter {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #ticks = 0;
  #lateTicks = 0;
  #worstMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    const dueMs = this.#clock.monotonicMs() + everyMs;
    this.#timer = this.#clock.after(everyMs, () => {
      const lateMs = this.#clock.monotonicMs() - dueMs;
      this.#ticks += 1;
      if (lateMs >= lateFromMs) this.#lateTicks += 1;
      this.#worstMs = Math.max(this.#worstMs, lateMs);
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  get lateness(): Lateness {
    return { ticks: this.#ticks, lateTicks: this.#lateTicks, worstMs: Math.round(this.#worstMs) };
  }
}
