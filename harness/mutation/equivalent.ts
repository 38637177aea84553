/** Rules whose removal changes no verdict, each with the reason. */
import type { RuleSite } from './rule-sites.ts';

interface Equivalent {
  readonly file: string;
  readonly condition: string;
  readonly why: string;
}

export const equivalent: readonly Equivalent[] = [];

export function equivalenceOf(rule: RuleSite & { readonly file: string }): string | undefined {
  return equivalent.find(({ file, condition }) => rule.file === file && rule.condition === condition)?.why;
}
