/** What a verdict is to the shell. */
import { type Verdict, worstVerdict } from '../../checkers/anomaly.ts';

/** What the process exits with. */
export const verdictCodes: Readonly<Record<Verdict, number>> = { valid: 0, invalid: 1, unknown: 2 };

/** Of several runs: the worst. */
export function verdictCode(verdicts: readonly Verdict[]): number {
  return verdictCodes[worstVerdict(verdicts)];
}
