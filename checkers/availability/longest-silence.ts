/** The longest time without an acknowledged send. */

export interface Silence {
  readonly from: number;
  /** Infinity: nothing was acknowledged any more. */
  readonly to: number;
}

/**
 * Of the silences that reach into [from, to], the longest, counted from `from` on where it began before. `times`: when sends were
 * acknowledged, rising. `lastTry`: when the last one was invoked; silence beyond it says nothing.
 */
export function longestSilence(times: Float64Array, from: number, to: number, lastTry: number): Silence {
  let start = from;
  let longest: Silence = { from, to: from };
  for (let at = firstAfter(times, from); ; at += 1) {
    const time = times[at];
    const end = time ?? lastTry;
    if (end - start > length(longest, lastTry)) longest = { from: start, to: time ?? Infinity };
    if (time === undefined || time > to) return longest;
    start = time;
  }
}

/** One without an end lasts as long as anybody tried. */
export function length({ from, to }: Silence, lastTry: number): number {
  return Math.max(0, (to === Infinity ? lastTry : to) - from);
}

/** The place of the first time strictly after a moment. */
export function firstAfter(times: Float64Array, moment: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? Infinity) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
