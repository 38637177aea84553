/** Read barriers: first the leader's confirmation, then the machine must have applied up to the confirmed index. */
import type { Clock, Timer } from '../runtime/clock.ts';
import { ReadTimeoutError } from './dledger-errors.ts';

interface PendingRead {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

export class PendingReads {
  readonly #clock: Clock;
  readonly #unconfirmed = new Map<number, PendingRead>();
  readonly #unapplied: { readonly index: number; readonly readId: number }[] = [];
  #lastReadId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(timeoutMs: number, resolve: () => void, reject: (error: Error) => void): number {
    this.#lastReadId += 1;
    const readId = this.#lastReadId;
    const timer = this.#clock.after(timeoutMs, () => {
      const detail = `a read was not confirmed by a majority within ${timeoutMs} ms`;
      this.#take(readId)?.reject(new ReadTimeoutError(detail));
    });
    this.#unconfirmed.set(readId, { resolve, reject, timer });
    return readId;
  }

  confirmed(readId: number, index: number, appliedIndex: number): void {
    if (index <= appliedIndex) this.#take(readId)?.resolve();
    else this.#unapplied.push({ index, readId });
  }

  applied(appliedIndex: number): void {
    // Confirmed indexes never fall within a leadership, so the oldest is the lowest.
    for (
      let next = this.#unapplied[0];
      next !== undefined && next.index <= appliedIndex;
      next = this.#unapplied[0]
    ) {
      this.#unapplied.shift();
      this.#take(next.readId)?.resolve();
    }
  }

  refused(readId: number, error: Error): void {
    this.#take(readId)?.reject(error);
  }

  abandon(error: Error): void {
    this.#unapplied.length = 0;
    for (const readId of [...this.#unconfirmed.keys()]) this.#take(readId)?.reject(error);
  }

  #take(readId: number): PendingRead | undefined {
    const found = this.#unconfirmed.get(readId);
    this.#unconfirmed.delete(readId);
    found?.timer.cancel();
    return found;
  }
}
