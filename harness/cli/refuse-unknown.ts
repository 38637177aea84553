/** Names of checkers, as they are typed. */
import { UsageError } from '../usage-error.ts';
import { didYouMean } from './did-you-mean.ts';

/** Throws UsageError for the first name that is none of `known`. */
export function refuseUnknown(wanted: readonly string[], known: readonly string[]): void {
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const advice = didYouMean(unknown, known) || '.';
  throw new UsageError(`--checker: no checker "${unknown}"${advice} Known: ${known.join(', ')}`);
}
