/** Closes the connection when `bytes` bytes have passed since the toxic came. */
import { type Chunk, NoopStage, type Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

type LimitDataAttributes = { bytes: number };

export const limitDataToxic: ToxicKind = {
  type: 'limit_data',
  create() {
    const attributes: LimitDataAttributes = { bytes: 0 };
    return { attributes, stage: (next) => new LimitDataStage(attributes, next) };
  },
};

class LimitDataStage extends NoopStage {
  readonly #attributes: LimitDataAttributes;
  #passedBytes = 0;

  constructor(attributes: LimitDataAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  override chunk(chunk: Chunk): void {
    const remainingBytes = Math.max(0, this.#attributes.bytes - this.#passedBytes);
    const bytes = chunk.bytes.subarray(0, remainingBytes);
    if (bytes.length > 0) this.pass({ bytes, atMs: chunk.atMs });
    this.#passedBytes += bytes.length;
    if (this.#passedBytes >= this.#attributes.bytes) this.finish();
  }
}
