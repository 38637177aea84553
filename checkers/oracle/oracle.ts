/** A judge beside a definition so naive that nobody can doubt it, on small random histories. */
import type { SmallRandom } from './small-random.ts';

export interface Comparison {
  /** What the judge and the definition say; equal when they agree. */
  readonly judged: string;
  readonly naive: string;
  readonly history: unknown;
}

export interface Oracle {
  readonly name: string;
  readonly compare: (random: SmallRandom) => Comparison;
}

/** Sorted, so that two sets of findings can be compared as text. */
export function findings(names: Iterable<string>): string {
  return [...new Set(names)].sort().join(', ');
}
