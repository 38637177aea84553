/** A nameserver that knows the master of an epoch never again gives the route to one of an older epoch, nor takes it away on another one's word. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { TraceEvent } from '../history/replica-observation.ts';

interface Known {
  readonly address: string | undefined;
  readonly masterEpoch: number;
}

/** From the `route-master` events of the nameservers, each judged by itself: they share nothing, and a restarted one knows nothing. */
export function checkRoutes(trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  const known = new Map<string, Known>();
  let changes = 0;
  for (const event of trace) {
    const { node, brokerName, brokerAddress, masterEpoch, cause, by } = event;
    if (event.event === 'node-ready' || event.event === 'node-started') forget(known, node);
    if (event.event !== 'route-master' || typeof masterEpoch !== 'number') continue;
    changes += 1;
    const key = `${node} ${String(brokerName)}`;
    const before = known.get(key);
    const address = typeof brokerAddress === 'string' ? brokerAddress : undefined;
    const add = (detail: string) =>
      found.add({ name: 'split-route', detail, operations: [], at: event.time, nodes: [node] });
    if (cause === 'registered' && before !== undefined && masterEpoch < before.masterEpoch) {
      add(
        `${node} gave the route of ${String(brokerName)} to ${address} of epoch ${masterEpoch} after it knew the master of epoch ${before.masterEpoch}`,
      );
    }
    if (cause === 'unregistered' && before?.address !== undefined && by !== before.address) {
      add(
        `${node} took the route to ${before.address} away, of epoch ${before.masterEpoch}, on the word of ${String(by)}`,
      );
    }
    known.set(key, { address, masterEpoch: Math.max(masterEpoch, before?.masterEpoch ?? 0) });
  }
  return found.result(
    'controller/routes',
    `${changes} changes of routes to masters, none to an older epoch`,
    {
      changes,
    },
  );
}

function forget(known: Map<string, Known>, node: string): void {
  for (const key of known.keys()) if (key.startsWith(`${node} `)) known.delete(key);
}
