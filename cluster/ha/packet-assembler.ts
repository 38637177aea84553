/** Cuts a byte stream into whole packets. A packet is complete when all of it is there: its length depends on its state (B26, B.3). */
import { Buffer } from 'node:buffer';
import { viewOf } from '../bytes/int64.ts';
import { handshakeFlagExtended, PacketState, transferHeaderBytes } from './ha-packet.ts';

/** The peer does not speak this protocol; the connection is of no more use. */
export class HaPacketError extends Error {
  override readonly name = 'HaPacketError';
}

/** The length of the packet that begins with `head`; while too little of it is there to know, a lower bound beyond what is there. */
export type PacketLength = (head: Uint8Array) => number;

const bodyBytesMax = 64 * 1024 * 1024;
const extensionBytesMax = 1024;

export class PacketAssembler {
  readonly #packetLength: PacketLength;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #wanted = 0;

  constructor(packetLength: PacketLength) {
    this.#packetLength = packetLength;
  }

  /** Returns the packets that are complete now. They are views of what was pushed where that is possible. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    // Joined once per packet, not once per chunk.
    if (this.#buffered < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#buffered);
    const packets: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      const length = this.#packetLength(bytes.subarray(at));
      this.#wanted = length;
      if (bytes.length - at < length) break;
      packets.push(bytes.subarray(at, at + length));
      at += length;
    }
    this.#buffered = bytes.length - at;
    this.#chunks = this.#buffered === 0 ? [] : [bytes.subarray(at)];
    return packets;
  }
}

/** Of packets that a slave sends. */
export function slavePacketLength(head: Uint8Array): number {
  if (head.length < 4) return 4;
  const view = viewOf(head);
  const state = view.getInt32(0);
  switch (state) {
    case PacketState.HANDSHAKE: {
      if (head.length < 6) return 16;
      if ((view.getInt16(4) & handshakeFlagExtended) === 0) return 16;
      if (head.length < 20) return 20;
      const rest = limited('extension', view.getInt32(16), 12, extensionBytesMax);
      return 20 + rest;
    }
    case PacketState.TRANSFER:
      return 12;
    case PacketState.PONG:
      return 16;
    default:
      throw new HaPacketError(`wanted state 1, 2 or 18 from a slave, got ${state}`);
  }
}

/** Of packets that a master sends. */
export function masterPacketLength(head: Uint8Array): number {
  if (head.length < 4) return 4;
  const view = viewOf(head);
  const state = view.getInt32(0);
  switch (state) {
    case PacketState.HANDSHAKE: {
      if (head.length < 8) return 20;
      const body = limited('epochs', view.getInt32(4), 0, bodyBytesMax);
      if (body % 12 !== 0) throw new HaPacketError(`wanted epochs of 12 bytes each, got ${body} bytes`);
      return 20 + body;
    }
    case PacketState.TRANSFER:
      if (head.length < 8) return transferHeaderBytes;
      return transferHeaderBytes + limited('body', view.getInt32(4), 0, bodyBytesMax);
    case PacketState.REFUSE:
      return 12;
    case PacketState.PING:
      return 16;
    default:
      throw new HaPacketError(`wanted state 1, 2, 16 or 17 from a master, got ${state}`);
  }
}

function limited(field: string, value: number, min: number, max: number): number {
  if (value < min || value > max) {
    throw new HaPacketError(`${field} length: wanted ${min} to ${max}, got ${value}`);
  }
  return value;
}
