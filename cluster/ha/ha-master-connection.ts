/** One accepted HA connection: packets in, bytes out. What they mean is the master's affair. */
import type { ByteStream } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { stopIfBroken } from './broken-invariant.ts';
import { decodeSlavePacket, type SlavePacket } from './ha-packet.ts';
import { PacketAssembler, slavePacketLength } from './packet-assembler.ts';

export interface HaMasterConnectionHandler {
  packet(connection: HaMasterConnection, packet: SlavePacket): void;
  drained(connection: HaMasterConnection): void;
  closed(connection: HaMasterConnection, reason: string): void;
}

export class HaMasterConnection {
  readonly id: number;
  readonly remoteAddress: string;
  readonly #runtime: Runtime;
  readonly #stream: ByteStream;
  readonly #handler: HaMasterConnectionHandler;
  readonly #assembler = new PacketAssembler(slavePacketLength);
  #isOpen = true;
  #isWritable = true;
  #lastSentMs: number;

  /** `handler` is asked from the next event on. */
  constructor(runtime: Runtime, id: number, stream: ByteStream, handler: HaMasterConnectionHandler) {
    this.id = id;
    this.remoteAddress = stream.remoteAddress;
    this.#runtime = runtime;
    this.#stream = stream;
    this.#handler = handler;
    this.#lastSentMs = runtime.clock.monotonicMs();
    stream.handle({
      data: (bytes) => this.#take(bytes),
      close: (error) => this.#closed(error?.message ?? 'the slave closed it'),
      drain: () => {
        this.#isWritable = true;
        if (this.#isOpen) this.#guard(() => this.#handler.drained(this));
      },
    });
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  /** False while enough waits to be sent. */
  isWritable(): boolean {
    return this.#isOpen && this.#isWritable;
  }

  lastSentMs(): number {
    return this.#lastSentMs;
  }

  send(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#lastSentMs = this.#runtime.clock.monotonicMs();
    if (!this.#stream.write(bytes)) this.#isWritable = false;
  }

  close(reason: string): void {
    this.#stream.destroy();
    this.#closed(reason);
  }

  /** Sends a last word first. */
  closeAfter(bytes: Uint8Array, reason: string): void {
    this.send(bytes);
    this.#stream.end();
    this.#closed(reason);
  }

  #take(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.#guard(() => {
      this.#assembler.push(bytes, (packet) => {
        if (this.#isOpen) this.#handler.packet(this, decodeSlavePacket(packet));
      });
    });
  }

  /** Whatever goes wrong here ends this connection and nothing else (B10). */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (stopIfBroken(this.#runtime, error)) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#runtime.trace.log('warn', `HA connection from ${this.remoteAddress} closed: ${reason}`);
      this.close(reason);
    }
  }

  #closed(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#handler.closed(this, reason);
  }
}
