/**
 * int32 length of what follows | int8 serialization (0 JSON, 1 ROCKETMQ) | int24 header length | header | body.
 * The limit counts the four bytes of the length too, as Java's does.
 */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';
import { encodeBinaryHeader, parseBinaryHeader } from './binary-header.ts';
import { FrameError } from './frame-error.ts';
import { jsonHeaderText, parseJsonHeader } from './json-header.ts';
import { lazyJsonCommand } from './lazy-json-header.ts';
import type { RemotingCommand } from './remoting-command.ts';

export const frameBytesMaxDefault = 16 * 1024 * 1024;
/** Length and mark: before the header. */
export const prefixBytes = 8;
/** Room is made at once for a partial frame up to this size; larger ones must prove it by sending. */
const partialRoomBytes = 64 * 1024;

const jsonMark = 0;
const rocketmqMark = 1;

export function encodeFrame(command: RemotingCommand): Uint8Array {
  const header =
    command.serialization === 'json'
      ? Buffer.from(jsonHeaderText(command), 'utf8')
      : encodeBinaryHeader(command);
  const bodyBytes = command.body?.length ?? 0;
  const frame = Buffer.alloc(prefixBytes + header.length + bodyBytes);
  frame.writeInt32BE(4 + header.length + bodyBytes, 0);
  frame.writeInt32BE(header.length, 4);
  frame.writeUInt8(command.serialization === 'json' ? jsonMark : rocketmqMark, 4);
  header.copy(frame, prefixBytes);
  if (command.body !== null) frame.set(command.body, prefixBytes + header.length);
  return frame;
}

/** `bytes` from `start`, and `view` as well, hold one whole frame of `frameBytes` bytes. */
function decodeFrame(
  bytes: Buffer,
  view: DataView,
  start: number,
  frameBytes: number,
  isLazy: boolean,
): RemotingCommand {
  if (frameBytes < prefixBytes) {
    throw new FrameError(`a frame has at least ${prefixBytes} bytes, this one says ${frameBytes}`, {
      kind: 'bad-length',
    });
  }
  const mark = view.getUint8(start + 4);
  const headerBytes = view.getInt32(start + 4) & 0xffffff;
  const bodyAt = start + prefixBytes + headerBytes;
  const end = start + frameBytes;
  if (bodyAt > end) {
    throw new FrameError(`a header of ${headerBytes} bytes does not fit a frame of ${frameBytes}`, {
      kind: 'bad-length',
    });
  }
  const body = bodyAt === end ? null : bytes.subarray(bodyAt, end);
  if (mark === jsonMark) {
    const lazy = isLazy ? lazyJsonCommand(bytes, view, start + prefixBytes, bodyAt, body) : undefined;
    return lazy ?? parseJsonHeader(bytes.toString('utf8', start + prefixBytes, bodyAt), body);
  }
  if (mark === rocketmqMark) return parseBinaryHeader(bytes.subarray(start + prefixBytes, bodyAt), body);
  throw new FrameError(`a header is JSON (0) or ROCKETMQ (1), this frame says ${mark}`, {
    kind: 'unknown-serialization',
  });
}

/** Finds the frames of one connection in chunks cut anywhere. After a FrameError it accepts nothing more. */
export class FrameDecoder {
  readonly #frameBytesMax: number;
  readonly #isLazy: boolean;
  /** The beginning of a frame that is not complete; its own memory, so that no chunk is kept for its last bytes. */
  #partial: Buffer | undefined;
  #partialBytes = 0;
  #stopped = false;

  /** `isLazy`: JSON commands may be LazyJsonCommands, whose extFields are checked when they are asked for. */
  constructor(frameBytesMax = frameBytesMaxDefault, isLazy = false) {
    this.#frameBytesMax = frameBytesMax;
    this.#isLazy = isLazy;
  }

  push(chunk: Uint8Array): RemotingCommand[] {
    const commands: RemotingCommand[] = [];
    this.feed(chunk, (command) => commands.push(command));
    return commands;
  }

  /** Calls `each` for every frame that `chunk` completes; those before a malformed one are handed out before the throw. */
  feed(chunk: Uint8Array, each: (command: RemotingCommand) => void): void {
    if (this.#stopped) return;
    try {
      this.#feed(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength), each);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** Drops what it holds; later bytes are ignored. May be called from within `each`. */
  stop(): void {
    this.#stopped = true;
    this.#partial = undefined;
    this.#partialBytes = 0;
  }

  #feed(bytes: Buffer, each: (command: RemotingCommand) => void): void {
    let position = this.#completePartial(bytes, each);
    const view = viewOf(bytes);
    while (bytes.length - position >= 4 && !this.#stopped) {
      const frameBytes = this.#frameBytes(bytes, position);
      if (bytes.length - position < frameBytes) break;
      const command = decodeFrame(bytes, view, position, frameBytes, this.#isLazy);
      position += frameBytes;
      each(command);
    }
    if (position < bytes.length && !this.#stopped) this.#keep(bytes, position, bytes.length);
  }

  #frameBytes(bytes: Buffer, position: number): number {
    const frameBytes = 4 + bytes.readInt32BE(position);
    if (frameBytes < prefixBytes) {
      throw new FrameError(`a frame has at least ${prefixBytes} bytes, this one says ${frameBytes}`, {
        kind: 'bad-length',
      });
    }
    if (frameBytes > this.#frameBytesMax) {
      throw new FrameError(`a frame has at most ${this.#frameBytesMax} bytes, this one says ${frameBytes}`, {
        kind: 'oversize',
      });
    }
    return frameBytes;
  }

  /** Returns how many bytes of `bytes` went into the frame begun before. */
  #completePartial(bytes: Buffer, each: (command: RemotingCommand) => void): number {
    if (this.#partialBytes === 0) return 0;
    let taken = 0;
    if (this.#partialBytes < 4) {
      taken = Math.min(4 - this.#partialBytes, bytes.length);
      this.#keep(bytes, 0, taken);
    }
    const partial = this.#partial;
    if (this.#partialBytes < 4 || partial === undefined) return taken;
    const frameBytes = this.#frameBytes(partial, 0);
    const missing = Math.min(frameBytes - this.#partialBytes, bytes.length - taken);
    this.#keep(bytes, taken, taken + missing);
    taken += missing;
    const whole = this.#partial;
    if (this.#partialBytes < frameBytes || whole === undefined) return taken;
    this.#partial = undefined;
    this.#partialBytes = 0;
    each(decodeFrame(whole, viewOf(whole), 0, frameBytes, this.#isLazy));
    return taken;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const wanted = this.#partialBytes + to - from;
    if (this.#partial === undefined || this.#partial.length < wanted) this.#grow(bytes, from, to, wanted);
    this.#partial?.set(bytes.subarray(from, to), this.#partialBytes);
    this.#partialBytes = wanted;
  }

  /** Doubles, so that a frame that comes byte by byte costs neither its square in time nor its claim in memory. */
  #grow(bytes: Buffer, from: number, to: number, wanted: number): void {
    const held = this.#partial;
    let frameBytes = wanted;
    if (held !== undefined && this.#partialBytes >= 4) frameBytes = this.#frameBytes(held, 0);
    else if (this.#partialBytes === 0 && to - from >= 4) frameBytes = this.#frameBytes(bytes, from);
    const room = Math.min(Math.max(frameBytes, wanted), Math.max(2 * wanted, partialRoomBytes));
    this.#partial = Buffer.alloc(room);
    if (held !== undefined) this.#partial.set(held.subarray(0, this.#partialBytes));
  }
}
