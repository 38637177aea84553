/** One direction of one proxied connection: source socket, chain of stages, destination socket. */
import type { Socket } from 'node:net';
import { type Chunk, NoopStage, type Sink, type Stage } from './stage.ts';
import type { Toxic } from './toxic.ts';

export class ToxicLink {
  readonly #source: Socket;
  readonly #destination: Socket;
  readonly #closesWithReset: boolean;
  readonly #stages: { readonly toxic: Toxic; stage: Stage }[] = [];
  readonly #output: Sink;
  #isBlocked = false;
  #sourceEnded = false;

  /** Takes over the sockets' events of this direction; starts to read at once. */
  constructor(source: Socket, destination: Socket, toxics: readonly Toxic[], closesWithReset: boolean) {
    this.#source = source;
    this.#destination = destination;
    this.#closesWithReset = closesWithReset;
    this.#output = { chunk: (chunk) => this.#write(chunk), end: () => this.#closeDestination() };
    for (const toxic of toxics) this.#append(toxic);
    source.on('data', (bytes: Buffer) => {
      this.#head().chunk({ bytes, atMs: performance.now() });
      this.#regulate();
    });
    const ended = () => {
      if (this.#sourceEnded) return;
      this.#sourceEnded = true;
      this.#head().end();
    };
    source.once('end', ended);
    source.once('close', ended);
    destination.on('drain', () => {
      this.#isBlocked = false;
      this.#regulate();
    });
    destination.once('close', () => {
      for (const { stage } of this.#stages) stage.dispose();
    });
    source.resume();
  }

  add(toxic: Toxic): void {
    this.#append(toxic);
    this.#regulate();
  }

  update(toxic: Toxic): void {
    const place = this.#stages.findIndex((entry) => entry.toxic === toxic);
    const entry = this.#stages[place];
    if (entry === undefined || entry.stage.isEnded) return;
    // Toxicity is drawn anew with every update, as in the Go server.
    const wasSpared = entry.stage.constructor === NoopStage;
    const isSpared = !toxic.drawsHit();
    if (wasSpared && isSpared) return;
    if (!wasSpared && !isSpared) entry.stage.update();
    else this.#replace(place, isSpared ? new NoopStage(entry.stage.next) : toxic.stage(entry.stage.next));
    this.#regulate();
  }

  remove(toxic: Toxic): void {
    const place = this.#stages.findIndex((entry) => entry.toxic === toxic);
    const entry = this.#stages[place];
    if (entry === undefined) return;
    const { stage } = entry;
    if (!stage.isEnded) stage.release();
    if (!stage.isEnded && toxic.kind.closesWhenRemoved === true) stage.next.end();
    if (stage.isEnded || toxic.kind.closesWhenRemoved === true) {
      // The connection closes; nothing may come past the place where it was cut.
      stage.dispose();
      entry.stage = new Closed(stage.next);
      this.#relink(place);
      return;
    }
    this.#stages.splice(place, 1);
    const before = this.#stages[place - 1];
    if (before !== undefined) before.stage.next = stage.next;
    this.#regulate();
  }

  #append(toxic: Toxic): void {
    const stage = toxic.drawsHit() ? toxic.stage(this.#output) : new NoopStage(this.#output);
    const last = this.#stages.at(-1);
    if (last !== undefined) last.stage.next = stage;
    this.#stages.push({ toxic, stage });
  }

  #replace(place: number, stage: Stage): void {
    const entry = this.#stages[place];
    if (entry === undefined) return;
    entry.stage.release();
    entry.stage.dispose();
    entry.stage = stage;
    this.#relink(place);
  }

  #relink(place: number): void {
    const before = this.#stages[place - 1];
    const entry = this.#stages[place];
    if (before !== undefined && entry !== undefined) before.stage.next = entry.stage;
  }

  #head(): Sink {
    return this.#stages[0]?.stage ?? this.#output;
  }

  #write(chunk: Chunk): void {
    if (this.#destination.destroyed || this.#destination.writableEnded) return;
    if (!this.#destination.write(chunk.bytes)) this.#isBlocked = true;
    this.#regulate();
  }

  /** Reads from the source only while everything behind it takes more: back-pressure for the sender. */
  #regulate(): void {
    const stops = this.#isBlocked || this.#stages.some(({ stage }) => stage.isFull());
    if (stops && !this.#source.isPaused()) this.#source.pause();
    else if (!stops && this.#source.isPaused()) this.#source.resume();
  }

  /** As the Go server: a whole close, not a half one, once the bytes before it went out. */
  #closeDestination(): void {
    const destination = this.#destination;
    const close = () => {
      if (this.#closesWithReset && !destination.destroyed) destination.resetAndDestroy();
      else destination.destroy();
    };
    if (destination.destroyed || !destination.writable) close();
    else if (this.#closesWithReset) close();
    else destination.end(close);
  }
}

/** Where a connection was cut by the removal of a toxic. */
class Closed extends NoopStage {
  override chunk(): void {}
  override end(): void {}
}
