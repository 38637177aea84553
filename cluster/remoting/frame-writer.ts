/** Gathers the frames of one turn into one buffer, so that a turn costs one write. */
import { Buffer } from 'node:buffer';
import { ourJsonHeaderText } from './json-header.ts';

const slabBytesMin = 4 * 1024;
const slabBytesMax = 128 * 1024;
/** A longer body goes out as it is, without a copy. */
const copiedBodyBytesMax = 32 * 1024;

export class FrameWriter {
  /** Memory that frames are written into; what was taken out is never written again. */
  #slab: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.#slab.buffer);
  #taken = 0;
  #end = 0;
  #full: Uint8Array[] = [];
  #bytes = 0;

  /** Bytes gathered since the last `take`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** `body` must not be changed until it is sent. */
  addFrame(
    code: number,
    flag: number,
    opaque: number,
    remark: string | null,
    extFieldsJson: string | null,
    body: Uint8Array | null,
  ): void {
    const text = ourJsonHeaderText(code, flag, opaque, remark, extFieldsJson);
    const bodyBytes = body === null ? 0 : body.length;
    const isCopied = bodyBytes <= copiedBodyBytesMax;
    // UTF-8 needs at most three bytes for each UTF-16 unit.
    this.#reserve(8 + 3 * text.length + (isCopied ? bodyBytes : 0));
    const slab = this.#slab;
    const start = this.#end;
    const headerBytes = slab.write(text, start + 8, 'utf8');
    this.#view.setInt32(start, 4 + headerBytes + bodyBytes);
    // The high byte 0 is the mark of a JSON header.
    this.#view.setInt32(start + 4, headerBytes);
    this.#end = start + 8 + headerBytes;
    this.#bytes += 8 + headerBytes + bodyBytes;
    if (body === null) return;
    if (isCopied) {
      slab.set(body, this.#end);
      this.#end += bodyBytes;
    } else {
      this.#cut();
      this.#full.push(body);
    }
  }

  /** What was gathered, in order: mostly one buffer. */
  take(): readonly Uint8Array[] {
    this.#cut();
    const all = this.#full;
    this.#full = [];
    this.#bytes = 0;
    return all;
  }

  #cut(): void {
    if (this.#end > this.#taken) this.#full.push(this.#slab.subarray(this.#taken, this.#end));
    this.#taken = this.#end;
  }

  #reserve(bytes: number): void {
    if (this.#slab.length - this.#end >= bytes) return;
    this.#cut();
    // The next slab fits what this turn has gathered so far, so busy connections get large ones.
    const wanted = Math.min(slabBytesMax, Math.max(slabBytesMin, 2 * this.#bytes, this.#slab.length));
    // Not zeroed: only what was written is ever handed out, and it is sent, not stored.
    this.#slab = Buffer.allocUnsafeSlow(Math.max(wanted, bytes));
    this.#view = new DataView(this.#slab.buffer, this.#slab.byteOffset, this.#slab.byteLength);
    this.#taken = 0;
    this.#end = 0;
  }
}
