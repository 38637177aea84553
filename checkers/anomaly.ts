/** What a judge can find, and what it answers. The names are the same in results.json, reports and the catalogue of bugs. */

export const anomalyNames = [
  // One queue, as clients saw it.
  'phantom-message',
  'aborted-read',
  'duplicate-message',
  'offset-divergence',
  'pull-skip',
  'pull-reorder',
  'offset-inversion',
  'future-read',
  'lost-ack-write',
  'stale-read',
  'non-monotonic-read',
  'gap',
  // Masters and epochs.
  'dual-master',
  'epoch-reuse',
  'epoch-regress',
  'stale-master-ack',
  'future-epoch',
  // What the replicas hold.
  'epoch-table-not-monotone',
  'epoch-start-mismatch',
  'prefix-divergence',
  'truncate-below-confirm',
  'confirm-regress',
  'epoch-start-below-confirm',
  'confirm-beyond-log',
  'under-replicated',
  'broken-link',
  // Queues of messages, as groups of consumers saw them.
  'fifo-violation',
  'lost-message',
  'false-empty',
  'redelivered-after-ack',
  'too-many-deliveries',
  'redelivery-count-regress',
  'unexplained-duplicate',
  'out-of-order',
  'overlapping-delivery',
  'key-split',
  'send-reorder',
  'visible-before-commit',
  'visible-after-rollback',
  'check-back-missing',
  'too-many-check-backs',
  'early-delivery',
  'late-delivery',
  // Registers: single values, committed offsets, states with a version.
  'phantom-read',
  'lost-update',
  'cas-cycle',
  'illegal-cas-failure',
  'phantom-offset',
  'lost-commit',
  'committed-offset-regress',
  'state-divergence',
  'stale-state',
  'state-regress',
  'master-outside-set',
  'unclean-election',
  'metadata-regress',
  'metadata-divergence',
  // What one client may expect of its own operations.
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads',
  // The controllers and nameservers.
  'shorter-log-elected',
  'split-route',
  // The group as a whole.
  'recovery-point',
  'unavailable',
  'stuck',
  'failover-without-fault',
  'replica-not-in-sync',
  'script-expectation',
  'node-crash',
  'invariant-broken',
] as const;

export type AnomalyName = (typeof anomalyNames)[number];

export interface Anomaly {
  readonly name: AnomalyName;
  /** One sentence with the facts, for people. */
  readonly detail: string;
  /** How it came about, as operations and traces tell it; `#op=N` is the operation in the report. */
  readonly story?: string;
  /** Indices of the operations that show it, the fewest that do, in order of time. */
  readonly operations: readonly number[];
  /** Nanoseconds on the clock of the run, where no operation shows when it was. */
  readonly at?: number;
  readonly queue?: string;
  readonly messages?: readonly string[];
  readonly nodes?: readonly string[];
}

export type Verdict = 'valid' | 'invalid' | 'unknown';

export interface CheckResult {
  /** "log/linearizable", "replication/epochs", ... */
  readonly checker: string;
  readonly verdict: Verdict;
  /** One sentence of evidence, whatever the verdict. */
  readonly evidence: string;
  /** The first ones found of each name; `anomalyCounts` has the true numbers. */
  readonly anomalies: readonly Anomaly[];
  readonly anomalyCounts: Readonly<Partial<Record<AnomalyName, number>>>;
  /** Figures for the report, by checker. */
  readonly facts?: unknown;
}

/** Nothing was found because too little could be looked at; the evidence says what was missing. */
export function unknownResult(checker: string, evidence: string, facts?: unknown): CheckResult {
  return {
    checker,
    verdict: 'unknown',
    evidence,
    anomalies: [],
    anomalyCounts: {},
    ...(facts === undefined ? {} : { facts }),
  };
}

/** Invalid outweighs unknown, unknown outweighs valid. */
export function worstVerdict(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = 'valid';
  for (const verdict of verdicts) {
    if (verdict === 'invalid') return 'invalid';
    if (verdict === 'unknown') worst = 'unknown';
  }
  return worst;
}
