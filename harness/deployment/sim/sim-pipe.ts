/** One direction of a connection: the sender's queue, the bytes on their way, the receiver's kernel buffer. */
import { freshBytes } from './fresh-bytes.ts';
import type { Scheduler } from './scheduler.ts';
import type { EventOwner, SimEvent } from './sim-event.ts';
import type { LinkShape, SimLink } from './sim-link.ts';
import type { SimRandom } from './sim-random.ts';

/** One `data` event carries at most so much. */
const chunkBytesMax = 65_536;
/** One delivery in so many is cut at a random byte. */
const cutOneIn = 4;

/** fin: an orderly end. rst: what was not read is gone. */
export type PipeEnd = 'fin' | 'rst';

interface Segment {
  bytes: Uint8Array;
  /** Infinite while a `hold` cut keeps it. */
  arrivalUs: number;
  readonly sentUs: number;
  readonly end: PipeEnd | undefined;
}

export interface PipeReader {
  readonly owner: EventOwner;
  /** False: bytes stay in the kernel's buffer. */
  readonly wantsData: boolean;
  deliver(bytes: Uint8Array): void;
  deliverEnd(end: PipeEnd): void;
}

export interface PipeWriter {
  /** False while the process is stopped: it cannot hand bytes to the kernel. */
  readonly canPump: boolean;
  /** All of the queue went to the kernel. */
  emptied(): void;
}

const noBytes = new Uint8Array(0);

/** How one connection fares under a lossy shape of its link. */
interface Loss {
  readonly shape: LinkShape;
  readonly isReset: boolean;
  /** What may still arrive. */
  bytesLeft: number;
  nextCrumbUs: number;
}

export class SimPipe {
  readonly link: SimLink;
  /** Bytes or an end were lost in a `drop` cut: the connection cannot live on. */
  hasLost = false;
  readonly #scheduler: Scheduler;
  readonly #random: SimRandom;
  readonly #writer: PipeWriter;
  readonly #reader: PipeReader;
  readonly #breakOff: () => void;
  #loss: Loss | undefined;
  /** Bytes in flight and unread, at most, before the sender's queue stands. */
  readonly #windowBytes: number;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #finQueued = false;
  #flight: Segment[] = [];
  #flightBytes = 0;
  #ended = false;
  #event: SimEvent | undefined;
  /** Set: the reader's machine is gone without a word; told of bytes that nobody acknowledges. */
  #unanswered: (() => void) | undefined;

  constructor(
    scheduler: Scheduler,
    random: SimRandom,
    link: SimLink,
    ends: { readonly writer: PipeWriter; readonly reader: PipeReader; readonly breakOff: () => void },
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.link = link;
    this.#writer = ends.writer;
    this.#reader = ends.reader;
    this.#breakOff = ends.breakOff;
    this.#windowBytes = 16_384 << random.below(5);
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes on the way or unread, for reports. */
  get flightBytes(): number {
    return this.#flightBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#ended || this.#finQueued || bytes.length === 0) return;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.pump();
  }

  /** Moves what fits from the sender's queue to the wire. */
  pump(): void {
    if (!this.#writer.canPump) return;
    const hadQueue = this.#queuedBytes > 0;
    while (this.#flightBytes < this.#windowBytes) {
      const bytes = this.#queue.shift();
      if (bytes === undefined) break;
      this.#queuedBytes -= bytes.length;
      this.#send(bytes, undefined);
    }
    if (this.#queue.length > 0) return;
    if (this.#finQueued) this.#finish('fin');
    else if (hadQueue) this.#writer.emptied();
  }

  /** The orderly end, behind all that was written. */
  end(): void {
    if (this.#ended || this.#finQueued) return;
    this.#finQueued = true;
    this.pump();
  }

  /** The peer has ended: the process lets go, its kernel sends what is queued, however much, and then the end. */
  linger(): void {
    for (const bytes of this.#queue.splice(0)) this.#send(bytes, undefined);
    this.#queuedBytes = 0;
    this.#finish('fin');
  }

  /** The writer is gone: its queue is lost, and what its kernel had may arrive or not. */
  abort(): void {
    if (this.#ended) return;
    this.#queue = [];
    this.#queuedBytes = 0;
    if (this.#random.oneIn(2)) {
      this.#finish('fin');
      return;
    }
    const kept = this.#random.below(this.#flight.length + 1);
    for (const segment of this.#flight.splice(kept)) this.#flightBytes -= segment.bytes.length;
    this.#finish('rst');
  }

  /** The writer's machine lost its power: what was on the wire may still arrive, and no end comes. */
  fallSilent(): void {
    this.#ended = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    const kept = this.#random.below(this.#flight.length + 1);
    for (const segment of this.#flight.splice(kept)) this.#flightBytes -= segment.bytes.length;
    this.arm();
  }

  /** The reader's machine lost its power: what is sent stays unacknowledged, until the window is full and the sender's queue stands. */
  sink(unanswered: () => void): void {
    this.#unanswered = unanswered;
    for (const segment of this.#flight) segment.arrivalUs = Number.POSITIVE_INFINITY;
    this.arm();
    if (this.#flight.length > 0) unanswered();
  }

  /** The reader is gone: nothing arrives any more. */
  discard(): void {
    this.#ended = true;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#flight = [];
    this.#flightBytes = 0;
    this.#event?.cancel();
    this.#event = undefined;
  }

  /** The link was cut: what is on its way is caught. */
  cutBegan(): void {
    if (this.#unanswered !== undefined) return;
    const nowUs = this.#scheduler.nowUs;
    if (this.link.cut === 'drop') {
      const arrived = this.#flight.filter((segment) => segment.arrivalUs <= nowUs);
      if (arrived.length < this.#flight.length) this.hasLost = true;
      this.#flight = arrived;
      this.#flightBytes = arrived.reduce((sum, segment) => sum + segment.bytes.length, 0);
      this.pump();
    } else if (this.link.cut === 'hold') {
      for (const segment of this.#flight) {
        if (segment.arrivalUs > nowUs) segment.arrivalUs = Number.POSITIVE_INFINITY;
      }
    }
    this.arm();
  }

  /** The link is whole again: what was held arrives, in order. */
  cutEnded(): void {
    if (this.#unanswered !== undefined) return;
    const arrivalUs =
      this.#scheduler.nowUs + this.link.delayUs(this.#random, this.#flightBytes, this.#scheduler.nowUs);
    for (const segment of this.#flight) {
      if (segment.arrivalUs === Number.POSITIVE_INFINITY) segment.arrivalUs = arrivalUs;
    }
    this.arm();
  }

  /** Sees to it that the next delivery is planned, if there is anything to deliver to somebody who wants it. */
  arm(): void {
    const first = this.#flight[0];
    const dueUs = this.#reader.wantsData ? first?.arrivalUs : this.#resetArrivalUs();
    this.#event?.cancel();
    this.#event = undefined;
    if (dueUs === undefined || dueUs === Number.POSITIVE_INFINITY) return;
    const delayUs = Math.max(0, dueUs - this.#scheduler.nowUs);
    this.#event = this.#scheduler.schedule(this.#reader.owner, 'arrive', delayUs, () => this.#arrive());
  }

  #resetArrivalUs(): number | undefined {
    return this.#flight.find((segment) => segment.end === 'rst')?.arrivalUs;
  }

  #send(bytes: Uint8Array, end: PipeEnd | undefined): void {
    const { cut } = this.link;
    if (cut === 'drop' && this.#unanswered === undefined) {
      this.hasLost = true;
      if (this.#scheduler.watch !== undefined) this.#note(`${bytes.length} bytes are lost in the cut`);
      return;
    }
    const sentUs = this.#scheduler.nowUs;
    const last = this.#flight.at(-1);
    let arrivalUs = Number.POSITIVE_INFINITY;
    if (this.#unanswered !== undefined) {
      this.#unanswered();
    } else if (cut !== 'hold' && last?.sentUs === sentUs && !this.link.isNarrow) {
      // What one turn wrote travels together.
      arrivalUs = last.arrivalUs;
    } else if (cut !== 'hold') {
      arrivalUs = Math.max(
        last?.arrivalUs ?? 0,
        sentUs + this.link.delayUs(this.#random, bytes.length, sentUs),
      );
    }
    this.#flight.push({ bytes, arrivalUs, sentUs, end });
    this.#flightBytes += bytes.length;
    if (this.#event === undefined) this.arm();
  }

  #finish(end: PipeEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#send(noBytes, end);
    this.arm();
  }

  #arrive(): void {
    this.#event = undefined;
    const nowUs = this.#scheduler.nowUs;
    const resetUs = this.#resetArrivalUs();
    if (!this.#reader.wantsData) {
      if (resetUs !== undefined && resetUs <= nowUs) this.#deliverEnd('rst');
      return;
    }
    const first = this.#flight[0];
    if (first === undefined || first.arrivalUs > nowUs) {
      this.arm();
      return;
    }
    if (first.end !== undefined) {
      this.#deliverEnd(first.end);
      return;
    }
    const loss = this.#lossNow();
    if (loss !== undefined && loss.nextCrumbUs > nowUs) {
      first.arrivalUs = loss.nextCrumbUs;
      this.arm();
      return;
    }
    if (loss?.isReset === true || loss?.bytesLeft === 0) {
      this.#breakOff();
      return;
    }
    const chunk = this.#take(this.#lossyBytes(this.#chunkBytes(nowUs), loss));
    this.#scheduler.digest.bytes(chunk);
    if (this.#scheduler.watch !== undefined) this.#note(`${chunk.length} bytes arrive`);
    this.arm();
    this.pump();
    this.#reader.deliver(chunk);
  }

  #lossNow(): Loss | undefined {
    const shape = this.link.lossyShape;
    if (shape !== this.#loss?.shape) {
      this.#loss =
        shape === undefined
          ? undefined
          : {
              shape,
              isReset: shape.resetPercent !== undefined && this.#random.below(100) < shape.resetPercent,
              bytesLeft: shape.limitBytes ?? Number.POSITIVE_INFINITY,
              nextCrumbUs: 0,
            };
    }
    return this.#loss;
  }

  #lossyBytes(bytes: number, loss: Loss | undefined): number {
    if (loss === undefined) return bytes;
    const { crumbBytes, crumbGapMs = 0 } = loss.shape;
    const crumb =
      crumbBytes === undefined ? bytes : Math.ceil(crumbBytes / 2) + this.#random.below(crumbBytes + 1);
    const count = Math.min(bytes, crumb, loss.bytesLeft);
    loss.bytesLeft -= count;
    loss.nextCrumbUs = this.#scheduler.nowUs + crumbGapMs * 1000;
    return count;
  }

  #chunkBytes(nowUs: number): number {
    let arrivedBytes = 0;
    for (const segment of this.#flight) {
      if (segment.arrivalUs > nowUs || arrivedBytes >= chunkBytesMax) break;
      arrivedBytes += segment.bytes.length;
    }
    const bytes = Math.min(arrivedBytes, chunkBytesMax);
    return this.#random.oneIn(cutOneIn) ? this.#random.between(1, bytes) : bytes;
  }

  /** A copy: a writer that changes its bytes after the write is found out, and the reader may do as it likes. */
  #take(count: number): Uint8Array {
    const chunk = freshBytes(count);
    let filled = 0;
    while (filled < count) {
      const first = this.#flight[0] as Segment;
      const isWhole = first.bytes.length <= count - filled;
      const part = isWhole ? first.bytes : first.bytes.subarray(0, count - filled);
      chunk.set(part, filled);
      filled += part.length;
      if (isWhole) this.#flight.shift();
      else first.bytes = first.bytes.subarray(part.length);
    }
    this.#flightBytes -= count;
    return chunk;
  }

  #note(what: string): void {
    this.#scheduler.note('net', this.link.from, what, this.link.to);
  }

  #deliverEnd(end: PipeEnd): void {
    this.discard();
    if (this.#scheduler.watch !== undefined) this.#note(end === 'fin' ? 'end' : 'reset');
    this.#reader.deliverEnd(end);
  }
}
