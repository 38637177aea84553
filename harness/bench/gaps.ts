/** How long nothing was acknowledged. Pure. */
import type { Acknowledgement } from './steady-senders.ts';

/** The longest time without an acknowledgement that overlaps `fromMs`..`toMs`, as much of it as lies within. */
export function longestGapMs(
  acknowledged: readonly Pick<Acknowledgement, 'atMs'>[],
  fromMs: number,
  toMs: number,
): number {
  let last = fromMs;
  let longest = 0;
  for (const { atMs } of acknowledged) {
    if (atMs < fromMs) continue;
    if (atMs > toMs) break;
    longest = Math.max(longest, atMs - last);
    last = atMs;
  }
  return Math.max(longest, toMs - last);
}

/** Of another node than `except`, behind `fromMs`; undefined when there was none. */
export function firstAfterMs(
  acknowledged: readonly Pick<Acknowledgement, 'atMs' | 'node'>[],
  fromMs: number,
  except: string,
): number | undefined {
  return acknowledged.find(({ atMs, node }) => atMs >= fromMs && node !== except)?.atMs;
}
