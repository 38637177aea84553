/** One end of a simulated connection. */
import { type ByteStream, NetworkError, type StreamHandler } from '../../../cluster/runtime/network.ts';
import type { Scheduler } from './scheduler.ts';
import type { EventOwner } from './sim-event.ts';
import type { PipeEnd, PipeReader, PipeWriter, SimPipe } from './sim-pipe.ts';

const highWaterMarkBytes = 65_536;

export class SimStream implements ByteStream, PipeReader, PipeWriter {
  readonly owner: EventOwner;
  readonly remoteAddress: string;
  readonly #scheduler: Scheduler;
  readonly #whenClosed: (stream: SimStream) => void;
  #incoming: SimPipe | undefined;
  #outgoing: SimPipe | undefined;
  #handler: StreamHandler | undefined;
  #isReadPaused = false;
  #needsDrain = false;
  #state: 'open' | 'ending' | 'closed' = 'open';
  /** Closed before there was a handler to tell. */
  #untoldClose: { readonly error: Error | undefined } | undefined;

  constructor(
    scheduler: Scheduler,
    owner: EventOwner,
    remoteAddress: string,
    whenClosed: (stream: SimStream) => void,
  ) {
    this.#scheduler = scheduler;
    this.owner = owner;
    this.remoteAddress = remoteAddress;
    this.#whenClosed = whenClosed;
  }

  join(incoming: SimPipe, outgoing: SimPipe): void {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get wantsData(): boolean {
    return this.#handler !== undefined && !this.#isReadPaused && this.#state !== 'closed';
  }

  get canPump(): boolean {
    return !this.owner.paused;
  }

  handle(handler: StreamHandler): void {
    this.#handler = handler;
    if (this.#untoldClose !== undefined) this.#tellClose(this.#untoldClose.error);
    else this.#incoming?.arm();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#state !== 'open' || !this.owner.alive) return true;
    this.#outgoing?.write(bytes);
    if (this.bufferedBytes() <= highWaterMarkBytes) return true;
    this.#needsDrain = true;
    return false;
  }

  bufferedBytes(): number {
    return this.#outgoing?.queuedBytes ?? 0;
  }

  pause(): void {
    this.#isReadPaused = true;
  }

  resume(): void {
    if (!this.#isReadPaused) return;
    this.#isReadPaused = false;
    if (this.#state !== 'closed' && this.owner.alive) this.#incoming?.arm();
  }

  destroy(error?: Error): void {
    if (this.#state === 'closed' || !this.owner.alive) return;
    this.#outgoing?.abort();
    this.#closeNow(error);
  }

  end(): void {
    if (this.#state !== 'open' || !this.owner.alive) return;
    this.#state = 'ending';
    this.#outgoing?.end();
  }

  emptied(): void {
    if (!this.#needsDrain || this.#state === 'closed') return;
    this.#needsDrain = false;
    this.#scheduler.schedule(this.owner, 'drain', 0, () => {
      if (this.#state !== 'closed') this.#handler?.drain?.();
    });
  }

  deliver(bytes: Uint8Array): void {
    this.#handler?.data(bytes);
  }

  deliverEnd(end: PipeEnd): void {
    if (this.#state === 'closed') return;
    if (end === 'rst') {
      this.breakOff('ECONNRESET', `${this.remoteAddress} reset the connection`);
      return;
    }
    this.#outgoing?.linger();
    this.#closeNow(undefined);
  }

  /** The process that held this end died; its kernel tells the peer. */
  die(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#incoming?.discard();
    this.#outgoing?.abort();
    this.#whenClosed(this);
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** The machine that held this end lost its power: its peer is told nothing. */
  vanish(unanswered: () => void): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#incoming?.sink(unanswered);
    this.#outgoing?.fallSilent();
    this.#whenClosed(this);
  }

  /** The network ends the connection under both ends: the other one is told by its own call. */
  breakOff(code: string, message: string): void {
    if (this.#state === 'closed') return;
    this.#outgoing?.discard();
    this.#closeNow(new NetworkError(code, message));
  }

  /** The process goes on after a stop: its queue can go to the kernel again. */
  wake(): void {
    this.#outgoing?.pump();
  }

  #closeNow(error: Error | undefined): void {
    this.#state = 'closed';
    this.#incoming?.discard();
    this.#whenClosed(this);
    if (this.#handler === undefined) this.#untoldClose = { error };
    else this.#tellClose(error);
  }

  #tellClose(error: Error | undefined): void {
    this.#untoldClose = undefined;
    this.#scheduler.schedule(this.owner, 'close', 0, () => this.#handler?.close(error));
  }
}
