/** Judges a history that Jepsen wrote, by the shape of its operations. */
import type { CheckResult } from '../../checkers/anomaly.ts';
import { checkLinearizableLog } from '../../checkers/log/linearizable-log.ts';
import { LogHistories } from '../../checkers/log/log-history.ts';
import { checkLost } from '../../checkers/log/lost.ts';
import { checkDuplicates } from '../../checkers/queue/duplicates.ts';
import { checkFifoQueue } from '../../checkers/queue/fifo-queue.ts';
import { checkTotalQueue } from '../../checkers/queue/total-queue.ts';
import { Sessions } from '../../checkers/session/sessions.ts';
import { UsageError } from '../usage-error.ts';
import type { JepsenPair } from './jepsen-operations.ts';
import { kafkaFs, kafkaPairs } from './kafka-pairs.ts';
import { fifoOf, queueFs, totalQueueOf } from './queue-messages.ts';

type Checks = Readonly<Record<string, () => CheckResult>>;

export interface JepsenJudges {
  readonly shape: 'kafka' | 'queue';
  readonly operations: number;
  /** What such a history is judged by. */
  readonly checks: Checks;
  /** What it may be judged by besides. */
  readonly onRequest: Checks;
}

/** Operations that say nothing of the log itself. */
const beside: readonly string[] = ['assign', 'subscribe', 'crash', 'debug-topic-partitions'];

/** Throws UsageError where the history is of another shape. */
export function jepsenJudges(path: string, pairs: readonly JepsenPair[]): JepsenJudges {
  const fs = [...new Set(pairs.map(({ invoked }) => invoked.f))];
  const operations = pairs.length;
  if (fs.some((f) => kafkaFs.includes(f)) && fs.every((f) => kafkaFs.includes(f) || beside.includes(f))) {
    const ours = kafkaPairs(pairs);
    const logs = new LogHistories();
    const sessions = new Sessions();
    for (const pair of ours) {
      logs.add(pair);
      sessions.add(pair);
    }
    const checks = {
      'log/linearizable': () => checkLinearizableLog(logs.all(), { linearizableReads: false }),
      // Whoever read an offset should have read all below it: every read counts as the last one.
      'log/lost': () => checkLost(logs.all(), -Infinity),
    };
    return { shape: 'kafka', operations, checks, onRequest: { 'log/sessions': () => sessions.result() } };
  }
  if (fs.some((f) => queueFs.includes(f)) && fs.every((f) => queueFs.includes(f))) {
    const history = totalQueueOf(pairs);
    return {
      shape: 'queue',
      operations,
      checks: { 'queue/total': () => checkTotalQueue(history) },
      onRequest: {
        'queue/fifo': () => checkFifoQueue(fifoOf(pairs)),
        'queue/duplicates': () => checkDuplicates({ ...history, elections: [], faults: [] }),
      },
    };
  }
  const known = `kafka (${kafkaFs.join(', ')}) and queue (${queueFs.join(', ')})`;
  const got = fs.length === 0 ? 'no client operations at all' : fs.map((f) => `:${f}`).join(', ');
  throw new UsageError(`check: ${path}: wanted the history of one of the workloads ${known}, got ${got}`);
}
