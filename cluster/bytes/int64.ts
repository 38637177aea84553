/** 64-bit integers as JS numbers: offsets, epochs and times are safe integers everywhere in this project. */

const TWO_TO_32 = 4294967296;

/** Big-endian, signed. Exact within the safe integers; beyond them the nearest number. */
export function readInt64(view: DataView, at: number): number {
  return view.getInt32(at) * TWO_TO_32 + view.getUint32(at + 4);
}

/** Big-endian, signed. `value` is a safe integer. */
export function writeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_TO_32));
  view.setUint32(at + 4, value >>> 0);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
