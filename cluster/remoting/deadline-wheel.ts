/** Deadlines of many requests under one timer; adding and removing cost a few assignments. */
import type { Clock, Timer } from '../runtime/clock.ts';

const tickMs = 8;
const slotCount = 1024;

/** One deadline. A class so that a request can be its own entry: no allocation besides it. */
export abstract class WheelEntry {
  /** For DeadlineWheel alone. */
  deadlineTick = 0;
  wheelSlot: WheelEntry[] | undefined;
  wheelIndex = 0;
  abstract expire(): void;
}

export class DeadlineWheel {
  readonly #clock: Clock;
  /** Made when they are first used: many clients have a handful of deadlines in their lives. */
  readonly #slots = new Array<WheelEntry[] | undefined>(slotCount).fill(undefined);
  #count = 0;
  /** Every slot before this tick has been swept. */
  #sweptTick: number;
  #timer: Timer | undefined;
  #timerTick = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sweptTick = Math.floor(clock.monotonicMs() / tickMs);
  }

  get size(): number {
    return this.#count;
  }

  /** Calls `entry.expire` once, no earlier than `delayMs` from now, unless it is removed before. */
  add(entry: WheelEntry, delayMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#count === 0) this.#sweptTick = Math.floor(nowMs / tickMs);
    entry.deadlineTick = Math.max(Math.ceil((nowMs + delayMs) / tickMs), this.#sweptTick + 1);
    const slot = this.#slotOf(entry.deadlineTick);
    entry.wheelSlot = slot;
    entry.wheelIndex = slot.length;
    slot.push(entry);
    this.#count++;
    if (this.#timer === undefined || entry.deadlineTick < this.#timerTick)
      this.#arm(entry.deadlineTick, nowMs);
  }

  /** Idempotent. */
  remove(entry: WheelEntry): void {
    const slot = entry.wheelSlot;
    if (slot === undefined) return;
    entry.wheelSlot = undefined;
    const last = slot.pop();
    if (last !== undefined && last !== entry) {
      slot[entry.wheelIndex] = last;
      last.wheelIndex = entry.wheelIndex;
    }
    this.#count--;
  }

  /** Forgets all entries without a call. */
  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#count === 0) return;
    for (const slot of this.#slots) {
      for (const entry of slot?.splice(0) ?? []) entry.wheelSlot = undefined;
    }
    this.#count = 0;
  }

  #slotOf(tick: number): WheelEntry[] {
    const place = tick % slotCount;
    let slot = this.#slots[place];
    if (slot === undefined) {
      slot = [];
      this.#slots[place] = slot;
    }
    return slot;
  }

  #arm(tick: number, nowMs: number): void {
    this.#timer?.cancel();
    this.#timerTick = tick;
    this.#timer = this.#clock.after(Math.max(0, tick * tickMs - nowMs), () => {
      // Answers that arrived while this process was stopped are read before their requests expire.
      this.#clock.soon(() => this.#sweep());
    });
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    const nowTick = Math.floor(nowMs / tickMs);
    const from = Math.max(this.#sweptTick + 1, nowTick - slotCount + 1);
    const due: WheelEntry[] = [];
    for (let tick = from; tick <= nowTick; tick++) {
      for (const entry of this.#slots[tick % slotCount] ?? []) {
        if (entry.deadlineTick <= nowTick) due.push(entry);
      }
    }
    this.#sweptTick = Math.max(this.#sweptTick, nowTick);
    this.#timer = undefined;
    // The order of their deadlines, whatever slot they lay in.
    due.sort((left, right) => left.deadlineTick - right.deadlineTick);
    for (const entry of due) this.remove(entry);
    this.#armNext(nowMs);
    for (const entry of due) entry.expire();
  }

  #armNext(nowMs: number): void {
    if (this.#count === 0) return;
    let tick = this.#sweptTick + 1;
    while ((this.#slots[tick % slotCount]?.length ?? 0) === 0) tick++;
    this.#arm(tick, nowMs);
  }
}
