/** One connection of a slave to its master: packets come out one at a time, the next one when the last is done with. */
import type { ByteStream } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { stopIfBroken } from './broken-invariant.ts';
import { decodeMasterPacket, encodeSlavePacket, type MasterPacket, type SlavePacket } from './ha-packet.ts';
import {
  bytesEnoughForMaster,
  HaPacketError,
  masterPacketLength,
  PacketAssembler,
} from './packet-assembler.ts';

export interface HaClientLinkHandler {
  /** A promise holds the packets behind it back. The packet's bytes hold good until this returns. */
  packet(link: HaClientLink, packet: MasterPacket): Promise<void> | undefined;
  /** `isUnreadable`: what came was no packet. */
  closed(link: HaClientLink, reason: string, isUnreadable: boolean): void;
}

export class HaClientLink {
  /** 'align': until the log is cut to what it shares with the master's. */
  phase: 'handshake' | 'align' | 'transfer' = 'handshake';
  /** What was last reported; never more than is durable here. */
  ackOffset = -1;
  lastHeardMs: number;
  lastSentMs: number;
  readonly #runtime: Runtime;
  readonly #stream: ByteStream;
  readonly #handler: HaClientLinkHandler;
  readonly #assembler: PacketAssembler;
  readonly #queue: MasterPacket[] = [];
  #isBusy = false;
  #isThrottled = false;
  #isOpen = true;

  constructor(runtime: Runtime, stream: ByteStream, handler: HaClientLinkHandler) {
    this.#runtime = runtime;
    this.#stream = stream;
    this.#handler = handler;
    this.#assembler = new PacketAssembler(
      masterPacketLength,
      runtime.seededBugs.has('frame-by-short-header') ? bytesEnoughForMaster : undefined,
    );
    this.lastHeardMs = runtime.clock.monotonicMs();
    this.lastSentMs = this.lastHeardMs;
    stream.handle({
      data: (bytes) => this.#take(bytes),
      close: (error) => this.close(error?.message ?? 'the master closed it'),
    });
  }

  isOpen(): boolean {
    return this.#isOpen;
  }

  /** Nothing is read at present: the peer's silence says nothing. */
  isHeldBack(): boolean {
    return this.#isBusy || this.#isThrottled;
  }

  send(packet: SlavePacket): void {
    if (!this.#isOpen) return;
    this.lastSentMs = this.#runtime.clock.monotonicMs();
    this.#stream.write(encodeSlavePacket(packet));
  }

  close(reason: string, isUnreadable = false): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#queue.length = 0;
    this.#stream.destroy();
    this.#handler.closed(this, reason, isUnreadable);
  }

  /** Back-pressure: the disk is behind the wire. */
  throttle(isThrottled: boolean): void {
    if (this.#isThrottled === isThrottled) return;
    this.#isThrottled = isThrottled;
    this.#steer();
  }

  #take(bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    this.lastHeardMs = this.#runtime.clock.monotonicMs();
    try {
      this.#assembler.push(bytes, this.#each);
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error), error instanceof HaPacketError);
    }
  }

  readonly #each = (bytes: Uint8Array): void => {
    if (!this.#isOpen) return;
    const length = masterPacketLength(bytes);
    if (bytes.length !== length) {
      throw new HaPacketError(`a packet of ${bytes.length} bytes, which says that it has ${length}`);
    }
    // What has to wait gets bytes of its own.
    if (this.#isBusy) this.#queue.push(decodeMasterPacket(Uint8Array.from(bytes)));
    else this.#handle(decodeMasterPacket(bytes));
  };

  #drain(): void {
    while (this.#isOpen && !this.#isBusy) {
      const packet = this.#queue.shift();
      if (packet === undefined) return;
      this.#handle(packet);
    }
  }

  #handle(packet: MasterPacket): void {
    try {
      const work = this.#handler.packet(this, packet);
      if (work === undefined) return;
      this.#isBusy = true;
      this.#steer();
      void work.then(
        () => this.#resumed(),
        (error: unknown) => this.#failed(error),
      );
    } catch (error) {
      this.#failed(error);
    }
  }

  #resumed(): void {
    this.#isBusy = false;
    // The time it took is not the master's silence.
    this.lastHeardMs = this.#runtime.clock.monotonicMs();
    this.#steer();
    this.#drain();
  }

  /** Nothing that went wrong is passed over: what follows would build on it. */
  #failed(error: unknown): void {
    if (stopIfBroken(this.#runtime, error)) return;
    this.close(error instanceof Error ? error.message : String(error));
  }

  #steer(): void {
    if (!this.#isOpen) return;
    if (this.#isBusy || this.#isThrottled) this.#stream.pause();
    else this.#stream.resume();
  }
}
