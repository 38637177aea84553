/**
 * Whether a queue with enqueue and dequeue is one first-in-first-out queue that all clients share. Values are distinct.
 *
 * With every value's enqueue [ec, er] and dequeue [dc, dr] (Infinity: never), a history whose content is sound is linearizable iff no
 * value overtook another (er(a) < ec(b), yet dr(b) < dc(a)) and no answer "empty" came while values surely covered it: each is surely there in
 * the open interval (er, dc), and a chain of strictly overlapping ones leaves no moment of emptiness. A dequeue of unknown outcome may have
 * taken one value that is missed, from its call on; the values that must be gone have deadlines, so sorted sides decide it.
 *
 * O(n log n).
 */
import type { CheckResult } from '../anomaly.ts';
import { AnomalyCollector } from '../anomaly-collector.ts';
import type { Interval } from '../history/interval.ts';
import { HistoryError } from '../history/paired-operations.ts';

export type Enqueue = Interval & { readonly value: string; readonly failed: boolean };
/** `value`: undefined when the outcome is not known, null for the answer "empty". */
export type Dequeue = Interval & { readonly value: string | null | undefined };

export interface FifoHistory {
  readonly queue: string;
  readonly enqueues: readonly Enqueue[];
  readonly dequeues: readonly Dequeue[];
}

/** A value that was surely in the queue. */
interface Held {
  readonly enqueue: Enqueue;
  readonly dequeue: Interval;
}

const never: Interval = { call: Infinity, ret: Infinity, index: -1 };
const checker = 'queue/fifo';

export function checkFifoQueue(history: FifoHistory): CheckResult {
  const found = new AnomalyCollector();
  const held = readContent(history, found);
  const unknown = history.dequeues.filter(({ value }) => value === undefined);
  const empties = history.dequeues.filter(({ value }) => value === null);
  checkOvertaking(history.queue, held, unknown, found);
  // One that may have taken anything at any time leaves no value surely there.
  if (unknown.length === 0) checkEmpties(history.queue, held, empties, found);
  return found.result(
    checker,
    `${history.enqueues.length} enqueues and ${history.dequeues.length} dequeues fit one queue`,
    undefined,
    unknown.length > 0 && empties.length > 0
      ? 'answers "empty" beside dequeues of unknown outcome are not judged here'
      : undefined,
  );
}

function readContent({ queue, enqueues, dequeues }: FifoHistory, found: AnomalyCollector): Held[] {
  const byValue = new Map<string, Enqueue>();
  for (const enqueue of enqueues) {
    if (byValue.has(enqueue.value))
      throw new HistoryError(`operation ${enqueue.index}: "${enqueue.value}" was enqueued before`);
    byValue.set(enqueue.value, enqueue);
  }
  const taken = new Map<string, Dequeue>();
  for (const dequeue of dequeues) {
    const { value, index } = dequeue;
    if (typeof value !== 'string') continue;
    const enqueue = byValue.get(value);
    const before = taken.get(value);
    const add = (name: Parameters<AnomalyCollector['add']>[0]['name'], what: string, also: number[]) =>
      found.add({
        name,
        detail: `${queue}: "${value}" ${what}`,
        queue,
        messages: [value],
        operations: [...also, index].sort((a, b) => a - b),
      });
    if (enqueue === undefined) add('phantom-message', 'came out, but nobody enqueued it', []);
    else if (enqueue.failed)
      add('aborted-read', 'came out, though its enqueue surely failed', [enqueue.index]);
    else if (dequeue.ret < enqueue.call)
      add('future-read', 'came out before its enqueue began', [enqueue.index]);
    else if (before !== undefined) add('duplicate-message', 'came out twice', [before.index]);
    if (before === undefined) taken.set(value, dequeue);
  }
  return enqueues
    .filter((enqueue) => !enqueue.failed && (enqueue.ret !== Infinity || taken.has(enqueue.value)))
    .map((enqueue) => ({ enqueue, dequeue: taken.get(enqueue.value) ?? never }));
}

function checkOvertaking(
  queue: string,
  held: readonly Held[],
  unknown: readonly Dequeue[],
  found: AnomalyCollector,
): void {
  const byReturn = held
    .filter(({ enqueue }) => enqueue.ret !== Infinity)
    .sort((a, b) => a.enqueue.ret - b.enqueue.ret);
  let next = 0;
  /** Of those enqueued before, the one whose dequeue began last; and those that never came out. */
  let latest: Held | undefined;
  for (const later of [...held].sort((a, b) => a.enqueue.call - b.enqueue.call)) {
    for (
      let one = byReturn[next];
      one !== undefined && one.enqueue.ret < later.enqueue.call;
      one = byReturn[next]
    ) {
      next += 1;
      if (one.dequeue === never) continue;
      if (latest === undefined || one.dequeue.call > latest.dequeue.call) latest = one;
    }
    if (latest === undefined || latest.dequeue.call <= later.dequeue.ret) continue;
    const [a, b] = [latest.enqueue.value, later.enqueue.value];
    found.add({
      name: 'fifo-violation',
      detail: `${queue}: "${b}" came out before "${a}" was asked for, though "${a}" was in the queue before "${b}"`,
      queue,
      messages: [a, b],
      operations: [latest.enqueue, later.enqueue, later.dequeue, latest.dequeue]
        .map(({ index }) => index)
        .sort((x, y) => x - y),
    });
  }
  checkMissing(queue, held, unknown, found);
}

/** Values that never came out, though later ones did: each needs a dequeue of unknown outcome, begun in time. */
function checkMissing(
  queue: string,
  held: readonly Held[],
  unknown: readonly Dequeue[],
  found: AnomalyCollector,
): void {
  const byCall = [...held].sort((a, b) => b.enqueue.call - a.enqueue.call);
  const stuck = held
    .filter(({ dequeue, enqueue }) => dequeue === never && enqueue.ret !== Infinity)
    .sort((a, b) => b.enqueue.ret - a.enqueue.ret);
  const due: { readonly held: Held; readonly by: Held; readonly deadline: number }[] = [];
  let next = 0;
  let first: Held | undefined;
  for (const one of stuck) {
    for (
      let later = byCall[next];
      later !== undefined && later.enqueue.call > one.enqueue.ret;
      later = byCall[next]
    ) {
      if (first === undefined || later.dequeue.ret < first.dequeue.ret) first = later;
      next += 1;
    }
    if (first === undefined || first.dequeue.ret === Infinity) continue;
    due.push({ held: one, by: first, deadline: first.dequeue.ret });
  }
  due.sort((a, b) => a.deadline - b.deadline);
  const takers = [...unknown].sort((a, b) => a.call - b.call);
  let taker = 0;
  for (const { held: one, by, deadline } of due) {
    if ((takers[taker]?.call ?? Infinity) <= deadline) {
      taker += 1;
      continue;
    }
    const [a, b] = [one.enqueue.value, by.enqueue.value];
    found.add({
      name: 'lost-message',
      detail: `${queue}: "${a}" never came out, though "${b}", enqueued after it, did`,
      queue,
      messages: [a],
      operations: [one.enqueue.index, by.enqueue.index, by.dequeue.index].sort((x, y) => x - y),
    });
  }
}

function checkEmpties(
  queue: string,
  held: readonly Held[],
  empties: readonly Dequeue[],
  found: AnomalyCollector,
): void {
  const covered: { from: number; to: number; first: Held }[] = [];
  const sure = held.filter(({ enqueue, dequeue }) => enqueue.ret < dequeue.call);
  for (const one of sure.sort((a, b) => a.enqueue.ret - b.enqueue.ret)) {
    const last = covered.at(-1);
    const [from, to] = [one.enqueue.ret, one.dequeue.call];
    if (last !== undefined && from < last.to) last.to = Math.max(last.to, to);
    else covered.push({ from, to, first: one });
  }
  let at = 0;
  for (const empty of [...empties].sort((a, b) => a.call - b.call)) {
    while ((covered[at + 1]?.from ?? Infinity) < empty.call) at += 1;
    const cover = covered[at];
    if (cover === undefined || cover.from >= empty.call || empty.ret >= cover.to) continue;
    const { value, index } = cover.first.enqueue;
    found.add({
      name: 'false-empty',
      detail: `${queue}: an answer "empty", though from "${value}" on the queue was never empty then`,
      queue,
      messages: [value],
      operations: [index, empty.index].sort((x, y) => x - y),
    });
  }
}
