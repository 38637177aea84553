/** Which message owns which offset, and what is wrong with that before any question of order. */
import type { AnomalyCollector } from '../anomaly-collector.ts';
import type { Append, LogHistory } from './log-history.ts';

/** The append that owns an offset. */
export interface Owner {
  readonly message: string;
  /** The weakest interval where several messages claim the offset. */
  readonly call: number;
  readonly ret: number;
  readonly index: number;
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

/** Adds phantom-message, aborted-read, duplicate-message, offset-divergence, pull-skip and pull-reorder to `found`. */
export function readContent(history: LogHistory, found: AnomalyCollector): Content {
  return new ContentReader(history, found).read();
}

class ContentReader {
  readonly #history: LogHistory;
  readonly #found: AnomalyCollector;
  readonly #byMessage = new Map<string, Append>();
  readonly #offsetOf = new Map<string, number>();
  readonly #owners = new Map<number, Owner>();
  readonly #complained = new Set<string>();
  #length = 0;

  constructor(history: LogHistory, found: AnomalyCollector) {
    this.#history = history;
    this.#found = found;
  }

  read(): Content {
    for (const append of this.#history.appends) this.#byMessage.set(append.message, append);
    for (const append of this.#history.appends) {
      if (append.offset !== undefined) this.#own(append.offset, append, append.index);
    }
    const claims: TailClaim[] = [];
    for (const read of this.#history.reads) {
      const { call, ret, index } = read;
      if (read.kind === 'max-offset') {
        this.#length = Math.max(this.#length, read.offset);
        claims.push({ lo: read.offset, hi: read.offset, call, ret, index });
      } else if (read.messages.length === 0) claims.push({ lo: 0, hi: read.from, call, ret, index });
      else
        claims.push({ lo: this.#readBatch(read.from, read.messages, index), hi: Infinity, call, ret, index });
    }
    const unseen = this.#history.appends.filter(
      (append) => append.ret === Infinity && !this.#offsetOf.has(append.message),
    );
    return { owners: this.#owners, claims, unseen, length: this.#length };
  }

  /** Returns one more than the last offset that was really read. */
  #readBatch(from: number, messages: readonly (readonly [number, string])[], index: number): number {
    let lo = 0;
    let expected = from;
    for (const [offset, message] of messages) {
      if (offset > expected) {
        this.#add('pull-skip', index, `a pull from ${from} jumps over ${expected} to ${offset}`, message, [
          index,
        ]);
      } else if (offset < expected) {
        this.#add(
          'pull-reorder',
          index,
          `a pull from ${from} goes back to ${offset} after ${expected - 1}`,
          message,
          [index],
        );
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
    const elsewhere = this.#offsetOf.get(message);
    if (elsewhere !== undefined && elsewhere !== offset) {
      const detail = `"${message}" is at offset ${elsewhere} and at offset ${offset}`;
      this.#add('duplicate-message', message, detail, message, [append.index, seenBy]);
      return false;
    }
    this.#offsetOf.set(message, offset);
    const owner = this.#owners.get(offset);
    if (owner === undefined) {
      this.#owners.set(offset, { message, call: append.call, ret: append.ret, index: append.index });
    } else if (owner.message !== message) {
      const detail = `offset ${offset} holds "${owner.message}" and "${message}"`;
      this.#add('offset-divergence', `${offset} ${message}`, detail, message, [
        owner.index,
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

  /** Once per name and subject: a wrong message that a thousand pulls return is one anomaly. */
  #add(
    name:
      | 'phantom-message'
      | 'aborted-read'
      | 'duplicate-message'
      | 'offset-divergence'
      | 'pull-skip'
      | 'pull-reorder',
    subject: string | number,
    detail: string,
    message: string,
    operations: readonly number[],
  ): void {
    const key = `${name} ${subject}`;
    if (this.#complained.has(key)) return;
    this.#complained.add(key);
    const { queue } = this.#history;
    const inOrder = [...new Set(operations)].sort((a, b) => a - b);
    this.#found.add({ name, detail: `${queue}: ${detail}`, queue, messages: [message], operations: inOrder });
  }
}
