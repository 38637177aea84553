/** How much a broker put and got, in all and per second over the last minutes, as mqadmin shows it. */
import type { Clock } from '../runtime/clock.ts';

interface Sample {
  readonly timeMs: number;
  readonly count: number;
}

/** A count whose rates over 10 s, 1 min and 10 min can be asked for. */
export class RateCounter {
  #total = 0;
  /** One per second of the last 10 minutes in which something was counted or asked. */
  #samples: Sample[] = [];

  add(count: number): void {
    this.#total += count;
  }

  total(): number {
    return this.#total;
  }

  sample(nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.timeMs < 1000) return;
    this.#samples.push({ timeMs: nowMs, count: this.#total });
    if (this.#samples.length > 601) this.#samples = this.#samples.slice(-601);
  }

  perSecond(nowMs: number, overMs: number): number {
    const from = this.#samples.find((sample) => sample.timeMs >= nowMs - overMs);
    if (from === undefined || nowMs <= from.timeMs) return 0;
    return ((this.#total - from.count) * 1000) / (nowMs - from.timeMs);
  }

  /** Three decimals, blank-separated. */
  text(nowMs: number): string {
    return [10_000, 60_000, 600_000].map((overMs) => this.perSecond(nowMs, overMs).toFixed(2)).join(' ');
  }
}

export class BrokerCounters {
  readonly putMessages = new RateCounter();
  readonly putBytes = new RateCounter();
  readonly gotMessages = new RateCounter();
  readonly foundPulls = new RateCounter();
  readonly missedPulls = new RateCounter();

  sample(clock: Clock): void {
    const nowMs = clock.monotonicMs();
    for (const counter of [
      this.putMessages,
      this.putBytes,
      this.gotMessages,
      this.foundPulls,
      this.missedPulls,
    ]) {
      counter.sample(nowMs);
    }
  }
}
