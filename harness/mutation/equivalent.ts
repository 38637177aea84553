/** Rules whose removal changes no verdict, each with the reason. */
import type { RuleSite } from './rule-sites.ts';

interface Equivalent {
  readonly file: string;
  readonly condition: string;
  readonly why: string;
}

export const equivalent: readonly Equivalent[] = [
  {
    file: 'explanation/explain-anomaly.js',
    condition: 'anomaly.at === undefined',
    why: 'nothing is near a moment that nobody knows; it is there for the compiler',
  },
  {
    file: 'queue/total-queue.js',
    condition: 'acked === undefined',
    why: 'nobody asks about a message without deliveries; it is there for the compiler',
  },
  {
    file: 'replication/epoch-tables.js',
    condition: 'reference === undefined',
    why: 'there is none where there are no snapshots, and then nothing to compare; it is there for the compiler',
  },
  {
    file: 'register/version-blocks.js',
    condition: "operation.f !== 'cas' || placed.has(operation) || told.has(operation)",
    why: 'what it leaves out has a root that somebody wrote, or an empty chain, and is not complained of',
  },
];

export function equivalenceOf(rule: RuleSite & { readonly file: string }): string | undefined {
  return equivalent.find(({ file, condition }) => rule.file === file && rule.condition === condition)?.why;
}
