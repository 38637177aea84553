/**
 * Order per key through groups of consumers: messages of one key are stored in one queue in the order in which they were sent, and a consumer gets
 * one only when all before it have been consumed, by nobody else at the same time. Repeats are no fault: a group may go back, never skip.
 *
 * O(n log n).
 */
import type { AnomalyName, CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import type { Delivery, Sending } from '../history/messaging.ts';
import { byMessage, checkDelivered } from '../queue/delivered-content.ts';

export interface OrderedHistory {
  readonly sends: readonly Sending[];
  readonly deliveries: readonly Delivery[];
}

/** A message whose place is known. */
interface Placed {
  readonly send: Sending;
  readonly queue: string;
  readonly offset: number;
}

export function checkOrderedDelivery({ sends, deliveries }: OrderedHistory): CheckResult {
  const found = new AnomalyCollector();
  const sent = byMessage(sends);
  checkDelivered(sent, deliveries, found);
  const keys = placesByKey(sends, deliveries);
  for (const [key, placed] of keys) {
    placed.sort((a, b) => a.offset - b.offset);
    if (checkOneQueue(key, placed, found)) checkStoredOrder(key, placed, found);
  }
  const byGroup = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const send = sent.get(delivery.message);
    if (send === undefined) continue;
    const id = `${delivery.group}\n${keyOf(send)}`;
    const known = byGroup.get(id);
    if (known === undefined) byGroup.set(id, [delivery]);
    else known.push(delivery);
  }
  for (const [id, own] of byGroup) {
    const key = id.slice(id.indexOf('\n') + 1);
    checkOrder(key, keys.get(key) ?? [], own, found);
    checkOneAtATime(key, own, found);
  }
  return found.result(
    'ordered/keys',
    `${deliveries.length} deliveries of ${sends.length} messages under ${keys.size} keys, each in order and one at a time`,
    { keys: keys.size },
    deliveries.length === 0 ? 'nothing was delivered' : undefined,
  );
}

function keyOf({ key, queue }: Sending): string {
  return key ?? queue;
}

function placesByKey(sends: readonly Sending[], deliveries: readonly Delivery[]): Map<string, Placed[]> {
  const seen = new Map<string, Delivery>();
  for (const delivery of deliveries)
    if (delivery.offset !== undefined && !seen.has(delivery.message)) seen.set(delivery.message, delivery);
  const keys = new Map<string, Placed[]>();
  for (const send of sends) {
    const at = seen.get(send.message);
    const offset = send.offset ?? at?.offset;
    const known = keys.get(keyOf(send)) ?? [];
    keys.set(keyOf(send), known);
    if (offset !== undefined) known.push({ send, queue: at?.queue ?? send.queue, offset });
  }
  return keys;
}

function anomaly(name: AnomalyName, detail: string, one: Placed, other: Placed) {
  return {
    name,
    detail: `${one.queue}: ${detail}`,
    queue: one.queue,
    messages: [one.send.message, other.send.message],
    operations: [one.send.index, other.send.index].sort((a, b) => a - b),
  };
}

function checkOneQueue(key: string, placed: readonly Placed[], found: AnomalyCollector): boolean {
  const [first] = placed;
  const other = placed.find(({ queue }) => queue !== first?.queue);
  if (first === undefined || other === undefined) return true;
  const detail = `"${first.send.message}" and "${other.send.message}" have the key ${key}, but one is in ${first.queue} and one in ${other.queue}`;
  found.add(anomaly('key-split', detail, first, other));
  return false;
}

/** Stored below a message that was acknowledged before its own send began. */
function checkStoredOrder(key: string, placed: readonly Placed[], found: AnomalyCollector): void {
  let above: Placed | undefined;
  for (const one of [...placed].reverse()) {
    if (above !== undefined && above.send.ret < one.send.call) {
      const detail = `"${one.send.message}" of key ${key} is at offset ${one.offset}, below "${above.send.message}" at ${above.offset}, which was acknowledged at ${seconds(above.send.ret)}, before the other was sent at ${seconds(one.send.call)}`;
      found.add(anomaly('send-reorder', detail, above, one));
    }
    if (above === undefined || one.send.ret < above.send.ret) above = one;
  }
}

function checkOrder(
  key: string,
  placed: readonly Placed[],
  deliveries: readonly Delivery[],
  found: AnomalyCollector,
): void {
  const first = new Map<string, Delivery>();
  const consumed = new Map<string, number>();
  for (const delivery of deliveries) {
    const { message, ret, ended } = delivery;
    if (ret < (first.get(message)?.ret ?? Infinity)) first.set(message, delivery);
    if (ended?.how === 'done') consumed.set(message, Math.min(ended.call, consumed.get(message) ?? Infinity));
  }
  let slowest: Placed | undefined;
  let slowestAt = -Infinity;
  const told = new Set<Placed>();
  for (const one of placed) {
    const delivery = first.get(one.send.message);
    if (delivery !== undefined && slowest !== undefined && delivery.ret < slowestAt && !told.has(slowest)) {
      told.add(slowest);
      const { message } = slowest.send;
      const when =
        slowestAt === Infinity ? 'was never consumed' : `was consumed only by ${seconds(slowestAt)}`;
      const detail = `${delivery.consumer} of ${delivery.group} got "${one.send.message}" (offset ${one.offset}) at ${seconds(delivery.ret)}, though "${message}" of the same key ${key}, before it at ${slowest.offset}, ${when}`;
      found.add({
        ...anomaly('out-of-order', detail, slowest, one),
        operations: [slowest.send.index, delivery.index],
      });
    }
    const at = consumed.get(one.send.message) ?? Infinity;
    if (at > slowestAt) [slowest, slowestAt] = [one, at];
  }
}

function checkOneAtATime(key: string, deliveries: readonly Delivery[], found: AnomalyCollector): void {
  let last: Delivery | undefined;
  const end = ({ ended, ret }: Delivery) => ended?.call ?? ret;
  for (const one of [...deliveries].sort((a, b) => a.ret - b.ret)) {
    if (last !== undefined && one.ret < end(last) && one.ret > last.ret) {
      found.add({
        name: 'overlapping-delivery',
        detail: `${one.queue}: ${one.consumer} of ${one.group} got "${one.message}" at ${seconds(one.ret)}, while ${last.consumer} was at work on "${last.message}" of the same key ${key} until ${seconds(end(last))}`,
        queue: one.queue,
        messages: [last.message, one.message],
        operations: [last.index, one.index],
      });
    }
    if (last === undefined || end(one) > end(last)) last = one;
  }
}
