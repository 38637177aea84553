/**
 * At-least-once delivery to each group of consumers, within bounds: whatever was acknowledged to its producer is consumed by every group, nothing
 * else is; no message is given out more often than it may be, none again after its consumption was acknowledged where that is promised, and
 * the broker's count of deliveries never falls. Duplicates are counted; duplicates.ts says why they came.
 *
 * O(n log n).
 */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import { type Delivery, deliveriesOf, type Sending } from '../history/messaging.ts';
import { byMessage, checkDelivered } from './delivered-content.ts';

export interface TotalQueueHistory {
  readonly sends: readonly Sending[];
  readonly deliveries: readonly Delivery[];
  readonly groups: readonly string[];
  /** Consumers went on until nothing more came: what was not consumed by then is lost. */
  readonly drained: boolean;
  /** Then a message goes to the dead letters. Undefined: no bound. */
  readonly deliveriesMax?: number;
  /** Nothing is given out again once its consumption was acknowledged. */
  readonly ackIsFinal?: boolean;
}

const checker = 'queue/total';

export function checkTotalQueue(history: TotalQueueHistory): CheckResult {
  const { sends, deliveries, groups, drained } = history;
  const found = new AnomalyCollector();
  const sent = byMessage(sends);
  checkDelivered(sent, deliveries, found);
  const byGroup = deliveriesOf(deliveries);
  let duplicates = 0;
  let recovered = 0;
  for (const group of new Set([...groups, ...byGroup.keys()])) {
    const got = byGroup.get(group) ?? new Map<string, Delivery[]>();
    for (const [message, all] of got) {
      duplicates += all.length - 1;
      if (sent.get(message)?.outcome === 'info') recovered += 1;
      checkBounds(history, message, all, found);
      checkCounts(message, all, found);
    }
    if (drained)
      for (const send of sends) checkConsumed(history, group, send, got.get(send.message) ?? [], found);
  }
  const acknowledged = sends.filter(({ outcome }) => outcome === 'ok').length;
  let missing: string | undefined;
  if (!drained) missing = 'consumers were stopped before nothing more came, so nobody knows what is lost';
  if (acknowledged === 0 || groups.length === 0) missing = 'nothing was acknowledged, or nobody consumed';
  return found.result(
    checker,
    `all ${acknowledged} acknowledged messages were consumed by ${groups.length} groups; ${duplicates} deliveries were repeats`,
    { acknowledged, recovered, duplicates, deliveries: deliveries.length },
    missing,
  );
}

function checkConsumed(
  { deliveriesMax = Infinity }: TotalQueueHistory,
  group: string,
  send: Sending,
  all: readonly Delivery[],
  found: AnomalyCollector,
): void {
  if (send.outcome !== 'ok' || all.length >= deliveriesMax) return;
  if (all.some(({ ended }) => ended?.how === 'done')) return;
  const what =
    all.length === 0
      ? 'never came to it'
      : `was given out ${all.length} times, never consumed, and never came again`;
  const offset = send.offset === undefined ? '' : ` at offset ${send.offset}`;
  found.add({
    name: 'lost-message',
    detail: `${send.queue}: "${send.message}" was acknowledged${offset} at ${seconds(send.ret)} and ${what} (${group})`,
    queue: send.queue,
    messages: [send.message],
    operations: [send.index, ...all.slice(-1).map(({ index }) => index)].sort((a, b) => a - b),
  });
}

function checkBounds(
  { deliveriesMax = Infinity, ackIsFinal = false }: TotalQueueHistory,
  message: string,
  all: readonly Delivery[],
  found: AnomalyCollector,
): void {
  const [{ group = '', queue = '' } = {}] = all;
  const about = { queue, messages: [message] };
  if (all.length > deliveriesMax) {
    found.add({
      name: 'too-many-deliveries',
      detail: `${queue}: "${message}" was given to ${group} ${all.length} times, wanted ${deliveriesMax} at most`,
      ...about,
      operations: all.slice(0, deliveriesMax + 1).map(({ index }) => index),
    });
  }
  if (!ackIsFinal) return;
  let acked: Delivery | undefined;
  const ackedAt = ({ ended }: Delivery) => (ended?.how === 'done' ? ended.ret : Infinity);
  for (const one of all) if (acked === undefined || ackedAt(one) < ackedAt(acked)) acked = one;
  if (acked === undefined) return;
  for (const again of all) {
    if (again === acked || again.call <= ackedAt(acked)) continue;
    found.add({
      name: 'redelivered-after-ack',
      detail: `${queue}: ${again.consumer} of ${group} got "${message}" at ${seconds(again.ret)}, though ${acked.consumer} had acknowledged it by ${seconds(ackedAt(acked))}`,
      ...about,
      operations: [acked.index, again.index],
    });
  }
}

/** The broker's count rises with each "again", and never falls. */
function checkCounts(message: string, all: readonly Delivery[], found: AnomalyCollector): void {
  const counted = all.filter(({ times }) => times !== undefined);
  const marks = counted.flatMap((delivery) => {
    const { ended, ret, times = 0 } = delivery;
    const again = ended?.how === 'again' ? [{ at: ended.ret, least: times + 1, delivery }] : [];
    return [{ at: ret, least: times, delivery }, ...again];
  });
  marks.sort((a, b) => a.at - b.at);
  let next = 0;
  let most: (typeof marks)[number] | undefined;
  for (const delivery of [...counted].sort((a, b) => a.call - b.call)) {
    for (let mark = marks[next]; mark !== undefined && mark.at < delivery.call; mark = marks[next]) {
      if (most === undefined || mark.least > most.least) most = mark;
      next += 1;
    }
    const { times = 0, queue, index } = delivery;
    if (most === undefined || times >= most.least) continue;
    found.add({
      name: 'redelivery-count-regress',
      detail: `${queue}: "${message}" came at ${seconds(delivery.ret)} as given out ${times} times before, wanted ${most.least} or more: it was ${most.delivery.times} at ${seconds(most.delivery.ret)}`,
      queue,
      messages: [message],
      operations: [most.delivery.index, index],
    });
  }
}
