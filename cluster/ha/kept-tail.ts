/**
 * For the seeded bug skip-truncation alone: a replica that keeps its private tail and takes what the master sends for that place as already
 * there. It goes on at the last place where a record ends in both logs; neither would stay readable otherwise. Pure.
 */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';

/** Ends of the records in `bytes`, which lie at `offset` and open with their length in an int32 each. */
export function recordEnds(offset: number, bytes: Uint8Array): readonly number[] {
  const view = viewOf(bytes);
  const ends: number[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = view.getInt32(at);
    if (length <= 0 || at + length > bytes.length) break;
    at += length;
    ends.push(offset + at);
  }
  return ends;
}

export class KeptTail {
  readonly #ownEnds: ReadonlySet<number>;
  readonly #ownMaxOffset: number;
  /** Both logs have a record's end here. */
  #commonOffset: number;
  #bytesSince: Uint8Array[] = [];

  constructor(commonOffset: number, ownEnds: Iterable<number>, ownMaxOffset: number) {
    this.#commonOffset = commonOffset;
    this.#ownEnds = new Set(ownEnds);
    this.#ownMaxOffset = ownMaxOffset;
  }

  /** Undefined while the master's log is shorter than the kept one; else what to append, and where. */
  take(
    offset: number,
    body: Uint8Array,
  ): { readonly offset: number; readonly bytes: Uint8Array } | undefined {
    let from = offset;
    for (const end of recordEnds(offset, body)) {
      if (!this.#ownEnds.has(end)) continue;
      this.#commonOffset = end;
      this.#bytesSince = [];
      from = end;
    }
    this.#bytesSince.push(Uint8Array.from(body.subarray(from - offset)));
    if (offset + body.length <= this.#ownMaxOffset) return undefined;
    return { offset: this.#commonOffset, bytes: Buffer.concat(this.#bytesSince) };
  }
}
