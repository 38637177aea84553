/**
 * What goes over an HA link. Big-endian. RocketMQ's AutoSwitchHA packets (AutoSwitchHAConnection), and ours with a state of 16 and more.
 *
 *     slave -> master
 *       handshake  int32 1 | int16 flags | int16 async learner | int64 broker id | extension when flags & 2
 *       extension  int32 length of the rest | int32 followed masterEpoch | int64 max offset | utf8 incarnation
 *       ack        int32 2 | int64 durable end of the log
 *       pong       int32 18 | int32 masterEpoch | int64 round
 *     master -> slave
 *       handshake  int32 1 | int32 body length | int64 max offset | int32 last epoch | body: { int32 epoch | int64 start offset }
 *       transfer   int32 2 | int32 body length | int64 offset | int32 epoch | int64 epoch's start | int64 confirmOffset | body: whole records
 *       refuse     int32 16 | int32 reason | int32 masterEpoch of the one who refuses
 *       ping       int32 17 | int32 masterEpoch | int64 round
 *
 * flags: 1 = syncFromLastFile, 2 = extended. A transfer with an empty body is the heartbeat. In heartbeats to a slave that has not said yet
 * where to begin, RocketMQ's masters put -1 for the offset.
 */
import { Buffer } from 'node:buffer';
import { readInt64, viewOf, writeInt64 } from '../bytes/int64.ts';
import type { EpochList } from './epoch-list.ts';

export const PacketState = {
  HANDSHAKE: 1,
  TRANSFER: 2,
  REFUSE: 16,
  PING: 17,
  PONG: 18,
} as const;

export const handshakeFlagLastFile = 1;
export const handshakeFlagExtended = 2;
export const transferHeaderBytes = 36;

export const RefuseReason = {
  /** Not a master, or not yet. */
  NOT_MASTER: 1,
  /** The slave follows a newer master: this one is deposed. */
  DEPOSED: 2,
  /** The slave follows an older master. */
  OLDER_EPOCH: 3,
  /** The slave asks for an offset that the master has not, or has no longer. */
  OFFSET_OUT_OF_RANGE: 4,
} as const;
export type RefuseReason = (typeof RefuseReason)[keyof typeof RefuseReason];

export interface HandshakeExtension {
  readonly followedEpoch: number;
  readonly maxOffset: number;
  readonly incarnation: string;
}

export type SlavePacket =
  | {
      readonly kind: 'handshake';
      readonly syncFromLastFile: boolean;
      readonly asyncLearner: boolean;
      readonly brokerId: number;
      readonly extension: HandshakeExtension | undefined;
    }
  | { readonly kind: 'ack'; readonly offset: number }
  | { readonly kind: 'pong'; readonly masterEpoch: number; readonly round: number };

export interface TransferHeader {
  readonly offset: number;
  readonly epoch: number;
  readonly epochStartOffset: number;
  readonly confirmOffset: number;
}

export type MasterPacket =
  | {
      readonly kind: 'handshake';
      readonly maxOffset: number;
      readonly lastEpoch: number;
      readonly epochs: EpochList;
    }
  | { readonly kind: 'transfer'; readonly header: TransferHeader; readonly body: Uint8Array }
  | { readonly kind: 'refuse'; readonly reason: number; readonly masterEpoch: number }
  | { readonly kind: 'ping'; readonly masterEpoch: number; readonly round: number };

export function encodeSlavePacket(packet: SlavePacket): Uint8Array {
  switch (packet.kind) {
    case 'handshake':
      return encodeSlaveHandshake(packet);
    case 'ack': {
      const bytes = Buffer.alloc(12);
      bytes.writeInt32BE(PacketState.TRANSFER);
      writeInt64(viewOf(bytes), 4, packet.offset);
      return bytes;
    }
    case 'pong':
      return encodeRound(PacketState.PONG, packet.masterEpoch, packet.round);
  }
}

function encodeSlaveHandshake(packet: Extract<SlavePacket, { kind: 'handshake' }>): Uint8Array {
  const extension = packet.extension;
  const incarnation = Buffer.from(extension?.incarnation ?? '');
  const bytes = Buffer.alloc(16 + (extension === undefined ? 0 : 16 + incarnation.length));
  const view = viewOf(bytes);
  view.setInt32(0, PacketState.HANDSHAKE);
  const lastFile = packet.syncFromLastFile ? handshakeFlagLastFile : 0;
  view.setInt16(4, lastFile | (extension === undefined ? 0 : handshakeFlagExtended));
  view.setInt16(6, packet.asyncLearner ? 1 : 0);
  writeInt64(view, 8, packet.brokerId);
  if (extension !== undefined) {
    view.setInt32(16, 12 + incarnation.length);
    view.setInt32(20, extension.followedEpoch);
    writeInt64(view, 24, extension.maxOffset);
    bytes.set(incarnation, 32);
  }
  return bytes;
}

export function encodeMasterPacket(packet: MasterPacket): Uint8Array {
  switch (packet.kind) {
    case 'handshake':
      return encodeMasterHandshake(packet);
    case 'transfer':
      return encodeTransfer(packet.header, packet.body);
    case 'refuse': {
      const bytes = Buffer.alloc(12);
      bytes.writeInt32BE(PacketState.REFUSE);
      bytes.writeInt32BE(packet.reason, 4);
      bytes.writeInt32BE(packet.masterEpoch, 8);
      return bytes;
    }
    case 'ping':
      return encodeRound(PacketState.PING, packet.masterEpoch, packet.round);
  }
}

function encodeMasterHandshake(packet: Extract<MasterPacket, { kind: 'handshake' }>): Uint8Array {
  // As long as the list is: RocketMQ's buffer ends at 1000 epochs (B25).
  const bytes = Buffer.alloc(20 + 12 * packet.epochs.length);
  const view = viewOf(bytes);
  view.setInt32(0, PacketState.HANDSHAKE);
  view.setInt32(4, 12 * packet.epochs.length);
  writeInt64(view, 8, packet.maxOffset);
  view.setInt32(16, packet.lastEpoch);
  packet.epochs.forEach((entry, index) => {
    view.setInt32(20 + 12 * index, entry.epoch);
    writeInt64(view, 24 + 12 * index, entry.startOffset);
  });
  return bytes;
}

export function encodeTransfer(header: TransferHeader, body: Uint8Array): Uint8Array {
  // Not zeroed: every byte is written below.
  const bytes = Buffer.allocUnsafeSlow(transferHeaderBytes + body.length);
  const view = viewOf(bytes);
  view.setInt32(0, PacketState.TRANSFER);
  view.setInt32(4, body.length);
  writeInt64(view, 8, header.offset);
  view.setInt32(16, header.epoch);
  writeInt64(view, 20, header.epochStartOffset);
  writeInt64(view, 28, header.confirmOffset);
  bytes.set(body, transferHeaderBytes);
  return bytes;
}

function encodeRound(state: number, masterEpoch: number, round: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  const view = viewOf(bytes);
  view.setInt32(0, state);
  view.setInt32(4, masterEpoch);
  writeInt64(view, 8, round);
  return bytes;
}

/** `bytes` is one whole packet from a slave. */
export function decodeSlavePacket(bytes: Uint8Array): SlavePacket {
  const view = viewOf(bytes);
  switch (view.getInt32(0)) {
    case PacketState.HANDSHAKE: {
      const flags = view.getInt16(4);
      return {
        kind: 'handshake',
        syncFromLastFile: (flags & handshakeFlagLastFile) !== 0,
        asyncLearner: view.getInt16(6) === 1,
        brokerId: readInt64(view, 8),
        extension: (flags & handshakeFlagExtended) === 0 ? undefined : decodeExtension(bytes, view),
      };
    }
    case PacketState.TRANSFER:
      return { kind: 'ack', offset: readInt64(view, 4) };
    default:
      return { kind: 'pong', masterEpoch: view.getInt32(4), round: readInt64(view, 8) };
  }
}

function decodeExtension(bytes: Uint8Array, view: DataView): HandshakeExtension {
  return {
    followedEpoch: view.getInt32(20),
    maxOffset: readInt64(view, 24),
    incarnation: Buffer.from(bytes.buffer, bytes.byteOffset + 32, bytes.length - 32).toString('utf8'),
  };
}

/** `bytes` is one whole packet from a master. The body of a transfer is a view of it. */
export function decodeMasterPacket(bytes: Uint8Array): MasterPacket {
  const view = viewOf(bytes);
  switch (view.getInt32(0)) {
    case PacketState.HANDSHAKE:
      return decodeMasterHandshake(view);
    case PacketState.TRANSFER:
      return {
        kind: 'transfer',
        header: {
          offset: readInt64(view, 8),
          epoch: view.getInt32(16),
          epochStartOffset: readInt64(view, 20),
          confirmOffset: readInt64(view, 28),
        },
        body: bytes.subarray(transferHeaderBytes),
      };
    case PacketState.REFUSE:
      return { kind: 'refuse', reason: view.getInt32(4), masterEpoch: view.getInt32(8) };
    default:
      return { kind: 'ping', masterEpoch: view.getInt32(4), round: readInt64(view, 8) };
  }
}

function decodeMasterHandshake(view: DataView): MasterPacket {
  const epochs = [];
  for (let at = 20; at < view.byteLength; at += 12) {
    epochs.push({ epoch: view.getInt32(at), startOffset: readInt64(view, at + 4) });
  }
  return { kind: 'handshake', maxOffset: readInt64(view, 8), lastEpoch: view.getInt32(16), epochs };
}
