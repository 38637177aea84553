/** At most `rate` kilobytes per second. 0 lets nothing through, and holds it until the toxic changes or goes. */
import type { Chunk, Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';
import { PacedStage, type Piece } from './paced-stage.ts';

/** Long chunks go out in parts, one per interval. */
const intervalMs = 100;

type BandwidthAttributes = { rate: number };

export const bandwidthToxic: ToxicKind = {
  type: 'bandwidth',
  create() {
    const attributes: BandwidthAttributes = { rate: 0 };
    return { attributes, stage: (next) => new BandwidthStage(attributes, next) };
  },
};

class BandwidthStage extends PacedStage {
  readonly #attributes: BandwidthAttributes;
  /** Timers are late; what they were late is taken off the next wait. */
  #lateMs = 0;

  constructor(attributes: BandwidthAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  protected override cut(chunk: Chunk): Piece[] {
    const { rate } = this.#attributes;
    if (rate <= 0) return [{ chunk, delayMs: Number.POSITIVE_INFINITY }];
    const pieces: Piece[] = [];
    const partBytes = rate * intervalMs;
    let rest = chunk.bytes;
    while (rest.length > partBytes) {
      pieces.push({ chunk: { bytes: rest.subarray(0, partBytes), atMs: chunk.atMs }, delayMs: intervalMs });
      rest = rest.subarray(partBytes);
    }
    const delayMs = Math.max(0, rest.length / rate - this.#lateMs);
    pieces.push({ chunk: { bytes: rest, atMs: chunk.atMs }, delayMs });
    return pieces;
  }

  protected override wentOut(lateMs: number): void {
    this.#lateMs = Math.min(Math.max(0, lateMs), intervalMs);
  }
}
