/**
 * Drops all bytes. After `timeout` milliseconds without any it closes the connection; 0: never. A close by the source still passes,
 * and the connection is closed when the toxic is removed.
 */
import { NoopStage, type Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

type TimeoutAttributes = { timeout: number };

export const timeoutToxic: ToxicKind = {
  type: 'timeout',
  closesWhenRemoved: true,
  create() {
    const attributes: TimeoutAttributes = { timeout: 0 };
    return { attributes, stage: (next) => new TimeoutStage(attributes, next) };
  },
};

class TimeoutStage extends NoopStage {
  readonly #attributes: TimeoutAttributes;
  #timer: NodeJS.Timeout | undefined;

  constructor(attributes: TimeoutAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
    this.#restart();
  }

  override chunk(): void {
    this.#restart();
  }

  override update(): void {
    this.#restart();
  }

  override release(): void {
    clearTimeout(this.#timer);
  }

  override dispose(): void {
    clearTimeout(this.#timer);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (this.isEnded || this.#attributes.timeout <= 0) return;
    this.#timer = setTimeout(() => this.finish(), this.#attributes.timeout);
  }
}
