/** Writes that are appended and wait until confirmOffset reaches them. First in, first answered. Pure; no promise per message. */

export type WriteOutcome = 'ok' | 'timeout' | 'not-enough-replicas' | 'role-changed';
export type WriteDone = (outcome: WriteOutcome) => void;

interface Waiting {
  readonly nextOffset: number;
  readonly deadlineMs: number;
  done: WriteDone | undefined;
}

const compactAt = 1024;

export class WaitingWrites {
  readonly #countMax: number;
  #queue: Waiting[] = [];
  #head = 0;
  #lastOffset = 0;
  #earliestDeadlineMs = Number.POSITIVE_INFINITY;
  #open = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Writes without an answer. */
  count(): number {
    return this.#open;
  }

  /** False when the queue is full; `done` is not called then. */
  add(nextOffset: number, deadlineMs: number, done: WriteDone): boolean {
    if (this.#open >= this.#countMax) return false;
    // One that comes out of order waits for those before it: later than needed, never too early.
    this.#lastOffset = Math.max(this.#lastOffset, nextOffset);
    this.#queue.push({ nextOffset: this.#lastOffset, deadlineMs, done });
    this.#open += 1;
    if (deadlineMs < this.#earliestDeadlineMs) this.#earliestDeadlineMs = deadlineMs;
    return true;
  }

  /** Answers all up to `offset`, in the order they came. */
  complete(offset: number): void {
    for (;;) {
      const first = this.#queue[this.#head];
      if (first === undefined || first.nextOffset > offset) break;
      this.#head += 1;
      this.#answer(first, 'ok');
    }
    this.#compact();
  }

  /** Answers those whose time is over. Cheap while none is. */
  expire(nowMs: number, outcome: WriteOutcome): void {
    if (nowMs < this.#earliestDeadlineMs) return;
    const due: Waiting[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = this.#head; index < this.#queue.length; index += 1) {
      const waiting = this.#queue[index];
      if (waiting?.done === undefined) continue;
      if (waiting.deadlineMs <= nowMs) due.push(waiting);
      else if (waiting.deadlineMs < earliest) earliest = waiting.deadlineMs;
    }
    this.#earliestDeadlineMs = earliest;
    for (const waiting of due) this.#answer(waiting, outcome);
  }

  /** The end of the epoch: nobody can say any more whether these will last. */
  drop(): void {
    const queue = this.#queue;
    const head = this.#head;
    this.#queue = [];
    this.#head = 0;
    for (let index = head; index < queue.length; index += 1) {
      const waiting = queue[index];
      if (waiting !== undefined) this.#answer(waiting, 'role-changed');
    }
  }

  #answer(waiting: Waiting, outcome: WriteOutcome): void {
    const done = waiting.done;
    if (done === undefined) return;
    waiting.done = undefined;
    this.#open -= 1;
    done(outcome);
  }

  #compact(): void {
    if (this.#head === this.#queue.length) {
      this.#queue = [];
      this.#head = 0;
    } else if (this.#head >= compactAt && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
