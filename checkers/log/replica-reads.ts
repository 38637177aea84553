/** The final reads of each replica beside each other: the same message at the same offset, and nothing missing. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { Operation } from '../history/operation.ts';

/** By queue, by node: what the replica gave at each offset. */
export type ReplicaReads = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, string>>>;

export function replicaReads(operations: Iterable<Operation>): ReplicaReads {
  const queues = new Map<string, Map<string, Map<number, string>>>();
  for (const operation of operations) {
    if (operation.f !== 'replica-pull' || operation.type !== 'ok' || operation.node === undefined) continue;
    const nodes = queues.get(operation.value.queue) ?? new Map<string, Map<number, string>>();
    queues.set(operation.value.queue, nodes);
    const messages = nodes.get(operation.node) ?? new Map<number, string>();
    nodes.set(operation.node, messages);
    for (const [offset, message] of operation.value.messages ?? []) messages.set(offset, message);
  }
  return queues;
}

export function checkReplicaReads(reads: ReplicaReads): CheckResult {
  const found = new AnomalyCollector();
  let offsets = 0;
  for (const [queue, nodes] of reads) {
    const longest = Math.max(0, ...[...nodes.values()].map((messages) => messages.size));
    offsets += longest;
    const first = new Map<number, readonly [string, string]>();
    for (const [node, messages] of nodes) {
      if (messages.size < longest) {
        const detail = `${queue}: ${node} gives ${messages.size} messages where another replica gives ${longest}`;
        found.add({ name: 'prefix-divergence', detail, operations: [], queue, nodes: [node] });
      }
      for (const [offset, message] of messages) {
        const [otherNode, other] = first.get(offset) ?? [node, message];
        first.set(offset, [otherNode, other]);
        if (other === message) continue;
        const detail = `${queue}: offset ${offset} is "${other}" on ${otherNode} and "${message}" on ${node}`;
        found.add({
          name: 'prefix-divergence',
          detail,
          operations: [],
          queue,
          messages: [other, message],
          nodes: [otherNode, node],
        });
      }
    }
  }
  if (reads.size === 0) {
    const evidence = 'no replica was read at the end';
    return { checker: 'log/replicas', verdict: 'unknown', evidence, anomalies: [], anomalyCounts: {} };
  }
  return found.result('log/replicas', `every replica gives the same ${offsets} messages`);
}
