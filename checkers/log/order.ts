/**
 * The four pair rules of an offset log. With A_k the append that owns offset k and every read a claim lo <= end <= hi, a history
 * (whose content is sound) is linearizable iff no pair breaks a rule and the offsets nobody owns can be filled (gaps.ts):
 *
 *   offset-inversion    a later offset was complete before A_k was invoked
 *   future-read         a reader already relied on offset k before A_k was invoked
 *   lost-ack-write, stale-read    a read that began after an append was complete does not see it
 *   non-monotonic-read  a read that began after another one had ended sees less
 *
 * Intervals are closed: what ends at t and what begins at t are concurrent.
 */
import type { AnomalyCollector } from '../anomaly-collector.ts';
import type { Content, TailClaim } from './content.ts';

export interface Deadlines {
  /** By offset: when the chain was complete at or above it, and by which operation. */
  readonly appendRet: Float64Array;
  readonly appendIndex: Int32Array;
  /** By offset: when a read that relied on it had ended, and which. */
  readonly readRet: Float64Array;
  readonly readIndex: Int32Array;
}

/** Suffix minima over the chain of offsets 0..length-1. */
export function deadlines(content: Content): Deadlines {
  const { length } = content;
  const appendRet = new Float64Array(length + 1).fill(Infinity);
  const appendIndex = new Int32Array(length + 1).fill(-1);
  const readRet = new Float64Array(length + 1).fill(Infinity);
  const readIndex = new Int32Array(length + 1).fill(-1);
  for (const [offset, owner] of content.owners) {
    appendRet[offset] = owner.ret;
    appendIndex[offset] = owner.index;
  }
  for (const claim of content.claims) {
    const last = Math.min(claim.lo, length) - 1;
    if (last < 0 || claim.ret >= (readRet[last] ?? Infinity)) continue;
    readRet[last] = claim.ret;
    readIndex[last] = claim.index;
  }
  suffixMinimum(appendRet, appendIndex, length);
  suffixMinimum(readRet, readIndex, length);
  return { appendRet, appendIndex, readRet, readIndex };
}

function suffixMinimum(times: Float64Array, indices: Int32Array, length: number): void {
  for (let offset = length - 2; offset >= 0; offset -= 1) {
    const above = times[offset + 1] ?? Infinity;
    if (above >= (times[offset] ?? Infinity)) continue;
    times[offset] = above;
    indices[offset] = indices[offset + 1] ?? -1;
  }
}

export function checkAppendOrder(
  queue: string,
  content: Content,
  due: Deadlines,
  found: AnomalyCollector,
): void {
  for (const [offset, owner] of content.owners) {
    const later = due.appendRet[offset + 1] ?? Infinity;
    if (later < owner.call) {
      const detail = `${queue}: "${owner.message}" got offset ${offset}, though a later offset was acknowledged before it was sent`;
      const operations = [due.appendIndex[offset + 1] ?? -1, owner.index];
      found.add({ name: 'offset-inversion', detail, queue, messages: [owner.message], operations });
    }
    if ((due.readRet[offset] ?? Infinity) < owner.call) {
      const detail = `${queue}: a reader had relied on offset ${offset} before its message "${owner.message}" was sent`;
      const operations = [due.readIndex[offset] ?? -1, owner.index];
      found.add({ name: 'future-read', detail, queue, messages: [owner.message], operations });
    }
  }
}

interface Seen {
  readonly end: number;
  readonly time: number;
  readonly index: number;
}

/** Sweeps the claims with an upper bound by their call, beside the completions before it. */
export function checkReadOrder(queue: string, content: Content, found: AnomalyCollector): void {
  const appended = [...content.owners].map(([offset, owner]) => ({
    end: offset + 1,
    time: owner.ret,
    index: owner.index,
  }));
  const read = content.claims.map((claim) => ({ end: claim.lo, time: claim.ret, index: claim.index }));
  const appends = new Sweep(appended);
  const reads = new Sweep(read);
  const laterSight = new LaterSight(read);
  // A thousand reads that miss one message are one lost message; each stale read is one of its own.
  const lostMessages = new Set<number>();
  const bounded = content.claims.filter((claim) => claim.hi !== Infinity).sort((a, b) => a.call - b.call);
  for (const claim of bounded) {
    const complete = appends.before(claim.call);
    if (complete !== undefined && claim.hi < complete.end) {
      const lost = laterSight.highestFrom(claim.call) < complete.end;
      if (!lost || !lostMessages.has(complete.end)) found.add(missed(queue, content, claim, complete, lost));
      if (lost) lostMessages.add(complete.end);
    }
    const known = reads.before(claim.call);
    if (known !== undefined && claim.hi < known.end) {
      const detail = `${queue}: a read sees ${claim.hi} messages after an earlier one had seen ${known.end}`;
      found.add({ name: 'non-monotonic-read', detail, queue, operations: [known.index, claim.index] });
    }
  }
}

function missed(queue: string, content: Content, claim: TailClaim, complete: Seen, lost: boolean) {
  const message = content.owners.get(complete.end - 1)?.message ?? '';
  const end = lost ? 'and nobody ever sees it again' : 'though it is seen later';
  return {
    name: lost ? ('lost-ack-write' as const) : ('stale-read' as const),
    detail: `${queue}: "${message}" was acknowledged at offset ${complete.end - 1}; a read after that sees only ${claim.hi} messages, ${end}`,
    queue,
    messages: [message],
    operations: [complete.index, claim.index],
  };
}

/** The largest end among what was complete strictly before a moment; moments are asked for in order. */
class Sweep {
  readonly #events: readonly Seen[];
  #next = 0;
  #best: Seen | undefined;

  constructor(events: readonly Seen[]) {
    this.#events = [...events].sort((a, b) => a.time - b.time);
  }

  before(time: number): Seen | undefined {
    for (;;) {
      const event = this.#events[this.#next];
      if (event === undefined || event.time >= time) return this.#best;
      if (this.#best === undefined || event.end > this.#best.end) this.#best = event;
      this.#next += 1;
    }
  }
}

/** The largest end that any read sees which ends at or after a moment. */
class LaterSight {
  readonly #times: readonly number[];
  readonly #highest: readonly number[];

  constructor(events: readonly Seen[]) {
    const byTime = [...events].sort((a, b) => a.time - b.time);
    const highest = byTime.map((event) => event.end);
    for (let at = highest.length - 2; at >= 0; at -= 1) {
      highest[at] = Math.max(highest[at] ?? 0, highest[at + 1] ?? 0);
    }
    this.#times = byTime.map((event) => event.time);
    this.#highest = highest;
  }

  highestFrom(time: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Infinity) < time) low = middle + 1;
      else high = middle;
    }
    return this.#highest[low] ?? 0;
  }
}
