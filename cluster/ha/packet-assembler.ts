/** Cuts a byte stream into whole packets. A packet is complete when all of it is there: its length depends on its state (B26). */
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
const roomBytesMin = 256 * 1024;

export class PacketAssembler {
  readonly #packetLength: PacketLength;
  readonly #bytesEnough: ((head: Uint8Array, length: number) => number) | undefined;
  /** The beginning of a packet; the same memory for one after the other. */
  #begun: Buffer = Buffer.alloc(0);
  #begunBytes = 0;

  /** `bytesEnough`: seeded bug, with how many bytes a packet of that length already counts as whole. */
  constructor(packetLength: PacketLength, bytesEnough?: (head: Uint8Array, length: number) => number) {
    this.#packetLength = packetLength;
    this.#bytesEnough = bytesEnough;
  }

  /** Calls `each` for every packet that is complete now; its bytes hold good until `each` returns. */
  push(chunk: Uint8Array, each: (packet: Uint8Array) => void): void {
    let at = 0;
    while (this.#begunBytes > 0 && at < chunk.length) {
      const length = this.#packetLength(this.#begun.subarray(0, this.#begunBytes));
      const missing = Math.min(length - this.#begunBytes, chunk.length - at);
      this.#keep(chunk.subarray(at, at + missing), length);
      at += missing;
      if (this.#begunBytes < length) {
        const begun = this.#begun.subarray(0, this.#begunBytes);
        if (this.#bytesEnough === undefined || begun.length < this.#bytesEnough(begun, length)) return;
        this.#begunBytes = 0;
        each(begun);
        return;
      }
      // That much may only have been enough to know more about the length.
      if (this.#packetLength(this.#begun.subarray(0, length)) > length) continue;
      this.#begunBytes = 0;
      each(this.#begun.subarray(0, length));
    }
    while (at < chunk.length) {
      const rest = chunk.subarray(at);
      const length = this.#packetLength(rest);
      if (rest.length < length) {
        if (this.#bytesEnough !== undefined && rest.length >= this.#bytesEnough(rest, length)) each(rest);
        else this.#keep(rest, length);
        return;
      }
      at += length;
      each(rest.subarray(0, length));
    }
  }

  /** `length`: of the whole packet, as far as it is known. */
  #keep(bytes: Uint8Array, length: number): void {
    if (this.#begun.length < length) {
      // A packet that only says that it is long must prove it before it gets much room.
      const room = Math.min(length, Math.max(roomBytesMin, 2 * (this.#begunBytes + bytes.length)));
      if (this.#begun.length < room) {
        const larger = Buffer.alloc(room);
        larger.set(this.#begun.subarray(0, this.#begunBytes));
        this.#begun = larger;
      }
    }
    this.#begun.set(bytes, this.#begunBytes);
    this.#begunBytes += bytes.length;
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

/** Seeded bug frame-by-short-header: a transfer's length is counted with the shorter header of a handshake (B26). */
export function bytesEnoughForMaster(head: Uint8Array, length: number): number {
  const isTransfer = head.length >= transferHeaderBytes && viewOf(head).getInt32(0) === PacketState.TRANSFER;
  return isTransfer ? Math.max(transferHeaderBytes, length - 16) : length;
}

function limited(field: string, value: number, min: number, max: number): number {
  if (value < min || value > max) {
    throw new HaPacketError(`${field} length: wanted ${min} to ${max}, got ${value}`);
  }
  return value;
}
