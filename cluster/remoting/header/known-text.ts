/** A text that comes again and again, such as the topic of one request after the other: the same bytes give the same string. */
import { Buffer } from 'node:buffer';

export class KnownText {
  #bytes: Buffer = Buffer.alloc(0);
  #text = '';

  /** UTF-8 of `bytes` from `start` to `end`. */
  of(bytes: Buffer, start: number, end: number): string {
    const known = this.#bytes;
    let isKnown = end - start === known.length;
    for (let at = 0; isKnown && at < known.length; at += 1) isKnown = bytes[start + at] === known[at];
    if (!isKnown) {
      this.#bytes = Buffer.from(bytes.subarray(start, end));
      this.#text = this.#bytes.toString('utf8');
    }
    return this.#text;
  }
}
