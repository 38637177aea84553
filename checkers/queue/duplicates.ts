/** Why messages were given out more than once: each repeat has the first cause that explains it; one that nothing explains is an anomaly. */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { seconds } from '../history/interval.ts';
import { type Delivery, deliveriesOf } from '../history/messaging.ts';

export const duplicateCauses = [
  /** The consumer asked for it. */
  'asked-again',
  /** The broker had no word of its consumption when it gave it out again. */
  'not-acknowledged',
  /** A master was elected meanwhile. */
  'failover',
  /** A fault was at work meanwhile. */
  'fault',
  /** It went to another consumer of the group. */
  'rebalance',
  'unexplained',
] as const;

export type DuplicateCause = (typeof duplicateCauses)[number];

export interface DuplicatesInput {
  readonly deliveries: readonly Delivery[];
  /** When masters were elected. */
  readonly elections: readonly number[];
  readonly faults: readonly { readonly injected: number; readonly healed: number }[];
}

export function checkDuplicates(input: DuplicatesInput): CheckResult {
  const found = new AnomalyCollector();
  const counts: Record<DuplicateCause, number> = {
    'asked-again': 0,
    'not-acknowledged': 0,
    failover: 0,
    fault: 0,
    rebalance: 0,
    unexplained: 0,
  };
  let repeats = 0;
  for (const messages of deliveriesOf(input.deliveries).values()) {
    for (const all of messages.values()) {
      const inOrder = [...all].sort((a, b) => a.ret - b.ret);
      for (const [at, again] of inOrder.entries()) {
        const before = inOrder[at - 1];
        if (before === undefined) continue;
        repeats += 1;
        const cause = causeOf(before, again, input);
        counts[cause] += 1;
        if (cause !== 'unexplained') continue;
        const { message, group, consumer, queue } = again;
        found.add({
          name: 'unexplained-duplicate',
          detail: `${queue}: ${consumer} of ${group} got "${message}" again at ${seconds(again.ret)}, though it had acknowledged it by ${seconds(before.ended?.ret ?? 0)}; no fault, no election, no other consumer explains it`,
          queue,
          messages: [message],
          operations: [before.index, again.index],
        });
      }
    }
  }
  const told = duplicateCauses
    .filter((cause) => counts[cause] > 0)
    .map((cause) => `${counts[cause]} ${cause}`);
  return found.result(
    'queue/duplicates',
    repeats === 0
      ? 'nothing was given out twice'
      : `${repeats} repeats, each with a cause: ${told.join(', ')}`,
    { repeats, ...counts },
    input.deliveries.length === 0 ? 'nothing was given out' : undefined,
  );
}

function causeOf(before: Delivery, again: Delivery, { elections, faults }: DuplicatesInput): DuplicateCause {
  const { ended } = before;
  if (ended?.how === 'again') return 'asked-again';
  if (ended === undefined || ended.ret >= again.call) return 'not-acknowledged';
  if (elections.some((time) => time >= before.call && time <= again.ret)) return 'failover';
  if (faults.some(({ injected, healed }) => injected <= again.ret && healed >= before.call)) return 'fault';
  return before.consumer === again.consumer ? 'unexplained' : 'rebalance';
}
