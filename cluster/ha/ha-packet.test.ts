import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import {
  decodeMasterPacket,
  decodeSlavePacket,
  encodeMasterPacket,
  encodeSlavePacket,
  type MasterPacket,
  type SlavePacket,
} from './ha-packet.ts';
import { HaPacketError, masterPacketLength, PacketAssembler, slavePacketLength } from './packet-assembler.ts';

interface Recorded {
  readonly from: number;
  readonly to: number;
  readonly bytes: string;
}

/** Both directions of HA links between Apache RocketMQ 5.5.0 brokers; the master has the lower port. */
const recorded: readonly Recorded[] = readFileSync('cluster/ha/fixtures/ha-streams.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded);

function packets(bytes: Uint8Array, isFromSlave: boolean, chunkBytes: number): Uint8Array[] {
  const assembler = new PacketAssembler(isFromSlave ? slavePacketLength : masterPacketLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    assembler.push(bytes.subarray(at, at + chunkBytes), (packet) => found.push(Buffer.from(packet)));
  }
  return found;
}

const handshake: SlavePacket = {
  kind: 'handshake',
  syncFromLastFile: true,
  asyncLearner: false,
  brokerId: 3,
  extension: { followedEpoch: 7, maxOffset: 2 ** 40 + 5, incarnation: 'n3-ähnlich' },
};

const slavePackets: readonly SlavePacket[] = [
  handshake,
  { ...handshake, extension: undefined, asyncLearner: true },
  { kind: 'ack', offset: 2 ** 45 + 1 },
  { kind: 'pong', masterEpoch: 7, round: 2 ** 33 },
];

const masterPackets: readonly MasterPacket[] = [
  {
    kind: 'handshake',
    maxOffset: 99,
    lastEpoch: 7,
    epochs: [
      { epoch: 1, startOffset: 0 },
      { epoch: 7, startOffset: 2 ** 41 },
    ],
  },
  { kind: 'handshake', maxOffset: 0, lastEpoch: -1, epochs: [] },
  {
    kind: 'transfer',
    header: { offset: 2 ** 41, epoch: 7, epochStartOffset: 2 ** 41, confirmOffset: 5 },
    body: Buffer.from('whole records'),
  },
  {
    kind: 'transfer',
    header: { offset: -1, epoch: -1, epochStartOffset: 0, confirmOffset: 0 },
    body: Buffer.alloc(0),
  },
  { kind: 'refuse', reason: 2, masterEpoch: 7 },
  { kind: 'ping', masterEpoch: 7, round: 12 },
];

describe('HA packets', () => {
  it('as RocketMQ’s brokers sent them are read and written again to the same bytes', () => {
    let count = 0;
    for (const stream of recorded) {
      const bytes = Buffer.from(stream.bytes, 'base64');
      const isFromSlave = stream.from > stream.to;
      const again = packets(bytes, isFromSlave, bytes.length).map((packet) =>
        isFromSlave
          ? encodeSlavePacket(decodeSlavePacket(packet))
          : encodeMasterPacket(decodeMasterPacket(packet)),
      );
      count += again.length;
      assert(Buffer.concat(again).equals(bytes));
    }
    assert.equal(count, 1089);
  });

  it('of ours survive a round trip', () => {
    for (const packet of slavePackets) assert.deepEqual(decodeSlavePacket(encodeSlavePacket(packet)), packet);
    for (const packet of masterPackets) {
      assert.deepEqual(
        structuredClone(decodeMasterPacket(encodeMasterPacket(packet))),
        structuredClone(packet),
      );
    }
  });

  it('B26: come out whole, however the stream is cut', () => {
    const fromSlave = Buffer.concat(slavePackets.map(encodeSlavePacket));
    const fromMaster = Buffer.concat(masterPackets.map(encodeMasterPacket));
    for (let chunkBytes = 1; chunkBytes <= 70; chunkBytes += 1) {
      assert.deepEqual(packets(fromSlave, true, chunkBytes).map(decodeSlavePacket), slavePackets);
      assert.deepEqual(
        structuredClone(packets(fromMaster, false, chunkBytes).map(decodeMasterPacket)),
        structuredClone(masterPackets),
      );
    }
  });

  it('B26: of the recorded streams come out alike in chunks of 13 bytes', () => {
    const stream = recorded[5];
    assert(stream !== undefined);
    const bytes = Buffer.from(stream.bytes, 'base64');
    assert.deepEqual(packets(bytes, false, 13), packets(bytes, false, bytes.length));
  });

  it('B25: hold more than a thousand epochs', () => {
    const epochs = Array.from({ length: 5000 }, (_, index) => ({
      epoch: index + 1,
      startOffset: index * 10,
    }));
    const bytes = encodeMasterPacket({ kind: 'handshake', maxOffset: 50_000, lastEpoch: 5000, epochs });
    const [packet] = packets(bytes, false, 1000);
    assert(packet !== undefined);
    const decoded = decodeMasterPacket(packet);
    assert.deepEqual(decoded.kind === 'handshake' && decoded.epochs, epochs);
  });

  it('B27: an ack says what it is by itself', () => {
    assert.deepEqual(
      Buffer.from(encodeSlavePacket({ kind: 'ack', offset: 258 })).toString('hex'),
      '000000020000000000000102',
    );
  });

  for (const [what, bytes, isFromSlave] of [
    ['an unknown state', [0, 0, 0, 9], true],
    ['an unknown state from a master', [0x47, 0x45, 0x54, 0x20], false],
    ['a negative body', [0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff], false],
    ['a body of half a gigabyte', [0, 0, 0, 2, 0x20, 0, 0, 0], false],
    ['epochs that are no multiple of 12', [0, 0, 0, 1, 0, 0, 0, 13], false],
    ['an extension without its fields', [0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3], true],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.throws(() => packets(Buffer.from(bytes), isFromSlave, 100), HaPacketError);
    });
  }
});
