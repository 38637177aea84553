/** After healing, every acknowledged message must come out of the final drain of its queue. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { LogHistory } from './log-history.ts';

/**
 * `finalFromNs`: reads invoked from then on belong to the final drain. Without any, there is nothing to say: unknown. A queue whose drain
 * did not reach the highest acknowledged offset has lost what lies above.
 */
export function checkLost(histories: readonly LogHistory[], finalFromNs: number): CheckResult {
  const found = new AnomalyCollector();
  let acknowledged = 0;
  let recovered = 0;
  for (const history of histories) {
    const drained = drainOf(history, finalFromNs);
    if (drained === undefined) {
      const evidence = `${history.queue} was not drained after the run, so nothing can be said of what it lost`;
      return { checker: 'log/lost', verdict: 'unknown', evidence, anomalies: [], anomalyCounts: {} };
    }
    for (const append of history.appends) {
      if (append.offset === undefined) {
        if (append.ret === Infinity && drained.has(append.message)) recovered += 1;
        continue;
      }
      acknowledged += 1;
      if (drained.has(append.message)) continue;
      const instead = [...drained].find(([, offset]) => offset === append.offset)?.[0];
      found.add({
        name: 'lost-ack-write',
        detail: `${history.queue}: "${append.message}" was acknowledged at offset ${append.offset} and is gone${
          instead === undefined ? '' : `; "${instead}" stands there`
        }`,
        queue: history.queue,
        messages: [append.message],
        operations: [append.index],
      });
    }
  }
  const evidence = `all ${acknowledged} acknowledged messages were read at the end, and ${recovered} of unknown outcome`;
  return found.result('log/lost', evidence, { acknowledged, recovered });
}

function drainOf(history: LogHistory, finalFromNs: number): ReadonlyMap<string, number> | undefined {
  const drained = new Map<string, number>();
  let reads = 0;
  for (const read of history.reads) {
    if (read.kind !== 'pull' || read.call < finalFromNs) continue;
    reads += 1;
    for (const [offset, message] of read.messages) drained.set(message, offset);
  }
  return reads === 0 ? undefined : drained;
}
