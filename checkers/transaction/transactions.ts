/**
 * Transactional messages: nothing is visible before its producer decided for it, nothing after it decided against it, and what it decided for is
 * delivered; whoever decides nothing is asked, and not for ever. A producer decides by ending a transaction or by an answer to a check-back; the first
 * decision that reaches the broker counts.
 *
 * O(n log n).
 */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import { type Interval, seconds } from '../history/interval.ts';
import type { Delivery, Sending } from '../history/messaging.ts';
import { byMessage, checkDelivered } from '../queue/delivered-content.ts';

/** `call`: when the producer told it; `ret`: when the broker had surely heard it, Infinity: perhaps never. */
export interface Decision extends Interval {
  readonly how: 'commit' | 'rollback';
}

/** The half message as it was sent, and what followed. */
export interface Transaction extends Sending {
  readonly decisions: readonly Decision[];
  /** When the broker asked what became of it. */
  readonly checkBacks: readonly number[];
}

export interface TransactionHistory {
  readonly transactions: readonly Transaction[];
  readonly deliveries: readonly Delivery[];
  readonly drained: boolean;
  readonly endNs: number;
  /** A half message without a decision is asked for within this time. */
  readonly checkBackWithinNs: number;
  readonly checkBacksMax: number;
}

export function checkTransactions(history: TransactionHistory): CheckResult {
  const { transactions, deliveries, drained } = history;
  const found = new AnomalyCollector();
  const sent = byMessage(transactions);
  checkDelivered(sent, deliveries, found);
  const first = new Map<string, Delivery>();
  for (const delivery of deliveries) {
    const before = first.get(delivery.message);
    if (before === undefined || delivery.ret < before.ret) first.set(delivery.message, delivery);
  }
  const counts = { committed: 0, rolledBack: 0, undecided: 0 };
  for (const transaction of transactions) {
    const { message, outcome, decisions } = transaction;
    const delivery = first.get(message);
    if (decisions.some(({ how }) => how === 'commit')) counts.committed += 1;
    else if (decisions.length > 0) counts.rolledBack += 1;
    else counts.undecided += 1;
    if (delivery !== undefined && outcome !== 'fail' && delivery.ret >= transaction.call)
      checkVisible(transaction, delivery, found);
    if (delivery === undefined && drained) checkCommitted(transaction, found);
    checkAsked(history, transaction, found);
  }
  return found.result(
    'transaction/visibility',
    `${counts.committed} commits, ${counts.rolledBack} rollbacks and ${counts.undecided} without a decision: all delivered that was committed, nothing else`,
    counts,
    transactions.length === 0 ? 'there were no transactions' : undefined,
  );
}

function earliest(decisions: readonly Decision[], how: Decision['how']): Decision | undefined {
  return decisions.reduce<Decision | undefined>(
    (best, one) => (one.how === how && (best === undefined || one.call < best.call) ? one : best),
    undefined,
  );
}

function checkVisible(transaction: Transaction, delivery: Delivery, found: AnomalyCollector): void {
  const { message, decisions } = transaction;
  const commit = earliest(decisions, 'commit');
  const committedFrom = commit?.call ?? Infinity;
  const refused = decisions.find(
    ({ how, ret }) => how === 'rollback' && (commit === undefined || ret < committedFrom),
  );
  const got = `${delivery.queue}: ${delivery.consumer} of ${delivery.group} got "${message}" at ${seconds(delivery.ret)}`;
  const about = { queue: delivery.queue, messages: [message] };
  if (refused !== undefined) {
    found.add({
      name: 'visible-after-rollback',
      detail: `${got}, though its producer rolled it back at ${seconds(refused.call)}`,
      ...about,
      operations: [transaction.index, refused.index, delivery.index].sort((a, b) => a - b),
    });
  } else if (delivery.ret < committedFrom) {
    const when =
      commit === undefined ? 'never decided for it' : `decided for it only at ${seconds(commit.call)}`;
    found.add({
      name: 'visible-before-commit',
      detail: `${got}, but its producer ${when}`,
      ...about,
      operations: [transaction.index, delivery.index, ...(commit === undefined ? [] : [commit.index])].sort(
        (a, b) => a - b,
      ),
    });
  }
}

function checkCommitted(
  { message, queue, outcome, decisions, index }: Transaction,
  found: AnomalyCollector,
): void {
  const commit = decisions.reduce<Decision | undefined>(
    (best, one) => (one.how === 'commit' && one.ret < (best?.ret ?? Infinity) ? one : best),
    undefined,
  );
  if (outcome !== 'ok' || commit === undefined) return;
  if (decisions.some(({ how, call }) => how === 'rollback' && call <= commit.ret)) return;
  found.add({
    name: 'lost-message',
    detail: `${queue}: "${message}" was committed by ${seconds(commit.ret)} and never came to anybody`,
    queue,
    messages: [message],
    operations: [index, commit.index].sort((a, b) => a - b),
  });
}

function checkAsked(
  { endNs, checkBackWithinNs, checkBacksMax }: TransactionHistory,
  { message, queue, outcome, ret, decisions, checkBacks, index }: Transaction,
  found: AnomalyCollector,
): void {
  const about = { queue, messages: [message], operations: [index] };
  if (checkBacks.length > checkBacksMax) {
    const detail = `${queue}: the producer of "${message}" was asked ${checkBacks.length} times what became of it, wanted ${checkBacksMax} at most`;
    found.add({ name: 'too-many-check-backs', detail, ...about });
  }
  const decidedBy = Math.min(...decisions.map((decision) => decision.ret), endNs);
  if (outcome !== 'ok' || decidedBy - ret <= checkBackWithinNs) return;
  if (checkBacks.some((time) => time <= ret + checkBackWithinNs)) return;
  const detail = `${queue}: "${message}" was half sent at ${seconds(ret)} and undecided until ${seconds(decidedBy)}, but nobody asked its producer within ${seconds(checkBackWithinNs)}`;
  found.add({ name: 'check-back-missing', detail, ...about });
}
