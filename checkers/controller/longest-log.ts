/** The longest log wins: of those who can be elected nobody has a greater (epoch, maxOffset) than the one who is. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { TraceEvent } from '../history/replica-observation.ts';

interface Candidate {
  readonly brokerId: number;
  readonly epoch: number;
  readonly maxOffset: number;
}

/** From the `elected` events of the controllers, which name the candidates as the decision saw them; none where an operator chose. */
export function checkLongestLog(trace: readonly TraceEvent[]): CheckResult {
  const found = new AnomalyCollector();
  let judged = 0;
  for (const event of trace) {
    const { masterBrokerId, masterEpoch, candidates } = event;
    if (event.event !== 'elected' || !isCandidates(candidates)) continue;
    const winner = candidates.find(({ brokerId }) => brokerId === masterBrokerId);
    if (winner === undefined) continue;
    judged += 1;
    const longer = candidates.find((candidate) => isLonger(candidate, winner));
    if (longer === undefined) continue;
    const detail =
      `broker ${winner.brokerId} was elected for epoch ${String(masterEpoch)} with a log to ${winner.maxOffset} of epoch ${winner.epoch}, ` +
      `while broker ${longer.brokerId} had one to ${longer.maxOffset} of epoch ${longer.epoch}`;
    found.add({ name: 'shorter-log-elected', detail, operations: [], at: event.time, nodes: [event.node] });
  }
  return found.result('controller/longest-log', `${judged} elections, each won by the longest log`, {
    elections: judged,
  });
}

function isLonger(one: Candidate, other: Candidate): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.maxOffset > other.maxOffset);
}

function isCandidates(value: unknown): value is readonly Candidate[] {
  return (
    Array.isArray(value) &&
    value.every(
      (one: unknown) =>
        typeof one === 'object' && one !== null && 'brokerId' in one && 'epoch' in one && 'maxOffset' in one,
    )
  );
}
