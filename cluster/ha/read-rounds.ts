/**
 * The read round of guarantee G5: proof, without a clock, that no successor had acknowledged anything when the reads of the round arrived.
 * Every member of the ack set must say, after that, that it still follows this masterEpoch. One round at a time, one batch behind it. Pure.
 */

export type ReadDone = (ok: boolean) => void;

interface WaitingRead {
  readonly deadlineMs: number;
  readonly done: ReadDone;
}

interface Round {
  readonly id: number;
  readonly pongs: Set<number>;
  reads: WaitingRead[];
}

export class ReadRounds {
  readonly #selfBrokerId: number;
  #lastId = 0;
  #round: Round | undefined;
  #next: WaitingRead[] = [];

  constructor(selfBrokerId: number) {
    this.#selfBrokerId = selfBrokerId;
  }

  add(deadlineMs: number, done: ReadDone): void {
    this.#next.push({ deadlineMs, done });
  }

  /** Begins a round with all that wait, when none is under way; returns its id: the pings go out now. */
  begin(): number | undefined {
    if (this.#round !== undefined || this.#next.length === 0) return undefined;
    this.#lastId += 1;
    this.#round = { id: this.#lastId, pongs: new Set(), reads: this.#next };
    this.#next = [];
    return this.#lastId;
  }

  /** The round that a replica which just connected must be asked in, too. */
  currentId(): number | undefined {
    return this.#round?.id;
  }

  /** An answer to an older round proves nothing about this one. */
  pong(brokerId: number, roundId: number): void {
    if (this.#round?.id === roundId) this.#round.pongs.add(brokerId);
  }

  /** Answers the round when all others of `ackSet` have spoken. True when it ended: the next may begin. */
  settle(ackSet: ReadonlySet<number>): boolean {
    const round = this.#round;
    if (round === undefined) return false;
    for (const brokerId of ackSet) {
      if (brokerId !== this.#selfBrokerId && !round.pongs.has(brokerId)) return false;
    }
    this.#round = undefined;
    for (const read of round.reads) read.done(true);
    return true;
  }

  /** True when the round ended because nobody waits for it any more. */
  expire(nowMs: number): boolean {
    const due: WaitingRead[] = [];
    const keep = (reads: WaitingRead[]) =>
      reads.filter((read) => {
        if (read.deadlineMs > nowMs) return true;
        due.push(read);
        return false;
      });
    this.#next = keep(this.#next);
    let ended = false;
    if (this.#round !== undefined) {
      this.#round.reads = keep(this.#round.reads);
      ended = this.#round.reads.length === 0;
      if (ended) this.#round = undefined;
    }
    for (const read of due) read.done(false);
    return ended;
  }

  /** The end of the epoch. */
  drop(): void {
    const reads = [...(this.#round?.reads ?? []), ...this.#next];
    this.#round = undefined;
    this.#next = [];
    for (const read of reads) read.done(false);
  }
}
