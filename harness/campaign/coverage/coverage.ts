/** What all seeds of a campaign reached together, and what none did though a big one must. */
import { mustReach } from './must-reach.ts';

export interface Coverage {
  /** In how many seeds, by name. */
  readonly reached: Readonly<Record<string, number>>;
  /** How many names a big campaign must reach. */
  readonly wanted: number;
  readonly never: readonly string[];
}

export function coverageOf(reached: ReadonlyMap<string, number>): Coverage {
  return {
    reached: Object.fromEntries([...reached].sort(([a], [b]) => (a < b ? -1 : 1))),
    wanted: mustReach.length,
    never: mustReach.filter((name) => !reached.has(name)),
  };
}

/** "62 of 120 reached; never: guard x, truncated and 9 more". */
export function coverageText({ never, wanted }: Coverage, namesMax: number): string {
  const count = `${wanted - never.length} of ${wanted} reached`;
  if (never.length === 0) return count;
  const more = never.length > namesMax ? ` and ${never.length - namesMax} more, see the report` : '';
  return `${count}; never: ${never.slice(0, namesMax).join(', ')}${more}`;
}
