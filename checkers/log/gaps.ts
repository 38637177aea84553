/**
 * Offsets nobody owns: each must have been written by an append of unknown outcome that nobody saw, invoked no later than the offset was
 * relied on. Deadlines grow with the offset, so matching the sorted sides in order decides it (Hall's condition on nested intervals).
 */
import type { AnomalyCollector } from '../anomaly-collector.ts';
import type { Content } from './content.ts';
import type { Deadlines } from './order.ts';

export function checkGaps(queue: string, content: Content, due: Deadlines, found: AnomalyCollector): void {
  const fillers = [...content.unseen].sort((a, b) => a.call - b.call);
  let next = 0;
  for (let offset = 0; offset < content.length; offset += 1) {
    if (content.owners.has(offset)) continue;
    const appendDue = due.appendRet[offset] ?? Infinity;
    const readDue = due.readRet[offset] ?? Infinity;
    const filler = fillers[next];
    if (filler !== undefined && filler.call <= Math.min(appendDue, readDue)) {
      next += 1;
      continue;
    }
    const shownBy = appendDue <= readDue ? due.appendIndex[offset] : due.readIndex[offset];
    const detail = `${queue}: nobody can have written offset ${offset}, but later offsets exist`;
    found.add({
      name: 'gap',
      detail,
      queue,
      operations: shownBy === undefined || shownBy < 0 ? [] : [shownBy],
    });
  }
}
