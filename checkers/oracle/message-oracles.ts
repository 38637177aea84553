/** The judges of messages, each against its rules spelled as pairs and triples of operations, every one looked at. */
import type { CheckResult } from '../anomaly.ts';
import { checkDelayedDelivery, type DelayedSending } from '../delay/delayed-delivery.ts';
import type { Delivery, Sending } from '../history/messaging.ts';
import { checkOrderedDelivery } from '../ordered/ordered-delivery.ts';
import { checkDuplicates } from '../queue/duplicates.ts';
import { checkTotalQueue } from '../queue/total-queue.ts';
import { checkTransactions, type Decision, type Transaction } from '../transaction/transactions.ts';
import { findings, type Oracle } from './oracle.ts';
import type { SmallRandom } from './small-random.ts';

const found = ({ anomalyCounts }: CheckResult) => findings(Object.keys(anomalyCounts));

function randomSends(random: SmallRandom, count: number): Sending[] {
  return Array.from({ length: count }, (_, at) => {
    const { call, ret } = random.interval(at * 4 + 1, 5);
    const outcome = random.pick(['ok', 'ok', 'ok', 'ok', 'info', 'fail'] as const);
    const base = { message: `m${at}`, queue: random.oneIn(12) ? 'q/1' : 'q/0', call, index: at, outcome };
    const offset = random.oneIn(6) ? random.int(count + 1) : at;
    if (outcome === 'ok') return { ...base, ret, offset };
    return { ...base, ret: outcome === 'info' ? Infinity : ret };
  });
}

function randomDeliveries(random: SmallRandom, sends: readonly Sending[], most: number): Delivery[] {
  const count = random.int(most + 1);
  return Array.from({ length: count }, (_, at) => {
    const send = sends[random.oneIn(2) ? at % sends.length : random.int(sends.length)];
    const { call, ret } = random.interval(12, 6);
    const base = {
      message: random.oneIn(30) || send === undefined ? 'nobody' : send.message,
      group: 'g',
      consumer: random.pick(['w1', 'w2']),
      queue: send?.queue ?? 'q/0',
      offset: send?.offset ?? 9,
      times: random.int(3),
      call: call + 6,
      ret: ret + 6,
      index: 100 + at,
    };
    if (random.oneIn(5)) return base;
    const ended = {
      call: base.ret + random.int(5),
      ret: Infinity,
      how: random.oneIn(6) ? 'again' : 'done',
    } as const;
    return { ...base, ended: random.oneIn(6) ? ended : { ...ended, ret: ended.call + random.int(3) } };
  });
}

function naiveContent(sends: readonly Sending[], deliveries: readonly Delivery[], names: Set<string>): void {
  for (const { message, ret } of deliveries) {
    const send = sends.find((one) => one.message === message);
    if (send === undefined) names.add('phantom-message');
    else if (send.outcome === 'fail') names.add('aborted-read');
    else if (ret < send.call) names.add('future-read');
  }
}

export const totalQueueOracle: Oracle = {
  name: 'queue/total',
  compare(random) {
    const sends = randomSends(random, 1 + random.int(3));
    const deliveries = randomDeliveries(random, sends, 5);
    const deliveriesMax = 2 + random.int(3);
    const history = {
      sends,
      deliveries,
      groups: ['g'],
      drained: !random.oneIn(4),
      deliveriesMax,
      ackIsFinal: !random.oneIn(3),
    };
    const names = new Set<string>();
    naiveContent(sends, deliveries, names);
    for (const { outcome, message } of sends) {
      const own = deliveries.filter((one) => one.message === message);
      const consumed = own.some(({ ended }) => ended?.how === 'done') || own.length >= deliveriesMax;
      if (history.drained && outcome === 'ok' && !consumed) names.add('lost-message');
    }
    for (const one of deliveries) {
      const same = deliveries.filter(({ message }) => message === one.message);
      if (same.length > deliveriesMax) names.add('too-many-deliveries');
      for (const other of same) {
        if (history.ackIsFinal && one.ended?.how === 'done' && other.call > one.ended.ret && one !== other)
          names.add('redelivered-after-ack');
        const [times = 0, before = 0] = [other.times, one.times];
        if (one.ret < other.call && times < before) names.add('redelivery-count-regress');
        if (one.ended?.how === 'again' && one.ended.ret < other.call && times <= before)
          names.add('redelivery-count-regress');
      }
    }
    return { judged: found(checkTotalQueue(history)), naive: findings(names), history };
  },
};

export const duplicatesOracle: Oracle = {
  name: 'queue/duplicates',
  compare(random) {
    const sends = randomSends(random, 2);
    // Moments differ, so that "the one before" is one.
    const deliveries = randomDeliveries(random, sends, 4).map((one, at) => ({
      ...one,
      ret: one.ret + at / 10,
    }));
    const elections = random.oneIn(2) ? [random.int(30)] : [];
    const injected = random.int(40);
    const faults = random.oneIn(2) ? [{ injected, healed: injected + random.int(4) }] : [];
    const unexplained = deliveries.filter((again) =>
      deliveries.some((before) => {
        if (before.message !== again.message || before.ret >= again.ret) return false;
        const between = deliveries.some(
          ({ message, ret }) => message === again.message && ret > before.ret && ret < again.ret,
        );
        const told = before.ended?.how === 'done' && before.ended.ret < again.call;
        const quiet =
          !elections.some((time) => before.call <= time && time <= again.ret) &&
          !faults.some((fault) => fault.injected <= again.ret && fault.healed >= before.call);
        return !between && told && quiet && before.consumer === again.consumer;
      }),
    );
    const history = { deliveries, elections, faults };
    const { anomalyCounts } = checkDuplicates(history);
    return {
      judged: String(anomalyCounts['unexplained-duplicate'] ?? 0),
      naive: String(unexplained.length),
      history,
    };
  },
};

export const orderedOracle: Oracle = {
  name: 'ordered/keys',
  compare(random) {
    const sends = randomSends(random, 1 + random.int(3)).map((send, at) => ({
      ...send,
      // Two messages at one offset are no order to judge.
      ...(send.offset === undefined ? {} : { offset: send.offset * 10 + at }),
      key: random.pick(['a', 'a', 'b']),
    }));
    const deliveries = randomDeliveries(random, sends, 4).map((delivery) => {
      const at = sends.findIndex(({ message }) => message === delivery.message);
      return { ...delivery, offset: sends[at]?.offset ?? 90 + at };
    });
    const names = new Set<string>();
    naiveContent(sends, deliveries, names);
    const offsetOf = (send: Sending) =>
      send.offset ?? deliveries.find(({ message }) => message === send.message)?.offset;
    const placed = sends.filter((send) => offsetOf(send) !== undefined);
    for (const one of placed) {
      for (const other of placed.filter(({ key }) => key === one.key)) {
        if (one.queue !== other.queue) names.add('key-split');
        const split = placed.some(({ key, queue }) => key === one.key && queue !== one.queue);
        const isBelow = (offsetOf(one) ?? 0) < (offsetOf(other) ?? 0);
        if (!split && isBelow && other.ret < one.call) names.add('send-reorder');
        if (!isBelow) continue;
        for (const delivery of deliveries.filter(({ message }) => message === other.message)) {
          const consumed = deliveries.some(
            ({ message, ended }) =>
              message === one.message && ended?.how === 'done' && ended.call <= delivery.ret,
          );
          if (!consumed) names.add('out-of-order');
        }
      }
    }
    const keyOf = (name: string) => sends.find(({ message }) => message === name)?.key;
    for (const one of deliveries) {
      for (const other of deliveries) {
        if (keyOf(one.message) === undefined || keyOf(one.message) !== keyOf(other.message)) continue;
        if (one.ret < other.ret && other.ret < (one.ended?.call ?? one.ret))
          names.add('overlapping-delivery');
      }
    }
    const history = { sends, deliveries };
    return { judged: found(checkOrderedDelivery(history)), naive: findings(names), history };
  },
};

export const transactionOracle: Oracle = {
  name: 'transaction/visibility',
  compare(random) {
    const transactions = randomSends(random, 1 + random.int(2)).map((send, at): Transaction => {
      const decisions = Array.from({ length: random.int(3) }, (_, k): Decision => {
        const { call, ret } = random.interval(14, 4);
        const how = random.oneIn(3) ? 'rollback' : 'commit';
        return {
          how,
          call: send.call + call,
          ret: random.oneIn(5) ? Infinity : send.call + ret,
          index: 50 + at * 5 + k,
        };
      });
      return { ...send, decisions, checkBacks: Array.from({ length: random.int(4) }, () => random.int(30)) };
    });
    const deliveries = randomDeliveries(random, transactions, 3);
    const history = {
      transactions,
      deliveries,
      drained: !random.oneIn(4),
      endNs: 25 + random.int(10),
      checkBackWithinNs: 8,
      checkBacksMax: 2,
    };
    const names = new Set<string>();
    naiveContent(transactions, deliveries, names);
    for (const { message, outcome, call, ret, decisions, checkBacks } of transactions) {
      const commits = decisions.filter(({ how }) => how === 'commit');
      const rollbacks = decisions.filter(({ how }) => how === 'rollback');
      const own = deliveries.filter((one) => one.message === message);
      for (const delivery of own) {
        // Only the first delivery is looked at: what comes later is visible by it.
        if (outcome === 'fail' || delivery.ret < call || own.some((other) => other.ret < delivery.ret))
          continue;
        const refused = rollbacks.some((rollback) => commits.every((commit) => rollback.ret < commit.call));
        if (refused) names.add('visible-after-rollback');
        else if (commits.every((commit) => delivery.ret < commit.call)) names.add('visible-before-commit');
      }
      const surely = commits.some(
        ({ ret: told }) =>
          told !== Infinity &&
          commits.every((other) => other.ret >= told) &&
          rollbacks.every((rollback) => rollback.call > told),
      );
      if (history.drained && outcome === 'ok' && own.length === 0 && surely) names.add('lost-message');
      if (checkBacks.length > history.checkBacksMax) names.add('too-many-check-backs');
      const undecided = decisions.every((decision) => decision.ret > ret + 8) && history.endNs > ret + 8;
      if (outcome === 'ok' && undecided && checkBacks.every((time) => time > ret + 8))
        names.add('check-back-missing');
    }
    return { judged: found(checkTransactions(history)), naive: findings(names), history };
  },
};

export const delayOracle: Oracle = {
  name: 'delay/due',
  compare(random) {
    const sends = randomSends(random, 1 + random.int(3)).map(
      (send): DelayedSending => ({ ...send, delayNs: random.int(12) }),
    );
    const deliveries = randomDeliveries(random, sends, 4);
    const injected = random.int(30);
    const faults = random.oneIn(2) ? [{ injected, healed: injected + random.int(6) }] : [];
    const history = {
      sends,
      deliveries,
      drained: !random.oneIn(4),
      endNs: 20 + random.int(20),
      toleranceNs: 1,
      lateMaxNs: 6,
      faults,
    };
    const names = new Set<string>();
    naiveContent(sends, deliveries, names);
    for (const { message, outcome, call, ret, delayNs } of sends) {
      const own = deliveries.filter((one) => one.message === message);
      if (outcome === 'fail' || own.some((delivery) => delivery.ret < call)) continue;
      if (own.some((delivery) => delivery.ret + 1 < call + delayNs)) names.add('early-delivery');
      const overdue = ret + delayNs + 6;
      if (own.length === 0 && history.drained && outcome === 'ok' && overdue < history.endNs)
        names.add('lost-message');
      const first = own.find((delivery) => own.every((other) => other.ret >= delivery.ret));
      const quiet = !faults.some((fault) => fault.healed >= call && fault.injected <= (first?.ret ?? 0));
      if (outcome === 'ok' && first !== undefined && first.ret > overdue && quiet) names.add('late-delivery');
    }
    return { judged: found(checkDelayedDelivery(history)), naive: findings(names), history };
  },
};
