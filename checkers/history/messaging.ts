/** Messages from producers to groups of consumers, as the judges of queues want them. */
import type { Interval } from './interval.ts';

export interface Sending extends Interval {
  readonly message: string;
  readonly queue: string;
  /** Messages of one key are handed out in order; without one, those of a queue. */
  readonly key?: string;
  /** `info`: it may have been stored, now or later. */
  readonly outcome: 'ok' | 'fail' | 'info';
  /** The queue offset that the acknowledgement named. */
  readonly offset?: number;
}

/** A message in the hands of a consumer. `call`: when it asked; `ret`: when it held the message. */
export interface Delivery extends Interval {
  readonly message: string;
  readonly group: string;
  readonly consumer: string;
  readonly queue: string;
  readonly offset?: number;
  /** How often it was given out before, as the broker tells. */
  readonly times?: number;
  /** What the consumer told the broker: consumed, or to be given out again. Undefined: it never told anything. */
  readonly ended?: {
    readonly call: number;
    /** Infinity: the broker may not have heard it. */
    readonly ret: number;
    readonly how: 'done' | 'again';
  };
}

/** By group and message. */
export function deliveriesOf(deliveries: readonly Delivery[]): Map<string, Map<string, Delivery[]>> {
  const groups = new Map<string, Map<string, Delivery[]>>();
  for (const delivery of deliveries) {
    const group = groups.get(delivery.group) ?? new Map<string, Delivery[]>();
    groups.set(delivery.group, group);
    const known = group.get(delivery.message);
    if (known === undefined) group.set(delivery.message, [delivery]);
    else known.push(delivery);
  }
  return groups;
}
