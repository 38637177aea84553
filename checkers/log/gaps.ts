/**
 * Offsets nobody owns: each must have been written by an append of unknown outcome that nobody saw, invoked no later than the offset was
 * relied on. Deadlines grow with the offset, so matching the sorted sides in order decides it (Hall's condition on nested intervals).
 */
import type { Anomaly } from '../anomaly.ts';
import type { AnomalyCollector } from '../anomaly-collector.ts';
import type { Content } from './content.ts';
import type { Deadlines } from './order.ts';

export function checkGaps(queue: string, content: Content, due: Deadlines, found: AnomalyCollector): void {
  const fillers = [...content.unseen].sort((a, b) => a.call - b.call);
  let next = 0;
  let from: number | undefined;
  // One more than there are, so that the last stretch is told too.
  for (let offset = 0; offset <= content.length; offset += 1) {
    if (offset < content.length && !content.owners.has(offset)) {
      const filler = fillers[next];
      if (filler === undefined || filler.call > deadlineOf(offset, due)) {
        from ??= offset;
        continue;
      }
      next += 1;
    }
    if (from === undefined) continue;
    found.add(gap(queue, from, offset - 1, due));
    from = undefined;
  }
}

function deadlineOf(offset: number, due: Deadlines): number {
  return Math.min(due.appendRet[offset] ?? Infinity, due.readRet[offset] ?? Infinity);
}

/** One anomaly for a stretch of offsets. */
function gap(queue: string, from: number, to: number, due: Deadlines): Anomaly {
  const byAppend = (due.appendRet[from] ?? Infinity) <= (due.readRet[from] ?? Infinity);
  const shownBy = (byAppend ? due.appendIndex[from] : due.readIndex[from]) ?? -1;
  const subject = from === to ? `offset ${from}` : `offsets ${from} to ${to}`;
  const reason = byAppend ? 'a later one was acknowledged' : 'a reader had relied on it';
  return {
    name: 'gap',
    detail: `${queue}: nobody can have written ${subject} by the time that ${reason}`,
    queue,
    operations: shownBy < 0 ? [] : [shownBy],
  };
}
