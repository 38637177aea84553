/** A host's clocks and timers, driven by virtual time. */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../../../cluster/runtime/clock.ts';
import type { Scheduler } from './scheduler.ts';
import type { EventOwner } from './sim-event.ts';
import type { SimRandom } from './sim-random.ts';

/** 2023-11-14: virtual time 0 on a clock that is right. */
const epochStartMs = 1_700_000_000_000;

/** What the host's hardware says; it goes on between lives. */
export class HostClock {
  readonly #scheduler: Scheduler;
  /** So that nobody compares the monotonic clocks of two hosts. */
  readonly #bootOffsetUs: number;
  #offsetMs = 0;
  #driftPpm = 0;
  #driftSinceUs = 0;

  constructor(scheduler: Scheduler, bootOffsetUs: number) {
    this.#scheduler = scheduler;
    this.#bootOffsetUs = bootOffsetUs;
  }

  monotonicMs(): number {
    return (this.#scheduler.nowUs + this.#bootOffsetUs) / 1000;
  }

  wallMs(): number {
    return Math.floor(epochStartMs + this.#scheduler.nowUs / 1000 + this.wallOffsetMs());
  }

  /** How far the wall clock is from the truth. */
  wallOffsetMs(): number {
    return this.#offsetMs + ((this.#scheduler.nowUs - this.#driftSinceUs) / 1000) * (this.#driftPpm / 1e6);
  }

  /** The wall clock jumps to so far from the truth. */
  setWallOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
    this.#driftSinceUs = this.#scheduler.nowUs;
  }

  /** From now on the wall clock gains so many microseconds per second. */
  setWallDrift(driftPpm: number): void {
    this.setWallOffset(this.wallOffsetMs());
    this.#driftPpm = driftPpm;
  }
}

/** A timer fires up to so much later than asked. */
const latenessUsMax = 400;

export class SimClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #life: EventOwner;
  readonly #host: HostClock;
  readonly #random: SimRandom;

  constructor(scheduler: Scheduler, life: EventOwner, host: HostClock, random: SimRandom) {
    this.#scheduler = scheduler;
    this.#life = life;
    this.#host = host;
    this.#random = random;
  }

  wallMs(): number {
    return this.#host.wallMs();
  }

  monotonicMs(): number {
    return this.#host.monotonicMs();
  }

  after(delayMs: number, fire: () => void): Timer {
    assert(Number.isFinite(delayMs), `a timer's delay is a number of milliseconds, this one is ${delayMs}`);
    const delayUs = Math.ceil(Math.max(0, delayMs) * 1000) + this.#random.below(latenessUsMax + 1);
    return this.#scheduler.schedule(this.#life, 'timer', delayUs, fire);
  }

  soon(fire: () => void): void {
    this.#scheduler.schedule(this.#life, 'soon', 0, fire);
  }
}
