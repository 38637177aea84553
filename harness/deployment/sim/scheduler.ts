/** Virtual time: what happens next, one event per turn of the real event loop. */
import assert from 'node:assert/strict';
import { Digest } from './digest.ts';
import { type EventOwner, SimEvent, type SimEventKind, SimEventQueue } from './sim-event.ts';
import type { WorldEvent, WorldWatch } from './world-watch.ts';

const kindNumbers: Readonly<Record<SimEventKind, number>> = {
  timer: 1,
  soon: 2,
  listen: 3,
  connect: 4,
  accept: 5,
  arrive: 6,
  drain: 7,
  close: 8,
  disk: 9,
};

const turnsPerPoll = 64;

export class Scheduler {
  /** Microseconds, whole: equal times are exactly equal. */
  nowUs = 0;
  readonly digest = new Digest();
  /** Events that happened so far. */
  happened = 0;
  /** Nobody watches an ordinary run. */
  watch: WorldWatch | undefined;
  readonly #queue = new SimEventQueue();
  #sequence = 0;
  #failure: { error: unknown } | undefined;
  #running = false;
  readonly #salt: number;

  constructor(salt: number) {
    this.#salt = salt;
  }

  schedule(owner: EventOwner | undefined, kind: SimEventKind, delayUs: number, fire: () => void): SimEvent {
    const timeUs = this.nowUs + delayUs;
    const event = new SimEvent(timeUs, this.#lot(timeUs, owner), this.#sequence++, owner, kind, fire);
    if (owner === undefined || owner.alive) this.#queue.add(event);
    else event.cancel();
    return event;
  }

  /** An event that waited in a stopped process happens now, behind what is due now. */
  reschedule(event: SimEvent): void {
    event.timeUs = this.nowUs;
    event.lot = this.#lot(event.timeUs, event.owner);
    event.sequence = this.#sequence++;
    this.#queue.add(event);
  }

  /** The clock of a machine goes at another rate: what its timers still wait for takes so many times as long. */
  stretchTimers(ownerId: number, factor: number): void {
    for (const event of this.#queue.all()) {
      if (event.owner?.ownerId !== ownerId || event.kind !== 'timer' || event.fire === undefined) continue;
      // One more, so that no rounding lets it fire early.
      event.timeUs += Math.ceil((event.timeUs - this.nowUs) * (factor - 1)) + 1;
      event.lot = this.#lot(event.timeUs, event.owner);
    }
    this.#queue.reorder();
  }

  /** For who watches. */
  note(kind: WorldEvent['kind'], node: string, what: string, to?: string): void {
    this.watch?.({ time: this.nowUs / 1000, kind, node, what, ...(to === undefined ? {} : { to }) });
  }

  /** What `advance` rejects with as soon as the present event is over; the first one counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** What is still to happen, for reports. */
  pending(): readonly SimEvent[] {
    return this.#queue
      .all()
      .filter((event) => event.fire !== undefined && event.owner?.alive !== false)
      .sort(
        (left, right) => left.timeUs - right.timeUs || left.lot - right.lot || left.sequence - right.sequence,
      );
  }

  /**
   * Lets time go on until `until` holds (it is asked before the first event and after each) or until nothing is left to happen by
   * `limitUs`; then it is `limitUs`. Rejects with what `fail` was told, and with promise rejections nobody handled.
   */
  advance(until: () => boolean, limitUs: number): Promise<'until' | 'limit'> {
    assert(!this.#running, 'the world runs already: await the first run before the second');
    this.#running = true;
    const unhandled = (reason: unknown): void => this.fail(reason);
    process.on('unhandledRejection', unhandled);
    return new Promise<'until' | 'limit'>((resolve, reject) => {
      let isOver = false;
      let turnsLeft = 0;
      const turn = (): void => {
        if (isOver) return;
        turnsLeft--;
        try {
          const outcome = this.#turn(until, limitUs);
          if (outcome === undefined) {
            if (turnsLeft === 0) planTurns();
            return;
          }
          isOver = true;
          resolve(outcome);
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      // Between two immediates Node runs all promise reactions and reports rejections nobody handled: that is the turn an event needs, and it
      // comes before each look at the world, the first one included. Many at once, since each poll of the real world costs more than an event.
      const planTurns = (): void => {
        turnsLeft = turnsPerPoll;
        for (let i = 0; i < turnsPerPoll; i++) setImmediate(turn);
      };
      planTurns();
    }).finally(() => {
      this.#running = false;
      process.off('unhandledRejection', unhandled);
    });
  }

  #turn(until: () => boolean, limitUs: number): 'until' | 'limit' | undefined {
    if (this.#failure !== undefined) {
      const { error } = this.#failure;
      this.#failure = undefined;
      throw error;
    }
    if (until()) return 'until';
    for (;;) {
      const event = this.#queue.first();
      if (event === undefined || event.timeUs > limitUs) {
        this.nowUs = Math.max(this.nowUs, limitUs);
        return 'limit';
      }
      this.#queue.takeFirst();
      if (this.#happen(event)) return undefined;
    }
  }

  /** A hash, not a draw: the lot of one event moves no other's. */
  #lot(timeUs: number, owner: EventOwner | undefined): number {
    const mixed =
      Math.imul((timeUs | 0) ^ this.#salt, 0x85ebca6b) ^ Math.imul((owner?.ownerId ?? 0) + 1, 0x9e3779b1);
    return Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35) >>> 0;
  }

  /** False when nothing ran: then no promise reaction can be waiting either. */
  #happen(event: SimEvent): boolean {
    const { owner, fire } = event;
    if (fire === undefined || (owner !== undefined && !owner.alive)) return false;
    this.nowUs = event.timeUs;
    if (owner?.paused) {
      owner.defer(event);
      return false;
    }
    event.fire = undefined;
    this.happened++;
    if (this.watch !== undefined && event.kind === 'timer') this.note('timer', owner?.name ?? '', 'fired');
    this.digest.number(event.timeUs);
    this.digest.number(kindNumbers[event.kind] * 1024 + (owner?.ownerId ?? 0));
    try {
      fire();
    } catch (error) {
      if (owner === undefined) throw error;
      owner.uncaught(error);
    }
    return true;
  }
}
