/** Which message owns which offset, and what is wrong with that before any question of order. */
import type { AnomalyCollector } from '../anomaly-collector.ts';
import { HistoryError } from '../history/paired-operations.ts';
import type { Append, Batch, LogHistory } from './log-history.ts';

/**
 * An offset this far above the number of messages ever sent stands in no chain worth walking: it is a gap, and is not looked at further.
 * Below it chains are exact.
 */
const implausibleAbove = 10_000;

/** The append that owns an offset. */
export interface Owner {
  readonly message: string;
  /** The weakest interval where several messages claim the offset. */
  readonly call: number;
  readonly ret: number;
  readonly index: number;
  /** The operation that first showed the message there: the append itself where it was acknowledged. */
  readonly seenBy: number;
}

/** A read as a claim about the end of the log: lo <= end <= hi. */
export interface TailClaim {
  readonly lo: number;
  readonly hi: number;
  readonly call: number;
  readonly ret: number;
  readonly index: number;
}

export interface Content {
  readonly owners: ReadonlyMap<number, Owner>;
  readonly claims: readonly TailClaim[];
  /** Appends of unknown outcome that nobody ever saw. */
  readonly unseen: readonly Append[];
  /** Offsets below this exist: one more than the largest that is owned or counted. */
  readonly length: number;
}

/** Adds phantom-message, aborted-read, duplicate-message, offset-divergence, pull-skip, pull-reorder and absurd offsets as gap to `found`. */
export function readContent(history: LogHistory, found: AnomalyCollector): Content {
  return new ContentReader(history, found).read();
}

class ContentReader {
  readonly #history: LogHistory;
  readonly #found: AnomalyCollector;
  readonly #byMessage = new Map<string, Append>();
  readonly #firstSeen = new Map<string, { readonly offset: number; readonly seenBy: number }>();
  readonly #owners = new Map<number, Owner>();
  readonly #complained = new Set<string>();
  readonly #plausibleEnd: number;
  #length = 0;

  constructor(history: LogHistory, found: AnomalyCollector) {
    this.#history = history;
    this.#found = found;
    this.#plausibleEnd = history.appends.length + implausibleAbove;
  }

  read(): Content {
    for (const append of this.#history.appends) {
      const { message, index } = append;
      const other = this.#byMessage.get(message);
      if (other !== undefined)
        throw new HistoryError(`operations ${other.index} and ${index} both send "${message}"`);
      this.#byMessage.set(message, append);
    }
    for (const append of this.#history.appends) {
      if (append.offset !== undefined) this.#own(append.offset, append, append.index);
    }
    const claims: TailClaim[] = [];
    for (const read of this.#history.reads) {
      const { call, ret, index } = read;
      if (read.kind === 'max-offset') {
        if (this.#isPlausible(read.offset, index)) this.#length = Math.max(this.#length, read.offset);
        claims.push({ lo: read.offset, hi: read.offset, call, ret, index });
      } else if (read.batch.messages.length === 0)
        claims.push({ lo: 0, hi: read.batch.from, call, ret, index });
      else claims.push({ lo: this.#readBatch(read.batch, index), hi: Infinity, call, ret, index });
    }
    const unseen = this.#history.appends.filter(
      (append) => append.ret === Infinity && !this.#firstSeen.has(append.message),
    );
    return { owners: this.#owners, claims, unseen, length: this.#length };
  }

  /** Returns one more than the last offset that was really read. */
  #readBatch({ from, messages, offsets }: Batch, index: number): number {
    let lo = 0;
    let expected = from;
    for (const [at, message] of messages.entries()) {
      const offset = offsets?.[at] ?? from + at;
      if (offset > expected) {
        const detail = `a pull from ${from} jumps over ${expected} to ${offset}`;
        this.#add('pull-skip', index, detail, message, [index]);
      } else if (offset < expected) {
        const where = at === 0 ? 'begins before it, at' : `after ${expected - 1} goes back to`;
        const detail = `a pull from ${from} ${where} ${offset}`;
        this.#add('pull-reorder', index, detail, message, [index]);
      }
      expected = offset + 1;
      if (this.#readPair(offset, message, index)) lo = Math.max(lo, offset + 1);
    }
    return lo;
  }

  #readPair(offset: number, message: string, index: number): boolean {
    const append = this.#byMessage.get(message);
    if (append === undefined) {
      this.#add(
        'phantom-message',
        message,
        `offset ${offset} holds "${message}", which nobody sent`,
        message,
        [index],
      );
      return false;
    }
    if (append.failed) {
      const detail = `offset ${offset} holds "${message}", whose send was refused for certain`;
      this.#add('aborted-read', message, detail, message, [append.index, index]);
      return false;
    }
    return this.#own(offset, append, index);
  }

  #own(offset: number, append: Append, seenBy: number): boolean {
    const { message } = append;
    if (!this.#isPlausible(offset, seenBy)) return false;
    const first = this.#firstSeen.get(message);
    if (first !== undefined && first.offset !== offset) {
      const detail = `"${message}" is at offset ${first.offset} and at offset ${offset}`;
      this.#add('duplicate-message', message, detail, message, [append.index, first.seenBy, seenBy]);
      return false;
    }
    if (first === undefined) this.#firstSeen.set(message, { offset, seenBy });
    const owner = this.#owners.get(offset);
    if (owner === undefined) {
      const { call, ret, index } = append;
      this.#owners.set(offset, { message, call, ret, index, seenBy });
    } else if (owner.message !== message) {
      const detail = `offset ${offset} holds "${owner.message}" and "${message}"`;
      this.#add('offset-divergence', `${offset} ${message}`, detail, message, [
        owner.index,
        owner.seenBy,
        append.index,
        seenBy,
      ]);
      this.#owners.set(offset, {
        ...owner,
        call: Math.min(owner.call, append.call),
        ret: Math.max(owner.ret, append.ret),
      });
    }
    this.#length = Math.max(this.#length, offset + 1);
    return true;
  }

  #isPlausible(offset: number, index: number): boolean {
    if (offset <= this.#plausibleEnd) return true;
    const sent = this.#history.appends.length;
    const detail = `offset ${offset} is spoken of, but only ${sent} messages were ever sent`;
    this.#add('gap', 'implausible', detail, undefined, [index]);
    return false;
  }

  /** Once per name and subject: a wrong message that a thousand pulls return is one anomaly. */
  #add(
    name:
      | 'phantom-message'
      | 'aborted-read'
      | 'duplicate-message'
      | 'offset-divergence'
      | 'pull-skip'
      | 'pull-reorder'
      | 'gap',
    subject: string | number,
    detail: string,
    message: string | undefined,
    operations: readonly number[],
  ): void {
    const key = `${name} ${subject}`;
    if (this.#complained.has(key)) return;
    this.#complained.add(key);
    const { queue } = this.#history;
    const inOrder = [...new Set(operations)].sort((a, b) => a - b);
    const messages = message === undefined ? {} : { messages: [message] };
    this.#found.add({ name, detail: `${queue}: ${detail}`, queue, ...messages, operations: inOrder });
  }
}
