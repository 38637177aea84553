/** When an operation was under way. Closed: what ends at a moment and what begins at it are concurrent. */
export interface Interval {
  readonly call: number;
  /** Infinity when the outcome is not known. */
  readonly ret: number;
  /** Index of the invocation. */
  readonly index: number;
}

/** '12.408 s'. */
export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}
