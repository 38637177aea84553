/** Whether what was delivered was ever sent: before any question of how often and in which order. */
import type { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import type { Delivery, Sending } from '../history/messaging.ts';
import { HistoryError } from '../history/paired-operations.ts';

/** Throws HistoryError where two operations send one message. */
export function byMessage<S extends Pick<Sending, 'message' | 'index'>>(sends: readonly S[]): Map<string, S> {
  const known = new Map<string, S>();
  for (const send of sends) {
    const other = known.get(send.message);
    if (other !== undefined)
      throw new HistoryError(`operations ${other.index} and ${send.index} both send "${send.message}"`);
    known.set(send.message, send);
  }
  return known;
}

/** Adds phantom-message, aborted-read and future-read, each once per message. */
export function checkDelivered(
  sends: ReadonlyMap<string, Sending>,
  deliveries: readonly Delivery[],
  found: AnomalyCollector,
): void {
  const told = new Set<string>();
  for (const delivery of deliveries) {
    const { message, group, consumer, queue, index, ret } = delivery;
    const send = sends.get(message);
    const future = send !== undefined && ret < send.call;
    if ((send?.outcome !== 'fail' && send !== undefined && !future) || told.has(message)) continue;
    told.add(message);
    const got = `${queue}: ${consumer} of ${group} got "${message}" at ${seconds(ret)}`;
    const about = { queue, messages: [message] };
    if (send === undefined)
      found.add({
        name: 'phantom-message',
        detail: `${got}, which nobody sent`,
        ...about,
        operations: [index],
      });
    else if (send.outcome === 'fail')
      found.add({
        name: 'aborted-read',
        detail: `${got}, whose send was refused for certain at ${seconds(send.ret)}`,
        ...about,
        operations: [send.index, index],
      });
    else
      found.add({
        name: 'future-read',
        detail: `${got}, before its send began at ${seconds(send.call)}`,
        ...about,
        operations: [index, send.index],
      });
  }
}
