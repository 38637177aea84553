/** Whether a queue behaves as one log that all clients share: near-linear, exact (order.ts and gaps.ts say why). */
import { type CheckResult, unknownResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { readContent } from './content.ts';
import { checkGaps } from './gaps.ts';
import type { LogHistory } from './log-history.ts';
import { checkAppendOrder, checkReadOrder, deadlines } from './order.ts';

const checker = 'log/linearizable';

export interface LogPromises {
  /** Whether a read knows all that was complete before it; where not, reads of the end may be behind, content and order of sends still count. */
  readonly linearizableReads: boolean;
}

/** Judges each queue by itself; O(n log n) in operations plus messages returned. */
export function checkLinearizableLog(
  histories: readonly LogHistory[],
  { linearizableReads }: LogPromises = { linearizableReads: true },
): CheckResult {
  const found = new AnomalyCollector();
  let appends = 0;
  let reads = 0;
  let offsets = 0;
  for (const history of histories) {
    const content = readContent(history, found);
    const due = deadlines(content);
    checkAppendOrder(history.queue, content, due, found);
    if (linearizableReads) checkReadOrder(history.queue, content, found);
    checkGaps(history.queue, content, due, found);
    appends += history.appends.length;
    reads += history.reads.length;
    offsets += content.length;
  }
  if (appends + reads === 0) return unknownResult(checker, 'the history holds no sends and no reads');
  const evidence = `${appends} sends and ${reads} reads on ${histories.length} queues fit one order of ${offsets} messages${linearizableReads ? '' : ', reads as old as they like'}`;
  return found.result(checker, evidence, { appends, reads, offsets });
}
