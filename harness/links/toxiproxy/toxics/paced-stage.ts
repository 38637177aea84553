/** A stage that gives out what it got piece by piece, each piece a while after the one before: the core of slicer and bandwidth. */
import { type Chunk, NoopStage } from '../stage.ts';

export interface Piece {
  readonly chunk: Chunk;
  /** Waited before it goes out. Infinity: until the toxic changes or goes. */
  readonly delayMs: number;
}

export abstract class PacedStage extends NoopStage {
  #pieces: Piece[] = [];
  readonly #waiting: Chunk[] = [];
  #endWaits = false;
  #busy = false;
  /** A timer is never shorter than a millisecond: shorter waits are saved up until they fill one. */
  #owedMs = 0;
  #cancel: () => void = () => undefined;

  /** Cuts one chunk; asked only when the chunk before it is out. */
  protected abstract cut(chunk: Chunk): Piece[];

  /** The last piece of a chunk went out, `lateMs` after it was due. */
  protected wentOut(_lateMs: number): void {}

  override chunk(chunk: Chunk): void {
    if (this.isEnded) return;
    this.#waiting.push(chunk);
    this.#work();
  }

  override end(): void {
    this.#endWaits = true;
    this.#work();
  }

  /** The Go server has no buffer here: the source is read when the chunk before is out. */
  override isFull(): boolean {
    return this.#busy;
  }

  /** What is left of the present chunk goes out at once; the next ones follow the new attributes. */
  override update(): void {
    this.#flushPresent();
    this.#work();
  }

  override release(): void {
    this.#flushPresent();
    for (const chunk of this.#waiting.splice(0)) this.pass(chunk);
    if (this.#endWaits) this.finish();
  }

  override dispose(): void {
    this.#cancel();
    this.#pieces = [];
    this.#waiting.length = 0;
  }

  #flushPresent(): void {
    this.#cancel();
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#busy = false;
    for (const piece of pieces) this.pass(piece.chunk);
  }

  #work(): void {
    while (!this.#busy && !this.isEnded) {
      if (this.#pieces.length === 0) {
        const chunk = this.#waiting.shift();
        if (chunk === undefined) break;
        this.#pieces = this.cut(chunk);
      }
      const piece = this.#pieces[0];
      if (piece !== undefined) this.#sendLater(piece);
    }
    if (!this.#busy && this.#endWaits) this.finish();
  }

  #sendLater(piece: Piece): void {
    const startMs = performance.now();
    const waitMs = this.#owedMs + piece.delayMs;
    const send = () => {
      const lateMs = performance.now() - startMs - waitMs;
      this.#owedMs = Math.max(0, -lateMs);
      this.#busy = false;
      this.#pieces.shift();
      if (this.#pieces.length === 0) this.wentOut(lateMs);
      this.pass(piece.chunk);
      this.#work();
    };
    this.#busy = true;
    if (piece.delayMs === Number.POSITIVE_INFINITY) {
      this.#cancel = () => undefined;
    } else if (waitMs < 1) {
      const handle = setImmediate(send);
      this.#cancel = () => clearImmediate(handle);
    } else {
      const handle = setTimeout(send, waitMs);
      this.#cancel = () => clearTimeout(handle);
    }
  }
}
