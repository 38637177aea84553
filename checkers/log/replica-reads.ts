/** The final reads of each replica beside each other: the same message at the same offset, and nothing left out. */
import { type Anomaly, type CheckResult, unknownResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { PairedOperation } from '../history/paired-operations.ts';

interface Seen {
  readonly node: string;
  readonly message: string;
  readonly index: number;
}

/** What one replica gave of one queue. */
interface ReplicaQueue {
  readonly node: string;
  readonly at: Map<number, Seen>;
  end: number;
}

/** What the flagged reads gave, by queue and replica. */
export class ReplicaReads {
  readonly queues = new Map<string, Map<string, ReplicaQueue>>();
  /** One replica that gave two messages for one offset. */
  readonly changes: Anomaly[] = [];

  add({ invoked, done }: PairedOperation): void {
    if (done?.f !== 'replica-pull' || done.type !== 'ok') return;
    const { queue, messages = [] } = done.value;
    const replica = this.#replica(queue, done.node ?? invoked.node ?? 'a replica without a name');
    const { node, at } = replica;
    for (const [offset, message] of messages) {
      const seen = { node, message, index: invoked.index };
      const before = at.get(offset);
      if (before !== undefined && before.message !== message)
        this.changes.push(different('offset-divergence', queue, offset, before, seen));
      at.set(offset, seen);
      replica.end = Math.max(replica.end, offset + 1);
    }
  }

  #replica(queue: string, node: string): ReplicaQueue {
    const byNode = this.queues.get(queue) ?? new Map<string, ReplicaQueue>();
    this.queues.set(queue, byNode);
    const replica = byNode.get(node) ?? { node, at: new Map<number, Seen>(), end: 0 };
    byNode.set(node, replica);
    return replica;
  }
}

const checker = 'log/replicas';

/**
 * `replicas`: all that should have been read. One that was read less far than another says nothing of the rest: unknown, since a replica
 * that stays behind for good is found as `replica-not-in-sync`.
 */
export function checkReplicaReads(reads: ReplicaReads, replicas: readonly string[]): CheckResult {
  const { queues, changes } = reads;
  if (queues.size === 0) return unknownResult(checker, 'no replica was read at the end');
  const found = new AnomalyCollector();
  for (const change of changes) found.add(change);
  const missing: string[] = [];
  let offsets = 0;
  for (const [queue, byNode] of queues) {
    const longest = Math.max(0, ...[...byNode.values()].map(({ end }) => end));
    offsets += longest;
    const first = new Map<number, Seen>();
    for (const node of new Set([...replicas, ...byNode.keys()])) {
      const replica = byNode.get(node);
      if (replica === undefined) missing.push(`${queue} on ${node}`);
      else {
        compare(queue, replica, first, found);
        if (replica.end < longest) missing.push(`${queue} on ${node} from offset ${replica.end} on`);
      }
    }
  }
  return found.result(
    checker,
    `each of ${replicas.length} replicas gives the same ${offsets} messages`,
    { offsets },
    missing.length === 0 ? undefined : `not read at the end: ${missing.join(', ')}`,
  );
}

function compare(
  queue: string,
  replica: ReplicaQueue,
  first: Map<number, Seen>,
  found: AnomalyCollector,
): void {
  for (const [offset, seen] of replica.at) {
    const other = first.get(offset);
    if (other === undefined) first.set(offset, seen);
    else if (other.message !== seen.message)
      found.add(different('prefix-divergence', queue, offset, other, seen));
  }
  if (replica.at.size === replica.end) return;
  let hole = 0;
  while (replica.at.has(hole)) hole += 1;
  const { node, end } = replica;
  const detail = `${queue}: ${node} gives nothing at offset ${hole}, though its queue goes on to ${end - 1}`;
  found.add({ name: 'prefix-divergence', detail, operations: [], queue, nodes: [node] });
}

function different(
  name: 'prefix-divergence' | 'offset-divergence',
  queue: string,
  offset: number,
  one: Seen,
  other: Seen,
) {
  return {
    name,
    detail: `${queue}: offset ${offset} is "${one.message}" on ${one.node} and "${other.message}" on ${other.node}`,
    operations: [one.index, other.index].sort((a, b) => a - b),
    queue,
    messages: [one.message, other.message],
    nodes: [one.node, other.node],
  };
}
