/** Delayed messages come never early, and how late they come is told: late without a fault is an anomaly. O(n log n). */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import type { Delivery, Sending } from '../history/messaging.ts';
import { byMessage, checkDelivered } from '../queue/delivered-content.ts';

export type DelayedSending = Sending & { readonly delayNs: number };

export interface DelayHistory {
  readonly sends: readonly DelayedSending[];
  readonly deliveries: readonly Delivery[];
  readonly drained: boolean;
  readonly endNs: number;
  /** How far the broker's clock may be ahead of ours. */
  readonly toleranceNs: number;
  /** Later than this, with no fault at work from its send on, is an anomaly. */
  readonly lateMaxNs: number;
  readonly faults: readonly { readonly injected: number; readonly healed: number }[];
}

export function checkDelayedDelivery(history: DelayHistory): CheckResult {
  const { sends, deliveries, drained, endNs, toleranceNs, lateMaxNs } = history;
  const found = new AnomalyCollector();
  const sent = byMessage(sends);
  checkDelivered(sent, deliveries, found);
  const first = new Map<string, Delivery>();
  for (const delivery of deliveries)
    if (delivery.ret < (first.get(delivery.message)?.ret ?? Infinity)) first.set(delivery.message, delivery);
  const lateness: number[] = [];
  for (const send of sends) {
    const { message, queue, call, ret, delayNs, outcome, index } = send;
    const delivery = first.get(message);
    const about = { queue, messages: [message] };
    if (outcome === 'fail' || (delivery !== undefined && delivery.ret < call)) continue;
    if (delivery === undefined) {
      if (outcome !== 'ok' || !drained || ret + delayNs + lateMaxNs >= endNs) continue;
      const detail = `${queue}: "${message}" was acknowledged at ${seconds(ret)}, due ${seconds(delayNs)} after, and never came`;
      found.add({ name: 'lost-message', detail, ...about, operations: [index] });
      continue;
    }
    const operations = [index, delivery.index].sort((a, b) => a - b);
    const came = `${queue}: "${message}" came to ${delivery.consumer} of ${delivery.group} at ${seconds(delivery.ret)}`;
    const dueFrom = call + delayNs;
    lateness.push(delivery.ret - dueFrom);
    if (delivery.ret < dueFrom - toleranceNs) {
      const detail = `${came}, ${seconds(dueFrom - delivery.ret)} before it was due: sent at ${seconds(call)} to come ${seconds(delayNs)} later`;
      found.add({ name: 'early-delivery', detail, ...about, operations });
    }
    // An unknown outcome may have been stored at any time after.
    const late = delivery.ret - (ret + delayNs);
    if (outcome === 'ok' && late > lateMaxNs && !isExcused(history, call, delivery.ret)) {
      const detail = `${came}, ${seconds(late)} after it was due, wanted ${seconds(lateMaxNs)} at most; no fault was at work`;
      found.add({ name: 'late-delivery', detail, ...about, operations });
    }
  }
  const facts = { delivered: lateness.length, latenessMs: distribution(lateness) };
  const { p50, p99, max } = facts.latenessMs;
  return found.result(
    'delay/due',
    `${lateness.length} delayed messages, none early; late by ${p50} ms (median), ${p99} ms (99 %), ${max} ms (worst)`,
    facts,
    lateness.length === 0 ? 'no delayed message was delivered' : undefined,
  );
}

function isExcused({ faults }: DelayHistory, from: number, to: number): boolean {
  return faults.some(({ injected, healed }) => injected <= to && healed >= from);
}

/** Milliseconds. */
export function distribution(values: readonly number[]): {
  p50: number;
  p90: number;
  p99: number;
  max: number;
} {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) =>
    Math.round((sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0) / 1e6);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
