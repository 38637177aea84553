/** The end of the stream is told `delay` milliseconds late. */
import { NoopStage, type Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

type SlowCloseAttributes = { delay: number };

export const slowCloseToxic: ToxicKind = {
  type: 'slow_close',
  create() {
    const attributes: SlowCloseAttributes = { delay: 0 };
    return { attributes, stage: (next) => new SlowCloseStage(attributes, next) };
  },
};

class SlowCloseStage extends NoopStage {
  readonly #attributes: SlowCloseAttributes;
  #timer: NodeJS.Timeout | undefined;

  constructor(attributes: SlowCloseAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  override end(): void {
    this.#timer = setTimeout(() => this.finish(), this.#attributes.delay);
  }

  override update(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.end();
  }

  override release(): void {
    if (this.#timer !== undefined) this.finish();
  }

  override dispose(): void {
    clearTimeout(this.#timer);
  }
}
