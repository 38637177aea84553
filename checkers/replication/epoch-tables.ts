/** Epoch tables, confirm offsets and truncations: what they must be by themselves and beside each other. */
import type { Anomaly, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { EpochStart } from '../history/replica-observation.ts';
import { HighestConfirmation } from './highest-confirmation.ts';
import type { Confirmation, ReplicationHistory, Snapshot, Truncation } from './replication-history.ts';

const checker = 'replication/epochs';

export function checkEpochTables(history: ReplicationHistory): CheckResult {
  const { snapshots, truncations, confirmations } = history;
  const found = new AnomalyCollector();
  for (const snapshot of snapshots) checkAlone(snapshot, found);
  checkEpochStarts(history, found);
  checkBesideReference(snapshots, found);
  const confirmed = new HighestConfirmation(confirmations);
  checkConfirmations(confirmations, confirmed, found);
  for (const truncation of truncations) checkTruncation(truncation, confirmed, found);
  const epochs = new Set(snapshots.flatMap((snapshot) => snapshot.epochs.map((entry) => entry.epoch)));
  const evidence = `${epochs.size} epochs on ${snapshots.length} replicas, ${truncations.length} truncations, none below a confirmed offset`;
  const facts = {
    epochs: epochs.size,
    truncations: truncations.length,
    confirmations: confirmations.length,
  };
  const missing =
    snapshots.length === 0 || epochs.size === 0 ? 'no replica showed an epoch table' : undefined;
  return found.result(checker, evidence, facts, missing);
}

function checkAlone(snapshot: Snapshot, found: AnomalyCollector): void {
  const { replica, epochs, maxOffset, confirmOffset } = snapshot;
  for (const [at, entry] of epochs.entries()) {
    const before = epochs[at - 1];
    const rises =
      before === undefined || (entry.epoch > before.epoch && entry.startOffset > before.startOffset);
    if (rises && entry.startOffset <= maxOffset) continue;
    const detail = `${replica}: epoch ${entry.epoch} starts at ${entry.startOffset}${
      rises
        ? `, beyond the end of the log at ${maxOffset}`
        : `, after epoch ${before.epoch} at ${before.startOffset}`
    }`;
    found.add({ name: 'epoch-table-not-monotone', detail, operations: [], nodes: [replica] });
  }
  if (confirmOffset > maxOffset) {
    const detail = `${replica}: says that ${confirmOffset} is confirmed, but its log ends at ${maxOffset}`;
    found.add({ name: 'confirm-beyond-log', detail, operations: [], nodes: [replica] });
  }
}

interface KnownStart {
  readonly replica: string;
  readonly startOffset: number;
}

/** One epoch, one start, on every replica and at every time; and nothing that an older epoch confirmed lies behind it. */
function checkEpochStarts(history: ReplicationHistory, found: AnomalyCollector): void {
  const known = new Map<number, KnownStart>();
  const starts = [
    ...history.begins,
    ...history.snapshots.flatMap(({ epochs, replica, call }) =>
      epochs.map((entry) => ({ ...entry, replica, call })),
    ),
  ];
  const confirmed = new HighestConfirmation(history.confirmations);
  const complained = new Set<string>();
  const once = (key: string, anomaly: Anomaly) => {
    if (complained.has(key)) return;
    complained.add(key);
    found.add(anomaly);
  };
  for (const { epoch, startOffset, replica, call } of starts) {
    const first = known.get(epoch);
    if (first === undefined) known.set(epoch, { replica, startOffset });
    else if (first.startOffset !== startOffset) {
      const detail = `epoch ${epoch} starts at ${first.startOffset} on ${first.replica} and at ${startOffset} on ${replica}`;
      once(`${epoch} ${startOffset}`, {
        name: 'epoch-start-mismatch',
        detail,
        operations: [],
        at: call,
        nodes: [first.replica, replica],
      });
    }
    const before = confirmed.before(call, epoch - 1);
    if (before === undefined || before.offset <= startOffset) continue;
    const detail = `${replica}: epoch ${epoch} starts at ${startOffset}, below ${before.offset}, which ${before.replica} had confirmed in epoch ${before.epoch}`;
    once(`${epoch} below`, {
      name: 'epoch-start-below-confirm',
      detail,
      operations: [],
      at: call,
      nodes: [before.replica, replica],
    });
  }
}

/**
 * Comparing everyone with the replica of the largest confirm offset is enough: two that agree with it up to their own confirm offsets
 * agree with each other up to the smaller one.
 */
function checkBesideReference(snapshots: readonly Snapshot[], found: AnomalyCollector): void {
  const reference = snapshots.reduce<Snapshot | undefined>(
    (best, one) => (best === undefined || one.confirmOffset > best.confirmOffset ? one : best),
    undefined,
  );
  if (reference === undefined) return;
  for (const snapshot of snapshots) {
    const confirmed = Math.min(reference.confirmOffset, snapshot.confirmOffset);
    const nodes = [reference.replica, snapshot.replica];
    const difference = firstDifference(reference, snapshot, confirmed);
    if (difference !== undefined)
      found.add({ name: 'prefix-divergence', detail: difference, operations: [], nodes });
  }
}

function firstDifference(reference: Snapshot, snapshot: Snapshot, confirmed: number): string | undefined {
  const tableOf = ({ epochs }: Snapshot) =>
    epochs
      .filter((entry) => entry.startOffset < confirmed)
      .map(nameEntry)
      .join(' ');
  const [theirs, mine] = [tableOf(reference), tableOf(snapshot)];
  if (theirs !== mine) {
    return `below ${confirmed}, ${reference.replica} has the epochs [${theirs}] and ${snapshot.replica} [${mine}]`;
  }
  for (const [offset, digest] of snapshot.digests) {
    const other = reference.digests.get(offset);
    if (offset > confirmed || other === undefined || other === digest) continue;
    return `the bytes below ${offset} differ between ${reference.replica} and ${snapshot.replica}, though both confirmed ${confirmed}`;
  }
  return undefined;
}

function nameEntry(entry: EpochStart): string {
  return `${entry.epoch}@${entry.startOffset}`;
}

/**
 * Of a confirmation only those of its own and of older epochs count: a deposed master may learn late, by acknowledgements that were under
 * way, that something of its epoch was confirmed.
 */
function checkConfirmations(
  confirmations: readonly Confirmation[],
  confirmed: HighestConfirmation,
  found: AnomalyCollector,
): void {
  for (const { replica, epoch, offset, call } of confirmations) {
    const known = confirmed.before(call, epoch);
    if (known === undefined || offset >= known.offset) continue;
    const detail = `${replica} confirms ${offset} in epoch ${epoch} after ${known.replica} had confirmed ${known.offset} in epoch ${known.epoch}`;
    found.add({ name: 'confirm-regress', detail, operations: [], at: call, nodes: [known.replica, replica] });
  }
}

function checkTruncation(
  truncation: Truncation,
  confirmed: HighestConfirmation,
  found: AnomalyCollector,
): void {
  const { replica, to, call, lastEpoch, ownConfirm, refused } = truncation;
  const does = refused === true ? 'is told to truncate' : 'truncates';
  const known = confirmed.before(call, lastEpoch);
  let reason: string | undefined;
  if (ownConfirm !== undefined && to < ownConfirm) reason = `it knew ${ownConfirm} as confirmed`;
  else if (known !== undefined && to < known.offset)
    reason = `${known.replica} had confirmed ${known.offset} in epoch ${known.epoch}`;
  if (reason === undefined) return;
  const detail = `${replica} ${does} to ${to}, though ${reason}`;
  found.add({ name: 'truncate-below-confirm', detail, operations: [], at: call, nodes: [replica] });
}
