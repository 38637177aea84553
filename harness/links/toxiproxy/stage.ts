/** The parts of a pipeline: one direction of one proxied connection runs through a chain of stages, one per toxic. */

export interface Chunk {
  readonly bytes: Uint8Array;
  /** Of performance.now(): when it entered the proxy, or when the latency stage before let it go. */
  readonly atMs: number;
}

export interface Sink {
  chunk(chunk: Chunk): void;
  /** The stream ends here, after all chunks before. Called once; nothing follows. */
  end(): void;
}

/** What a toxic does to one connection. It starts to act when it is made. */
export interface Stage extends Sink {
  /** Changes when toxics are added behind it or removed there. */
  next: Sink;
  /** It ended the stream, by itself or because the one before it did. */
  readonly isEnded: boolean;
  /** True: nothing more should be read from the source until it passes something on. */
  isFull(): boolean;
  /** The toxic's attributes are new. */
  update(): void;
  /** The toxic is taken away: all that it holds goes on, in order, at once. It gets no calls afterwards. */
  release(): void;
  /** The connection is gone: no timer of it may fire any more. */
  dispose(): void;
}

/** Passes everything on; the others build upon it. */
export class NoopStage implements Stage {
  next: Sink;
  #isEnded = false;

  constructor(next: Sink) {
    this.next = next;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  chunk(chunk: Chunk): void {
    this.pass(chunk);
  }

  end(): void {
    this.finish();
  }

  isFull(): boolean {
    return false;
  }

  update(): void {}

  release(): void {}

  dispose(): void {}

  protected pass(chunk: Chunk): void {
    if (!this.#isEnded) this.next.chunk(chunk);
  }

  protected finish(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.dispose();
    this.next.end();
  }
}
