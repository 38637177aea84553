/** Bytes that are looked for again and again, compared four at a time: on hot paths a loop over single bytes costs several times as much. */
import { viewOf } from './int64.ts';

export class KnownBytes {
  readonly length: number;
  /** Where each word stands, ascending; the last ones of a span may overlap. */
  readonly #places: Int32Array;
  readonly #words: Int32Array;
  /** What spans shorter than a word hold. */
  readonly #bytePlaces: readonly number[];
  readonly #bytes: Uint8Array;

  /** Compares `bytes` as far as they lie within `spans`: everywhere unless told. */
  constructor(
    bytes: Uint8Array,
    spans: readonly { readonly start: number; readonly end: number }[] = [{ start: 0, end: bytes.length }],
  ) {
    this.length = bytes.length;
    this.#bytes = Uint8Array.from(bytes);
    const view = viewOf(this.#bytes);
    const places: number[] = [];
    const bytePlaces: number[] = [];
    for (const { start, end } of spans) {
      let at = start;
      for (; at + 4 <= end; at += 4) places.push(at);
      if (at === end) continue;
      if (end - start >= 4) places.push(end - 4);
      else for (; at < end; at += 1) bytePlaces.push(at);
    }
    this.#places = Int32Array.from(places);
    this.#words = Int32Array.from(places, (place) => view.getInt32(place));
    this.#bytePlaces = bytePlaces;
  }

  /** False where the view ends before. */
  isAt(view: DataView, at: number): boolean {
    if (at < 0 || at + this.length > view.byteLength) return false;
    const places = this.#places;
    const words = this.#words;
    for (let index = 0; index < places.length; index += 1) {
      if (view.getInt32(at + (places[index] ?? 0)) !== words[index]) return false;
    }
    for (const place of this.#bytePlaces) if (view.getUint8(at + place) !== this.#bytes[place]) return false;
    return true;
  }
}
