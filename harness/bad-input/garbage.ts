/** What is sent to the ports of a cluster that wants none of it: by one seed. */
import { encodeSlavePacket } from '../../cluster/ha/ha-packet.ts';
import { PacketAssembler, slavePacketLength } from '../../cluster/ha/packet-assembler.ts';
import { encodeFrame, FrameDecoder, frameBytesMaxDefault } from '../../cluster/remoting/frame.ts';
import { FrameError } from '../../cluster/remoting/frame-error.ts';
import { LazyJsonCommand } from '../../cluster/remoting/lazy-json-header.ts';
import { RequestCode } from '../../cluster/remoting/request-code.ts';
import type { Random } from '../../cluster/runtime/random.ts';
import { isLawful } from './lawful-request.ts';
import { mutated, randomBytes } from './mutated-bytes.ts';
import { type ClusterNames, randomRequest } from './random-request.ts';
import type { RecordedBytes } from './recorded-bytes.ts';

/** What one connection brings. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Frames or packets, or attempts at them. */
  readonly inputs: number;
  /** Whoever reads it can only hang up. */
  readonly isMalformed: boolean;
}

const framesPerBatchMax = 80;

export class Garbage {
  readonly #random: Random;
  readonly #recorded: RecordedBytes;
  readonly #names: ClusterNames;

  constructor(random: Random, recorded: RecordedBytes, names: ClusterNames) {
    this.#random = random;
    this.#recorded = recorded;
    this.#names = names;
  }

  /** For a remoting port: frames that are read, and one at the end that perhaps cannot be. */
  remoting(): Batch {
    const frames: Uint8Array[] = [];
    for (let count = this.#random.below(framesPerBatchMax); count > 0; count -= 1) {
      frames.push(this.#wholeFrame());
    }
    let last = this.#brokenFrame();
    while (commandsOf(last).some((command) => isLawful(command, this.#names))) last = this.#brokenFrame();
    const inputs = frames.length + 1;
    return { bytes: Buffer.concat([...frames, last]), inputs, isMalformed: isMalformed(last) };
  }

  /** For an HA port. */
  ha(): Batch {
    const bytes = this.#haBytes();
    return { bytes, inputs: 1, isMalformed: isMalformedHa(bytes) };
  }

  #wholeFrame(): Uint8Array {
    for (;;) {
      const frame =
        this.#random.below(4) === 0
          ? mutated(this.#random, this.#pick(this.#recorded.frames))
          : encodeFrame(randomRequest(this.#random, this.#names));
      if (isMalformed(frame)) continue;
      const commands = commandsOf(frame);
      if (commands.length === 0 || commands.some((command) => isLawful(command, this.#names))) continue;
      if (isWhole(frame)) return frame;
    }
  }

  #brokenFrame(): Uint8Array {
    const random = this.#random;
    const bytes = randomBytes(random, 1 + random.below(300));
    switch (random.below(4)) {
      case 0:
        return bytes;
      case 1:
        // A length that is right, and nothing else.
        return Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
      default:
        return mutated(random, this.#pick(this.#recorded.frames));
    }
  }

  #haBytes(): Uint8Array {
    const random = this.#random;
    switch (random.below(4)) {
      case 0:
        return randomBytes(random, 1 + random.below(300));
      case 1:
        return Buffer.concat([this.#strangersHandshake(), randomBytes(random, random.below(60))]);
      default:
        return mutated(random, this.#pick(this.#recorded.haStreams).subarray(0, 2000));
    }
  }

  /** Of a broker that is none of the group, whatever it says it follows and holds. */
  #strangersHandshake(): Uint8Array {
    const random = this.#random;
    const number = (): number => random.below(4) * random.below(2 ** 31);
    return encodeSlavePacket({
      kind: 'handshake',
      ...{ syncFromLastFile: random.below(2) === 0, asyncLearner: random.below(2) === 0 },
      brokerId: this.#names.brokerAddresses.length + 1 + number(),
      extension: { followedEpoch: number(), maxOffset: number(), incarnation: `stranger ${number()}` },
    });
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.below(items.length)] as T;
  }
}

/** Fields that nobody reads (of an answer, of a send to a port that takes none) are not looked at. */
function isMalformed(bytes: Uint8Array): boolean {
  try {
    new FrameDecoder(frameBytesMaxDefault, true).feed(bytes, (command) => {
      const isUnread = command.flag !== 0 || command.code === RequestCode.SEND_MESSAGE_V2;
      if (command instanceof LazyJsonCommand && !isUnread) command.parseExtFields();
    });
    return false;
  } catch (error) {
    if (error instanceof FrameError) return true;
    throw error;
  }
}

/** Those before what is malformed, as a server sees them: a header may be good enough for it that is refused in a stricter look. */
function commandsOf(bytes: Uint8Array): ReturnType<FrameDecoder['push']> {
  const commands: ReturnType<FrameDecoder['push']> = [];
  try {
    new FrameDecoder(frameBytesMaxDefault, true).feed(bytes, (command) => {
      if (command instanceof LazyJsonCommand) command.parseExtFields();
      commands.push(command);
    });
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
  }
  return commands;
}

/** Nothing of it is left over that the frame after it would be taken for. */
function isWhole(frame: Uint8Array): boolean {
  const decoder = new FrameDecoder(frameBytesMaxDefault, true);
  decoder.push(frame);
  try {
    // Zeros are a frame of no length: malformed, unless they belong to a frame that was not complete.
    decoder.push(new Uint8Array(8));
    return false;
  } catch {
    return true;
  }
}

function isMalformedHa(bytes: Uint8Array): boolean {
  let isFirst = true;
  let isHandshake = true;
  try {
    new PacketAssembler(slavePacketLength).push(bytes, (packet) => {
      if (isFirst) isHandshake = packet[3] === 1;
      isFirst = false;
    });
    return !isHandshake;
  } catch {
    return true;
  }
}
