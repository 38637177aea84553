/** Bytes that were good once. */
import type { Random } from '../../cluster/runtime/random.ts';

export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = random.below(256);
  return bytes;
}

/** A few bits turned over, bytes replaced, a piece cut out or put in twice, or the end missing. */
export function mutated(random: Random, original: Uint8Array): Buffer {
  let bytes = Buffer.from(original);
  for (let count = 1 + random.below(4); count > 0 && bytes.length > 0; count -= 1) {
    const at = random.below(bytes.length);
    const to = at + random.below(Math.min(16, bytes.length - at) + 1);
    switch (random.below(5)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 1:
        bytes[at] = random.below(256);
        break;
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
    }
  }
  return bytes;
}
