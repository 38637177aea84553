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
  /** How far off the wall clock was before and after each time it was set; straight lines lie between. */
  readonly readings: { readonly atUs: number; readonly offsetMs: number }[] = [];
  readonly #scheduler: Scheduler;
  /** So that nobody compares the monotonic clocks of two hosts. */
  readonly #bootOffsetUs: number;
  #offsetMs = 0;
  #driftPpm = 0;
  #driftSinceUs = 0;
  #ratePpm = 0;
  #rateSinceUs = 0;
  /** What the clock had gained until the present rate began. */
  #gainedUs = 0;
  readonly #ownerId: number;

  /** `ownerId`: of the lives whose timers follow this clock. */
  constructor(scheduler: Scheduler, ownerId: number, bootOffsetUs: number) {
    this.#scheduler = scheduler;
    this.#ownerId = ownerId;
    this.#bootOffsetUs = bootOffsetUs;
  }

  monotonicMs(): number {
    return (this.#scheduler.nowUs + this.#bootOffsetUs + this.#gained()) / 1000;
  }

  wallMs(): number {
    return Math.floor(epochStartMs + this.#scheduler.nowUs / 1000 + this.wallOffsetMs());
  }

  /** How far the wall clock is from the truth. */
  wallOffsetMs(): number {
    const driftMs = ((this.#scheduler.nowUs - this.#driftSinceUs) / 1000) * (this.#driftPpm / 1e6);
    return this.#offsetMs + driftMs + this.#gained() / 1000;
  }

  /** The wall clock jumps to so far from the truth. */
  setWallOffset(offsetMs: number): void {
    this.#note();
    this.#offsetMs = offsetMs - this.#gained() / 1000;
    this.#driftSinceUs = this.#scheduler.nowUs;
    this.#note();
  }

  /** From now on the wall clock gains so many microseconds per second. */
  setWallDrift(driftPpm: number): void {
    this.setWallOffset(this.wallOffsetMs());
    this.#driftPpm = driftPpm;
  }

  /** From now on the machine's oscillator, and with it all its clocks and timers, gains so many microseconds per second. */
  setRate(ratePpm: number): void {
    assert(Math.abs(ratePpm) <= 500_000, `a clock gains or loses up to 500000 ppm, not ${ratePpm}`);
    this.#note();
    const before = 1 + this.#ratePpm / 1e6;
    this.#gainedUs = this.#gained();
    this.#rateSinceUs = this.#scheduler.nowUs;
    this.#ratePpm = ratePpm;
    this.#scheduler.stretchTimers(this.#ownerId, before / (1 + ratePpm / 1e6));
  }

  /** How long so much time of this clock really takes. */
  trueUs(us: number): number {
    return this.#ratePpm === 0 ? us : Math.ceil(us / (1 + this.#ratePpm / 1e6)) + 1;
  }

  #note(): void {
    this.readings.push({ atUs: this.#scheduler.nowUs, offsetMs: this.wallOffsetMs() });
  }

  #gained(): number {
    if (this.#ratePpm === 0) return this.#gainedUs;
    return this.#gainedUs + (this.#scheduler.nowUs - this.#rateSinceUs) * (this.#ratePpm / 1e6);
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
    return this.#scheduler.schedule(this.#life, 'timer', this.#host.trueUs(delayUs), fire);
  }

  soon(fire: () => void): void {
    this.#scheduler.schedule(this.#life, 'soon', 0, fire);
  }
}
