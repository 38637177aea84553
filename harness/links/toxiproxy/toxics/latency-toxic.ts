/** Every chunk arrives `latency` ± `jitter` milliseconds after it entered, in order. Taken away, it lets all go at once. */
import { type Chunk, NoopStage, type Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

/** As in the Go server: a sender whose bytes are held is stopped when this many chunks wait. */
const waitingChunksMax = 1024;
/** Node's timers hold no longer time; a day-long latency fires, finds the chunk not due and waits again. */
const timerMsMax = 0x7fff_ffff;

type LatencyAttributes = { latency: number; jitter: number };

export const latencyToxic: ToxicKind = {
  type: 'latency',
  create() {
    const attributes: LatencyAttributes = { latency: 0, jitter: 0 };
    return { attributes, stage: (next) => new LatencyStage(attributes, next) };
  },
};

class LatencyStage extends NoopStage {
  readonly #attributes: LatencyAttributes;
  #waiting: Chunk[] = [];
  #endWaits = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(attributes: LatencyAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  override chunk(chunk: Chunk): void {
    if (this.isEnded) return;
    this.#waiting.push(chunk);
    if (this.#waiting.length === 1) this.#schedule();
  }

  override end(): void {
    this.#endWaits = true;
    if (this.#waiting.length === 0) this.finish();
  }

  override isFull(): boolean {
    return this.#waiting.length > waitingChunksMax;
  }

  /** The Go server lets the chunk go that sleeps just then; those behind it wait by the new attributes. */
  override update(): void {
    const [first, ...rest] = this.#waiting;
    clearTimeout(this.#timer);
    this.#waiting = rest;
    if (first !== undefined) this.pass(first);
    this.#next();
  }

  override release(): void {
    clearTimeout(this.#timer);
    const held = this.#waiting;
    this.#waiting = [];
    for (const chunk of held) this.pass(chunk);
    if (this.#endWaits) this.finish();
  }

  override dispose(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }

  #next(): void {
    if (this.#waiting.length > 0) this.#schedule();
    else if (this.#endWaits) this.finish();
  }

  #schedule(): void {
    const first = this.#waiting[0];
    if (first === undefined) return;
    const { latency, jitter } = this.#attributes;
    const delayMs = jitter > 0 ? latency - jitter + Math.floor(Math.random() * 2 * jitter) : latency;
    this.#await(first.atMs + delayMs);
  }

  #await(dueMs: number): void {
    const remainingMs = dueMs - performance.now();
    if (remainingMs > 0) {
      this.#timer = setTimeout(() => this.#await(dueMs), Math.min(Math.ceil(remainingMs), timerMsMax));
      return;
    }
    const chunk = this.#waiting.shift();
    // A latency stage behind this one counts from here, so that delays add up.
    if (chunk !== undefined) this.pass({ bytes: chunk.bytes, atMs: Math.max(chunk.atMs, dueMs) });
    this.#next();
  }
}
