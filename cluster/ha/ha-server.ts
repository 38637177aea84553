/** Accepts HA connections in every role; hands the packets to the master of the moment, refuses slaves when there is none. */
import type { Timer } from '../runtime/clock.ts';
import type { ByteStream, HostPort, Listener } from '../runtime/network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { alignMs, connectionsMax } from './ha-limits.ts';
import type { HaMaster } from './ha-master.ts';
import { HaMasterConnection } from './ha-master-connection.ts';
import { encodeMasterPacket, RefuseReason, type SlavePacket } from './ha-packet.ts';

export class HaServer {
  readonly #runtime: Runtime;
  readonly #currentMaster: () => HaMaster | undefined;
  readonly #roleEpoch: () => number;
  /** Each connection belongs to the master of the epoch it shook hands with, for ever. */
  readonly #ownerOf = new Map<HaMasterConnection, HaMaster | undefined>();
  readonly #handshakeTimers = new Map<HaMasterConnection, Timer>();
  #listener: Listener | undefined;
  #lastId = 0;
  #isStopped = false;

  constructor(runtime: Runtime, currentMaster: () => HaMaster | undefined, roleEpoch: () => number) {
    this.#runtime = runtime;
    this.#currentMaster = currentMaster;
    this.#roleEpoch = roleEpoch;
  }

  async start(listen: HostPort): Promise<HostPort> {
    this.#listener = await this.#runtime.network.listen(listen, (stream) => this.#accept(stream));
    return this.#listener.address;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const connection of [...this.#ownerOf.keys()]) connection.close('this broker stops');
    await this.#listener?.close();
  }

  connectionCount(): number {
    return this.#ownerOf.size;
  }

  #accept(stream: ByteStream): void {
    this.#lastId += 1;
    const connection = new HaMasterConnection(this.#runtime, this.#lastId, stream, {
      packet: (from, packet) => this.#packet(from, packet),
      drained: (from) => this.#ownerOf.get(from)?.drained(from),
      closed: (from, reason) => this.#closed(from, reason),
    });
    // In the table before anything can happen to it (B29).
    this.#ownerOf.set(connection, undefined);
    if (this.#isStopped || this.#ownerOf.size > connectionsMax) {
      connection.close(`more than ${connectionsMax} HA connections`);
      return;
    }
    const timer = this.#runtime.clock.after(alignMs, () => connection.close('no handshake'));
    this.#handshakeTimers.set(connection, timer);
  }

  #packet(connection: HaMasterConnection, packet: SlavePacket): void {
    const owner = this.#ownerOf.get(connection);
    if (owner !== undefined) {
      owner.packet(connection, packet);
      return;
    }
    this.#forgetTimer(connection);
    const master = this.#currentMaster();
    if (packet.kind !== 'handshake') {
      connection.close(`wanted a handshake first, got ${packet.kind}`);
    } else if (master === undefined) {
      const refusal = {
        kind: 'refuse',
        reason: RefuseReason.NOT_MASTER,
        masterEpoch: this.#roleEpoch(),
      } as const;
      connection.closeAfter(encodeMasterPacket(refusal), 'not the master');
    } else {
      this.#ownerOf.set(connection, master);
      master.handshake(connection, packet);
    }
  }

  #closed(connection: HaMasterConnection, reason: string): void {
    const owner = this.#ownerOf.get(connection);
    this.#ownerOf.delete(connection);
    this.#forgetTimer(connection);
    owner?.closed(connection, reason);
  }

  #forgetTimer(connection: HaMasterConnection): void {
    this.#handshakeTimers.get(connection)?.cancel();
    this.#handshakeTimers.delete(connection);
  }
}
