/**
 * Message ids that the client gives (property UNIQ_KEY), in RocketMQ's shape, upper-case hex:
 * 10 bytes of this client (there ip, pid, class loader; here random) | int32 ms since the month began | int16 counter.
 */
import type { Runtime } from '../runtime/runtime.ts';

const counterEnd = 0x10000;

export class UniqueIds {
  readonly #runtime: Runtime;
  readonly #clientPart: string;
  readonly #counterTexts: readonly string[];
  /** Of the month in which the client began: within its life the time part only grows. */
  readonly #monthStartMs: number;
  /** Never goes back, though the wall clock may: time and counter together must not come twice. */
  #timeMs = -1;
  #timeText = '';
  #counter = 0;
  /** All but the last two digits, which the next id mostly shares. */
  #head = '';
  #headOf = -1;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const random = runtime.random.fork('unique-ids');
    this.#clientPart = hex(random.uint32(), 8) + hex(random.uint32(), 8) + hex(random.below(0x10000), 4);
    const begun = new Date(runtime.clock.wallMs());
    this.#monthStartMs = Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth(), 1);
    this.#counterTexts = Array.from({ length: 256 }, (_, byte) => hex(byte, 2));
  }

  /** `wallMs` is the present, read by the caller for other uses too. */
  next(wallMs: number = this.#runtime.clock.wallMs()): string {
    if (++this.#counter >= counterEnd) {
      this.#counter = 0;
      this.#setTime(this.#timeMs + 1);
    }
    const sinceMonthMs = wallMs - this.#monthStartMs;
    if (sinceMonthMs > this.#timeMs) this.#setTime(sinceMonthMs);
    const high = this.#counter >> 8;
    if (high !== this.#headOf) {
      this.#headOf = high;
      this.#head = this.#clientPart + this.#timeText + (this.#counterTexts[high] ?? '');
    }
    return this.#head + (this.#counterTexts[this.#counter & 0xff] ?? '');
  }

  #setTime(timeMs: number): void {
    this.#timeMs = timeMs;
    this.#timeText = hex(timeMs % 0x100000000, 8);
    this.#headOf = -1;
  }
}

function hex(value: number, digits: number): string {
  return Math.trunc(value).toString(16).toUpperCase().padStart(digits, '0');
}
