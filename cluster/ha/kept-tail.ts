/** For the seeded bug skip-truncation alone: which part of a frame a replica that kept its tail takes for new. Pure. */
import { viewOf } from '../bytes/int64.ts';

/** Undefined when all of the frame lies below `maxOffset`. Begins at a record: each one opens with its length in an int32. */
export function unseenPart(
  offset: number,
  body: Uint8Array,
  maxOffset: number,
): { readonly offset: number; readonly bytes: Uint8Array } | undefined {
  const view = viewOf(body);
  let at = 0;
  while (at + 4 <= body.length) {
    const length = view.getInt32(at);
    if (length <= 0 || at + length > body.length) break;
    if (offset + at + length > maxOffset) return { offset: offset + at, bytes: body.subarray(at) };
    at += length;
  }
  return undefined;
}
