/** Notices masters that leave sends unanswered and say nothing at all: stopped processes, cut links. */
import type { Clock, Timer } from '../runtime/clock.ts';

const tickMs = 100;
/** So many ticks without a word, while sends wait. */
const silentTicksMax = 3;

interface Watched {
  waiting: number;
  hasSpoken: boolean;
  silentTicks: number;
}

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #silent: (address: string) => void;
  readonly #watched = new Map<string, Watched>();
  #timer: Timer | undefined;

  /** Calls `silent` once per tick while it lasts. */
  constructor(clock: Clock, silent: (address: string) => void) {
    this.#clock = clock;
    this.#silent = silent;
  }

  sent(address: string): void {
    let watched = this.#watched.get(address);
    if (watched === undefined) {
      watched = { waiting: 0, hasSpoken: false, silentTicks: 0 };
      this.#watched.set(address, watched);
    }
    if (watched.waiting++ === 0) watched.silentTicks = 0;
    if (this.#timer === undefined) this.#arm();
  }

  /** A send of before has ended; `isAnswer`: by a word of the broker. */
  ended(address: string, isAnswer: boolean): void {
    const watched = this.#watched.get(address);
    if (watched === undefined) return;
    watched.waiting--;
    if (isAnswer) watched.hasSpoken = true;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#watched.clear();
  }

  #arm(): void {
    this.#timer = this.#clock.after(tickMs, () => {
      this.#timer = undefined;
      this.#tick();
    });
  }

  #tick(): void {
    let isWaiting = false;
    for (const [address, watched] of this.#watched) {
      watched.silentTicks = watched.hasSpoken || watched.waiting === 0 ? 0 : watched.silentTicks + 1;
      watched.hasSpoken = false;
      if (watched.waiting === 0) continue;
      isWaiting = true;
      if (watched.silentTicks >= silentTicksMax) this.#silent(address);
    }
    if (isWaiting) this.#arm();
  }
}
