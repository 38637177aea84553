/** How often a cell fails, with what that says: the interval of Wilson (1927), which holds for few runs and for none that failed. */

export interface FailureRate {
  readonly failures: number;
  readonly runs: number;
  /** Shares from 0 to 1; undefined without a run. */
  readonly rate: number | undefined;
  readonly low: number;
  readonly high: number;
}

/** Of the standard normal distribution: 95 % lie within. */
const z = 1.959963984540054;

export function failureRate(failures: number, runs: number): FailureRate {
  if (runs === 0) return { failures, runs, rate: undefined, low: 0, high: 1 };
  const rate = failures / runs;
  const scale = 1 + (z * z) / runs;
  const middle = (rate + (z * z) / (2 * runs)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / runs + (z * z) / (4 * runs * runs));
  return {
    failures,
    runs,
    rate,
    low: failures === 0 ? 0 : Math.max(0, middle - half),
    high: failures === runs ? 1 : Math.min(1, middle + half),
  };
}

/** '0 of 10 (0-28 %)'. */
export function failureRateText({ failures, runs, low, high }: FailureRate): string {
  if (runs === 0) return 'no verdict yet';
  const percent = (share: number) => (share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0);
  return `${failures} of ${runs} (${percent(low)}-${percent(high)} %)`;
}
