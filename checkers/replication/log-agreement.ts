/** Byte-equal logs: two replicas hold the same records up to the smaller end of their last common epoch. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { EpochStart, ReplicaObservation } from '../history/replica-observation.ts';

const checker = 'replication/log-agreement';

/** `nodes`: the replicas there are. Unknown where one could not be looked at, or shares nothing that could be compared. */
export function checkLogAgreement(
  replicas: readonly ReplicaObservation[],
  nodes: readonly string[],
): CheckResult {
  const found = new AnomalyCollector();
  const missing = nodes
    .filter((node) => !replicas.some((replica) => replica.node === node))
    .map((node) => `the log of ${node} could not be read`);
  let pairs = 0;
  let shortest = Infinity;
  for (const [at, one] of replicas.entries()) {
    for (const other of replicas.slice(at + 1)) {
      if (one.brokerName !== other.brokerName) continue;
      const end = comparableEnd(one, other);
      const difference = firstDifferentRecord(one, other, end);
      pairs += 1;
      shortest = Math.min(shortest, end);
      if (end <= Math.max(one.minOffset, other.minOffset))
        missing.push(`${one.node} and ${other.node} share no epoch and confirmed nothing in common`);
      if (difference === undefined) continue;
      const detail = `the logs of ${one.node} and ${other.node} differ from ${difference} on, though they must agree up to ${end}`;
      found.add({ name: 'prefix-divergence', detail, operations: [], nodes: [one.node, other.node] });
    }
  }
  const longest = Math.max(0, ...replicas.map(({ maxOffset }) => maxOffset));
  const compared = pairs === 0 ? 0 : shortest;
  const evidence = `${replicas.length} replicas are byte-equal up to the smaller end of their last common epoch, ${compared} bytes or more (the longest log has ${longest})`;
  return found.result(
    checker,
    evidence,
    { pairs, compared, longest },
    missing.length === 0 ? undefined : missing.join('; '),
  );
}

/**
 * Up to where two logs must be equal. The last epoch both know by the same start ends, on each, where its next epoch starts, or at the
 * end of the log; what lies beyond was written by different masters, or by one that the other never heard. Confirmed bytes must agree
 * whatever the epochs say.
 */
export function comparableEnd(one: ReplicaObservation, other: ReplicaObservation): number {
  const confirmed = Math.min(one.confirmOffset, other.confirmOffset);
  for (const entry of [...one.epochs].reverse()) {
    const same = other.epochs.find(
      ({ epoch, startOffset }) => epoch === entry.epoch && startOffset === entry.startOffset,
    );
    if (same === undefined) continue;
    return Math.max(confirmed, Math.min(endOf(one, entry), endOf(other, same)));
  }
  return confirmed;
}

function endOf(replica: ReplicaObservation, entry: EpochStart): number {
  const next = replica.epochs.find(({ epoch }) => epoch > entry.epoch);
  return Math.min(next?.startOffset ?? replica.maxOffset, replica.maxOffset);
}

function firstDifferentRecord(
  one: ReplicaObservation,
  other: ReplicaObservation,
  end: number,
): number | undefined {
  const from = Math.max(one.minOffset, other.minOffset);
  const mine = one.records.filter((record) => record.from >= from && record.from < end);
  const theirs = other.records.filter((record) => record.from >= from && record.from < end);
  for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
    const [a, b] = [mine[at], theirs[at]];
    if (a !== undefined && b !== undefined && a.from === b.from && a.to === b.to && a.digest === b.digest)
      continue;
    return Math.min(a?.from ?? Infinity, b?.from ?? Infinity);
  }
  return undefined;
}
