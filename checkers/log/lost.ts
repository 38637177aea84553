/** After healing, every acknowledged message must come out of the final drain of its queue. */
import type { Anomaly, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { Append, LogHistory } from './log-history.ts';

/** What the final drain of one queue gave. */
interface Drain {
  readonly messages: ReadonlySet<string>;
  /** By offset: what stands there, and the read that showed it. */
  readonly at: ReadonlyMap<number, { readonly message: string; readonly index: number }>;
  /** One more than the last offset that was read. */
  readonly readEnd: number;
  /** The lowest offset at which a read found nothing more, and which. */
  readonly empty: { readonly offset: number; readonly index: number } | undefined;
}

/**
 * `finalFromNs`: reads invoked from then on belong to the final drain. A message is lost when the drain passed its offset, or was told that
 * the queue ends at or before it. Where the drain was cut short before that, nothing is known of the message: unknown, never lost.
 */
export function checkLost(histories: readonly LogHistory[], finalFromNs: number): CheckResult {
  const found = new AnomalyCollector();
  const unread: string[] = [];
  let acknowledged = 0;
  let recovered = 0;
  let lost = 0;
  for (const history of histories) {
    const drain = drainOf(history, finalFromNs);
    let beyond = 0;
    for (const append of history.appends) {
      if (append.offset === undefined) {
        if (!append.failed && drain.messages.has(append.message)) recovered += 1;
        continue;
      }
      acknowledged += 1;
      if (drain.messages.has(append.message)) continue;
      const shownBy = shows(drain, append.offset);
      if (shownBy === undefined) beyond += 1;
      else {
        lost += 1;
        found.add(lostMessage(history.queue, append, append.offset, shownBy));
      }
    }
    if (beyond > 0) unread.push(`${history.queue} from offset ${drain.readEnd} on (${beyond} messages)`);
  }
  const evidence = `all ${acknowledged} acknowledged messages were read at the end, and ${recovered} of unknown outcome`;
  let missing: string | undefined;
  if (acknowledged === 0) missing = 'nothing was acknowledged, so nothing can have been lost';
  if (unread.length > 0) missing = `not read at the end, so nothing is known of it: ${unread.join(', ')}`;
  return found.result('log/lost', evidence, { acknowledged, recovered, lost }, missing);
}

/** What checkLost calls lost. */
export function lostAppends(histories: readonly LogHistory[], finalFromNs: number): Append[] {
  return histories.flatMap((history) => {
    const drain = drainOf(history, finalFromNs);
    return history.appends.filter(
      ({ offset, message }) =>
        offset !== undefined && !drain.messages.has(message) && shows(drain, offset) !== undefined,
    );
  });
}

function drainOf(history: LogHistory, finalFromNs: number): Drain {
  const messages = new Set<string>();
  const at = new Map<number, { readonly message: string; readonly index: number }>();
  let readEnd = 0;
  let empty: Drain['empty'];
  for (const read of history.reads) {
    if (read.kind !== 'pull' || read.call < finalFromNs) continue;
    const { index, batch } = read;
    if (batch.messages.length === 0 && (empty === undefined || batch.from < empty.offset))
      empty = { offset: batch.from, index };
    for (const [k, message] of batch.messages.entries()) {
      const offset = batch.offsets?.[k] ?? batch.from + k;
      messages.add(message);
      at.set(offset, { message, index });
      readEnd = Math.max(readEnd, offset + 1);
    }
  }
  return { messages, at, readEnd, empty };
}

interface Shown {
  readonly instead: string | undefined;
  readonly index: number | undefined;
}

/** How the drain shows that nothing stands at an offset, or something else; undefined when it never got there. */
function shows(drain: Drain, offset: number): Shown | undefined {
  const there = drain.at.get(offset);
  if (there !== undefined) return { instead: there.message, index: there.index };
  if (offset < drain.readEnd) return { instead: undefined, index: undefined };
  if (drain.empty !== undefined && drain.empty.offset <= offset)
    return { instead: undefined, index: drain.empty.index };
  return undefined;
}

function lostMessage(queue: string, append: Append, offset: number, { instead, index }: Shown): Anomaly {
  const there = instead === undefined ? '' : `; "${instead}" stands there`;
  return {
    name: 'lost-ack-write',
    detail: `${queue}: "${append.message}" was acknowledged at offset ${offset} and is gone${there}`,
    queue,
    messages: [append.message],
    operations: index === undefined ? [append.index] : [append.index, index],
  };
}
