/** The file that moves one node's wall clock: what it is to show, through all lives of the node. */
import { replaceFile } from '../../cluster/runtime/os/replace-file.ts';
import type { ClockSetting } from '../../nemeses/nemesis.ts';

export class NodeClock {
  readonly #file: string;
  readonly #nowMs: () => number;
  /** On `nowMs`: where the present life, or the last one, began. */
  #lifeMs = 0;
  #offsetMs = 0;
  #driftPpm = 0;
  /** Since when it drifts. */
  #sinceMs = 0;

  /** `nowMs`: a monotonic clock. */
  constructor(file: string, nowMs: () => number) {
    this.#file = file;
    this.#nowMs = nowMs;
    this.#write();
  }

  /** A jump ends no drift, and a drift begins where the clock stands. */
  set({ offsetMs, driftPpm }: ClockSetting): void {
    const nowMs = this.#nowMs();
    this.#offsetMs = offsetMs ?? this.#offsetAt(nowMs);
    this.#driftPpm = driftPpm ?? this.#driftPpm;
    this.#sinceMs = nowMs;
    this.#write();
  }

  /** To be called just before a life begins: rates count from there. */
  lifeBegins(): void {
    this.#lifeMs = this.#nowMs();
    this.#write();
  }

  #offsetAt(ms: number): number {
    return this.#offsetMs + ((ms - this.#sinceMs) * this.#driftPpm) / 1e6;
  }

  /** Whole: a half-written line would be the time 1970 to libfaketime. */
  #write(): void {
    replaceFile(this.#file, clockLine(this.#offsetAt(this.#lifeMs), this.#driftPpm));
  }
}

/** As libfaketime reads it. Without the rate it would keep the one before. */
export function clockLine(offsetMs: number, driftPpm: number): string {
  const seconds = (offsetMs / 1000).toFixed(6);
  return `${offsetMs < 0 ? '' : '+'}${seconds} x${(1 + driftPpm / 1e6).toFixed(6)}\n`;
}
