/** Gathers the frames of one turn into one buffer, so that a turn costs one write. */
import { Buffer } from 'node:buffer';
import { putBytes, putDigits } from '../bytes/ascii.ts';
import type { FieldsWriter } from './channel.ts';
import { ourJsonHeaderText } from './json-header.ts';
import { ourLanguage, ourVersion } from './remoting-command.ts';

/** Length and mark: before the header. */
const prefixBytes = 8;
const codeKey = Buffer.from('{"code":');
const extFieldsKey = Buffer.from(',"extFields":');
const flagKey = Buffer.from(',"flag":');
const opaqueKey = Buffer.from(`,"language":"${ourLanguage}","opaque":`);
const tail = Buffer.from(`,"serializeTypeCurrentRPC":"JSON","version":${ourVersion}}`);
/** All of a header but its extFields. */
const ownHeaderBytesMax =
  codeKey.length + extFieldsKey.length + flagKey.length + opaqueKey.length + tail.length + 3 * 11;

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
    // UTF-8 needs at most three bytes for each UTF-16 unit.
    this.#reserve(prefixBytes + 3 * text.length + copiedBytes(body));
    this.#close(this.#slab.write(text, this.#end + prefixBytes, 'utf8'), body);
  }

  /** The same with extFields that write themselves. */
  addWrittenFrame(
    code: number,
    flag: number,
    opaque: number,
    remark: string | null,
    fields: FieldsWriter,
    body: Uint8Array | null,
  ): void {
    if (remark !== null) {
      const json = Buffer.alloc(fields.bytesMax);
      this.addFrame(code, flag, opaque, remark, json.toString('utf8', 0, fields.write(json, 0)), body);
      return;
    }
    this.#reserve(prefixBytes + ownHeaderBytesMax + fields.bytesMax + copiedBytes(body));
    const slab = this.#slab;
    const start = this.#end + prefixBytes;
    let at = putDigits(slab, putBytes(slab, start, codeKey), code);
    at = fields.write(slab, putBytes(slab, at, extFieldsKey));
    at = putDigits(slab, putBytes(slab, at, flagKey), flag);
    at = putDigits(slab, putBytes(slab, at, opaqueKey), opaque);
    this.#close(putBytes(slab, at, tail) - start, body);
  }

  /** The header stands in the slab: length and body make it a frame. */
  #close(headerBytes: number, body: Uint8Array | null): void {
    const start = this.#end;
    const bodyBytes = body === null ? 0 : body.length;
    this.#view.setInt32(start, 4 + headerBytes + bodyBytes);
    // The high byte 0 is the mark of a JSON header.
    this.#view.setInt32(start + 4, headerBytes);
    this.#end = start + prefixBytes + headerBytes;
    this.#bytes += prefixBytes + headerBytes + bodyBytes;
    if (body === null) return;
    if (bodyBytes <= copiedBodyBytesMax) {
      this.#slab.set(body, this.#end);
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

function copiedBytes(body: Uint8Array | null): number {
  return body === null || body.length > copiedBodyBytesMax ? 0 : body.length;
}
