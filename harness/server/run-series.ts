/** What the lines of a history add up to over time: rates and latencies in bins, whose number is bounded however long the run is. */
import type { Operation } from '../../checkers/history/operation.ts';
import { Latencies } from './latencies.ts';

/** Operations that ended in one stretch of the run. */
interface Bin {
  sendOk: number;
  pullOk: number;
  otherOk: number;
  fail: number;
  info: number;
  readonly latencies: Latencies;
}

/** Columns of equal length, one place for each bin. Latencies (milliseconds) are of acknowledged sends; null where there was none. */
export interface SeriesColumns {
  readonly binS: number;
  /** Place of the first bin that is told; those before it are as they were told before. */
  readonly from: number;
  readonly sendOk: readonly number[];
  readonly pullOk: readonly number[];
  readonly fail: readonly number[];
  readonly info: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

export interface SeriesTotals {
  readonly invoked: number;
  readonly ok: number;
  readonly sendOk: number;
  readonly fail: number;
  readonly info: number;
  /** By kind of operation that ended well. Milliseconds. */
  readonly latencies: Readonly<Record<string, LatencyFigures>>;
  /** Seconds: of the last line. */
  readonly lastS: number;
}

export interface LatencyFigures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly longest: number;
}

const binsMax = 480;
const firstBinNs = 0.25e9;
const shares = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const;

export class RunSeries {
  #binNs = firstBinNs;
  #bins: Bin[] = [];
  readonly #invokedAt = new Map<number, number>();
  readonly #latencies = new Map<string, Latencies>();
  #totals = { invoked: 0, ok: 0, sendOk: 0, fail: 0, info: 0 };
  #lastNs = 0;

  /** In the order of the file. Reads of single replicas are the harness's own: they count for nothing. */
  add(operation: Operation): void {
    const { time, process, type, f } = operation;
    if (f === 'replica-pull' || f === 'replica-max-offset') return;
    this.#lastNs = Math.max(this.#lastNs, time);
    if (type === 'invoke') {
      this.#invokedAt.set(process, time);
      this.#totals.invoked += 1;
      return;
    }
    const bin = this.#binAt(time);
    this.#totals[type] += 1;
    if (type === 'ok') {
      if (f === 'send') {
        bin.sendOk += 1;
        this.#totals.sendOk += 1;
      } else if (f === 'pull') bin.pullOk += 1;
      else bin.otherOk += 1;
      this.#took(bin, f, process, time);
    } else bin[type] += 1;
    this.#invokedAt.delete(process);
  }

  totals(): SeriesTotals {
    const latencies: Record<string, LatencyFigures> = {};
    for (const [f, of] of this.#latencies) {
      const at = (share: number) => of.quantile(share) ?? 0;
      const { p50, p90, p99, p999 } = shares;
      latencies[f] = {
        ...{ count: of.count, p50: at(p50), p90: at(p90), p99: at(p99), p999: at(p999) },
        longest: of.longestMs,
      };
    }
    return { ...this.#totals, latencies, lastS: this.#lastNs / 1e9 };
  }

  /** From the bin on that holds second `fromS`: for those who know what was before. */
  columns(fromS = 0): SeriesColumns {
    const from = Math.max(0, Math.min(this.#bins.length, Math.floor((fromS * 1e9) / this.#binNs)));
    const bins = this.#bins.slice(from);
    const binS = this.#binNs / 1e9;
    const perS = (of: (bin: Bin) => number) => bins.map((bin) => rounded(of(bin) / binS));
    const quantile = (share: number) =>
      bins.map(({ latencies }) => {
        const ms = latencies.quantile(share);
        return ms === undefined ? null : rounded(ms);
      });
    return {
      ...{ binS, from },
      sendOk: perS(({ sendOk }) => sendOk),
      pullOk: perS(({ pullOk, otherOk }) => pullOk + otherOk),
      fail: perS(({ fail }) => fail),
      info: perS(({ info }) => info),
      p50: quantile(shares.p50),
      p99: quantile(shares.p99),
    };
  }

  #took(bin: Bin, f: string, process: number, time: number): void {
    const invoked = this.#invokedAt.get(process);
    if (invoked === undefined) return;
    const ms = (time - invoked) / 1e6;
    if (f === 'send') bin.latencies.add(ms);
    let all = this.#latencies.get(f);
    if (all === undefined) {
      all = new Latencies();
      this.#latencies.set(f, all);
    }
    all.add(ms);
  }

  #binAt(time: number): Bin {
    const wanted = () => Math.floor(Math.max(0, time) / this.#binNs);
    while (wanted() >= binsMax) this.#coarsen();
    const at = wanted();
    while (this.#bins.length <= at)
      this.#bins.push({ sendOk: 0, pullOk: 0, otherOk: 0, fail: 0, info: 0, latencies: new Latencies() });
    // There is one: it was made just now.
    return this.#bins[at] as Bin;
  }

  /** Two bins become one. */
  #coarsen(): void {
    this.#binNs *= 2;
    this.#bins = this.#bins.flatMap((bin, at) => {
      if (at % 2 === 1) return [];
      const next = this.#bins[at + 1];
      if (next === undefined) return [bin];
      bin.latencies.merge(next.latencies);
      for (const name of ['sendOk', 'pullOk', 'otherOk', 'fail', 'info'] as const) bin[name] += next[name];
      return [bin];
    });
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
