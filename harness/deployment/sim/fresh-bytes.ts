/** New zeroed memory, in small pieces: an ArrayBuffer of its own for each would keep the collector busier than the servers do. */

const slabBytes = 64 * 1024;
/** A longer piece gets memory of its own. */
const pieceBytesMax = 8 * 1024;

// No state that anybody can see: a byte is handed out once.
let slab = new Uint8Array(0);
let end = 0;

export function freshBytes(count: number): Uint8Array {
  if (count > pieceBytesMax) return new Uint8Array(count);
  if (slab.length - end < count) {
    slab = new Uint8Array(slabBytes);
    end = 0;
  }
  const start = end;
  end += count;
  // Not subarray, which asks for the species of the array first.
  return new Uint8Array(slab.buffer, start, count);
}

export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = freshBytes(bytes.length);
  copy.set(bytes);
  return copy;
}
