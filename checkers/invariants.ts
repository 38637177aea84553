/** Asserts that stand in the servers and were tripped: each with what its node said last before. */

import type { CheckResult } from './anomaly.ts';
import { AnomalyCollector } from './anomaly-collector.ts';
import type { TraceEvent } from './history/replica-observation.ts';

const lastLines = 20;

export function checkInvariants(trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  for (const [at, event] of trace.entries()) {
    if (event.event !== 'invariant-broken') continue;
    const before = trace.slice(0, at).filter(({ node }) => node === event.node);
    const detail = [`${event.node}: ${String(event['message'])}`, ...before.slice(-lastLines).map(lineOf)];
    found.add({
      name: 'invariant-broken',
      detail: detail.join('\n  '),
      operations: [],
      at: event.time,
      nodes: [event.node],
    });
  }
  return found.result('invariants', `no assert of a server was tripped in ${trace.length} lines of traces`);
}

function lineOf({ time, node: _, event, ...fields }: TraceEvent): string {
  return `${(time / 1e9).toFixed(3).padStart(9)} s ${event} ${JSON.stringify(fields)}`;
}
