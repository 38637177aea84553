/** Whatever the network does to a connection, the bytes that arrive are those that were sent, in order: what a slave reads are packets. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { TraceEvent } from '../history/replica-observation.ts';

/** From the `ha-connection` events of the slaves: `unreadable` says what came in place of a packet. */
export function checkLinks(trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  let links = 0;
  for (const event of trace) {
    const { node, peer, unreadable } = event;
    if (event.event !== 'ha-connection') continue;
    if (event['state'] === 'following') links += 1;
    if (typeof unreadable !== 'string') continue;
    const detail = `${node} could not read what its master, broker ${String(peer)}, had sent: ${unreadable}`;
    found.add({ name: 'broken-link', detail, operations: [], at: event.time, nodes: [node] });
  }
  return found.result(
    'replication/links',
    `${links} links of slaves to masters, none ended by bytes that are no packet`,
    {
      links,
    },
  );
}
