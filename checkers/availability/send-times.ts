/** When sends were invoked and acknowledged. */
import type { Operation } from '../history/operation.ts';

export class SendTimes {
  readonly #invoked: number[] = [];
  readonly #acknowledged: number[] = [];

  add({ f, type, time }: Operation): void {
    if (f !== 'send') return;
    if (type === 'invoke') this.#invoked.push(time);
    else if (type === 'ok') this.#acknowledged.push(time);
  }

  /** Rising. */
  invoked(): Float64Array {
    return Float64Array.from(this.#invoked).sort();
  }

  /** Rising. */
  acknowledged(): Float64Array {
    return Float64Array.from(this.#acknowledged).sort();
  }
}
