import type { Verdict } from '../../checkers/anomaly.ts';

/** What the process exits with. */
export const verdictCodes: Readonly<Record<Verdict, number>> = { valid: 0, invalid: 1, unknown: 2 };
