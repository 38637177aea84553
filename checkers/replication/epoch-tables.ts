/** Epoch tables, confirm offsets and truncations: what they must be by themselves and beside each other. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { EpochStart } from '../history/replica-observation.ts';
import type { Confirmation, ReplicationHistory, Snapshot } from './replication-history.ts';

export function checkEpochTables(history: ReplicationHistory): CheckResult {
  const found = new AnomalyCollector();
  for (const snapshot of history.snapshots) checkAlone(snapshot, found);
  checkBesideReference(history.snapshots, found);
  checkConfirmations(history, found);
  const epochs = new Set(
    history.snapshots.flatMap((snapshot) => snapshot.epochs.map((entry) => entry.epoch)),
  );
  const evidence = `${epochs.size} epochs on ${history.snapshots.length} replicas, ${history.truncations.length} truncations, none below a confirmed offset`;
  return found.result('replication/epochs', evidence, {
    epochs: epochs.size,
    truncations: history.truncations.length,
    confirmations: history.confirmations.length,
  });
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
    if (snapshot === reference) continue;
    const confirmed = Math.min(reference.confirmOffset, snapshot.confirmOffset);
    const nodes = [reference.replica, snapshot.replica];
    for (const mine of snapshot.epochs) {
      const theirs = reference.epochs.find((entry) => entry.epoch === mine.epoch);
      if (theirs === undefined || theirs.startOffset === mine.startOffset) continue;
      if (Math.min(theirs.startOffset, mine.startOffset) >= confirmed) continue;
      const detail = `epoch ${mine.epoch} starts at ${theirs.startOffset} on ${reference.replica} and at ${mine.startOffset} on ${snapshot.replica}`;
      found.add({ name: 'epoch-start-mismatch', detail, operations: [], nodes });
    }
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

function checkConfirmations(history: ReplicationHistory, found: AnomalyCollector): void {
  const confirmed = new HighestConfirmation(history.confirmations);
  for (const confirmation of history.confirmations) {
    const known = confirmed.before(confirmation.call);
    if (known === undefined || confirmation.offset >= known.offset) continue;
    const detail = `${confirmation.replica} confirms ${confirmation.offset} in epoch ${confirmation.epoch} after ${known.replica} had confirmed ${known.offset}`;
    found.add({
      name: 'confirm-regress',
      detail,
      operations: [],
      nodes: [known.replica, confirmation.replica],
    });
  }
  for (const truncation of history.truncations) {
    const known = confirmed.before(truncation.call);
    if (known === undefined || truncation.to >= known.offset) continue;
    const detail = `${truncation.replica} truncates to ${truncation.to}, though ${known.replica} had confirmed ${known.offset}`;
    found.add({
      name: 'truncate-below-confirm',
      detail,
      operations: [],
      nodes: [known.replica, truncation.replica],
    });
  }
  for (const snapshot of history.snapshots) {
    for (const entry of snapshot.epochs) {
      const known = confirmed.before(snapshot.call, entry.epoch);
      if (known === undefined || known.offset <= entry.startOffset) continue;
      const detail = `${snapshot.replica}: epoch ${entry.epoch} starts at ${entry.startOffset}, below ${known.offset}, which epoch ${known.epoch} had confirmed`;
      found.add({
        name: 'epoch-start-below-confirm',
        detail,
        operations: [],
        nodes: [known.replica, snapshot.replica],
      });
    }
  }
}

/** The highest confirmation that was complete strictly before a moment, of all epochs or of those below one. */
class HighestConfirmation {
  readonly #byRet: readonly Confirmation[];

  constructor(confirmations: readonly Confirmation[]) {
    // Of each epoch only those count that go beyond all before them.
    this.#byRet = [...confirmations].sort((a, b) => a.ret - b.ret);
  }

  before(time: number, belowEpoch = Infinity): Confirmation | undefined {
    let best: Confirmation | undefined;
    for (const confirmation of this.#byRet) {
      if (confirmation.ret >= time) break;
      if (confirmation.epoch < belowEpoch && (best === undefined || confirmation.offset > best.offset))
        best = confirmation;
    }
    return best;
  }
}
