/** Cuts chunks into slices of `average_size` ± `size_variation` bytes, `delay` microseconds apart. */
import type { Chunk, Sink } from '../stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';
import { PacedStage, type Piece } from './paced-stage.ts';

type SlicerAttributes = { average_size: number; size_variation: number; delay: number };

export const slicerToxic: ToxicKind = {
  type: 'slicer',
  create() {
    const attributes: SlicerAttributes = { average_size: 0, size_variation: 0, delay: 0 };
    return { attributes, stage: (next) => new SlicerStage(attributes, next) };
  },
};

/** Offsets where a chunk of `length` bytes is cut: halves it until a part is no longer than average + variation. */
export function sliceEnds(length: number, attributes: SlicerAttributes, random: () => number): number[] {
  const variation = Math.max(0, attributes.size_variation);
  // The Go server recurses for ever on an average of 0; a slice has at least one byte here.
  const lengthMax = Math.max(1, attributes.average_size + variation);
  const ends: number[] = [];
  const halve = (start: number, end: number): void => {
    if (end - start <= lengthMax) {
      ends.push(end);
      return;
    }
    const shift = variation > 0 ? Math.floor(random() * 2 * variation) - variation : 0;
    const middle = Math.min(end - 1, Math.max(start + 1, start + Math.floor((end - start) / 2) + shift));
    halve(start, middle);
    halve(middle, end);
  };
  halve(0, length);
  return ends;
}

class SlicerStage extends PacedStage {
  readonly #attributes: SlicerAttributes;

  constructor(attributes: SlicerAttributes, next: Sink) {
    super(next);
    this.#attributes = attributes;
  }

  protected override cut(chunk: Chunk): Piece[] {
    const delayMs = this.#attributes.delay / 1000;
    let start = 0;
    return sliceEnds(chunk.bytes.length, this.#attributes, Math.random).map((end, index) => {
      const bytes = chunk.bytes.subarray(start, end);
      start = end;
      return { chunk: { bytes, atMs: chunk.atMs }, delayMs: index === 0 ? 0 : delayMs };
    });
  }
}
