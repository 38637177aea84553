/** Nothing is confirmed, so nothing acknowledged, before every member of the SyncStateSet holds it, and as many of them as minInSyncReplicas wants. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { TraceEvent } from '../history/replica-observation.ts';
import { times } from '../times.ts';

/**
 * From what masters tell of their confirmOffset: the SyncStateSet that the controllers had committed then (`set`), those of it that had said
 * on a link that still stands that all below is durable there (`holders`), and how many the settings want (`wanted`).
 */
export function checkCopies(trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  let told = 0;
  let fewest = Infinity;
  for (const event of trace) {
    const { holders, set, wanted, allMembers, offset } = event;
    if (event.event !== 'confirm' || !isIds(holders) || !isIds(set) || typeof wanted !== 'number') continue;
    told += 1;
    fewest = Math.min(fewest, holders.length);
    const lacking = allMembers === true ? set.filter((id) => !holders.includes(id)) : [];
    if (lacking.length === 0 && holders.length >= wanted) continue;
    const what =
      lacking.length > 0
        ? `before ${list(lacking)} of its SyncStateSet {${set.join(',')}} had it`
        : `with ${holders.length} copies, wanted ${wanted} or more`;
    const detail = `${event.node} confirmed up to ${String(offset)} ${what}; it was on ${list(holders)}`;
    found.add({ name: 'under-replicated', detail, operations: [], at: event.time, nodes: [event.node] });
  }
  return found.result(
    'replication/copies',
    `what was confirmed was on every member of the SyncStateSet: on ${fewest} replicas or more; it was told ${times(told)}`,
    { told, ...(told === 0 ? {} : { fewest }) },
    told === 0 ? 'no master told who held what it confirmed' : undefined,
  );
}

function isIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => typeof id === 'number');
}

function list(ids: readonly number[]): string {
  return `broker${ids.length === 1 ? '' : 's'} ${ids.join(', ')}`;
}
