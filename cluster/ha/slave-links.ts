/** The slaves of one masterEpoch: their connections, what they were sent and what they say they have. */
import type { AckTable } from './ack-table.ts';
import type { EpochList } from './epoch-list.ts';
import type { HaContext } from './ha-context.ts';
import { alignMs } from './ha-limits.ts';
import type { HaMasterConnection } from './ha-master-connection.ts';
import { encodeMasterPacket, RefuseReason, type SlavePacket } from './ha-packet.ts';
import { SlaveLink } from './slave-link.ts';
import { TransferFrames } from './transfer-frames.ts';

export interface SlaveStatus {
  readonly brokerId: number;
  readonly remoteAddress: string;
  readonly isLearner: boolean;
  readonly ackOffset: number | undefined;
  readonly sentOffset: number;
}

export interface SlaveLinksHandler {
  /** Its ack counts. */
  acked(brokerId: number, nowMs: number): void;
  pong(brokerId: number, round: number): void;
  /** The newest connection of a slave whose acks count is closed. */
  lost(brokerId: number): void;
  /** The round that a slave which just came must be asked in, too. */
  currentRound(): number | undefined;
  followsNewer(brokerId: number, masterEpoch: number, remoteAddress: string): void;
}

/** Of HaMasterOptions. */
export interface LinkedMaster {
  readonly selfBrokerId: number;
  readonly masterEpoch: number;
  readonly epochs: EpochList;
  readonly sentEpochs: EpochList;
}

/** So much is worth a write of its own to each slave. */
const pumpBytes = 64 * 1024;

export class SlaveLinks {
  readonly #context: HaContext;
  readonly #selfBrokerId: number;
  readonly #epochs: EpochList;
  readonly #masterEpoch: number;
  readonly #acks: AckTable;
  readonly #handler: SlaveLinksHandler;
  readonly #frames: TransferFrames;
  readonly #links = new Map<HaMasterConnection, SlaveLink>();
  #isPumpScheduled = false;
  #pumpedTo = 0;

  constructor(context: HaContext, own: LinkedMaster, acks: AckTable, handler: SlaveLinksHandler) {
    this.#context = context;
    this.#selfBrokerId = own.selfBrokerId;
    this.#epochs = own.epochs;
    this.#masterEpoch = own.masterEpoch;
    this.#acks = acks;
    this.#handler = handler;
    this.#frames = new TransferFrames(context.store, own.sentEpochs, context.options.haTransferBatchSize);
  }

  closeAll(reason: string): void {
    for (const connection of [...this.#links.keys()]) connection.close(reason);
  }

  handshake(connection: HaMasterConnection, packet: Extract<SlavePacket, { kind: 'handshake' }>): void {
    const { brokerId, extension } = packet;
    if (!Number.isSafeInteger(brokerId) || brokerId < 0 || brokerId === this.#selfBrokerId) {
      connection.close(`broker id ${brokerId} is no slave of broker ${this.#selfBrokerId}`);
      return;
    }
    if (extension !== undefined && extension.followedEpoch !== this.#masterEpoch) {
      this.#refuseEpoch(connection, brokerId, extension.followedEpoch);
      return;
    }
    const isLearner = packet.asyncLearner || extension === undefined;
    // The newest connection of a replica is the one that counts (B14); one that does not count replaces none that does.
    for (const link of [...this.#links.values()]) {
      if (link.brokerId === brokerId && (link.isLearner || !isLearner))
        link.connection.close('replaced by a newer connection of the same broker');
    }
    const link = new SlaveLink(connection, this.#frames, brokerId, isLearner, this.#nowMs());
    this.#links.set(connection, link);
    if (!isLearner) this.#acks.connected(brokerId, connection.id, extension.incarnation, this.#nowMs());
    const maxOffset = this.#context.store.maxOffset();
    connection.send(
      encodeMasterPacket({
        kind: 'handshake',
        maxOffset,
        lastEpoch: this.#masterEpoch,
        epochs: this.#epochs,
      }),
    );
    this.#trace(link, 'handshake');
    const round = this.#handler.currentRound();
    if (round !== undefined) this.#ping(link, round);
    const { remoteAddress } = connection;
    this.#context.delegate.connectionState({ kind: 'slave-joined', brokerId, remoteAddress });
  }

  packet(connection: HaMasterConnection, packet: SlavePacket): void {
    const link = this.#links.get(connection);
    if (link === undefined) return;
    link.lastHeardMs = this.#nowMs();
    this.#acks.heard(link.brokerId, connection.id, link.lastHeardMs);
    switch (packet.kind) {
      case 'handshake':
        connection.close('a second handshake on one connection');
        return;
      case 'ack':
        if (link.position() === undefined) this.#begin(link, packet.offset);
        else this.#acked(link, packet.offset);
        return;
      case 'pong':
        if (packet.masterEpoch !== this.#masterEpoch)
          connection.close(`a pong of epoch ${packet.masterEpoch}`);
        else if (!link.isLearner) this.#handler.pong(link.brokerId, packet.round);
        return;
    }
  }

  drained(connection: HaMasterConnection): void {
    this.#links.get(connection)?.pump();
  }

  closed(connection: HaMasterConnection, reason: string): void {
    const link = this.#links.get(connection);
    if (link === undefined) return;
    this.#links.delete(connection);
    this.#trace(link, 'closed');
    const { brokerId } = link;
    if (!link.isLearner && this.#acks.disconnected(brokerId, connection.id, this.#nowMs())) {
      this.#handler.lost(brokerId);
    }
    const { remoteAddress } = connection;
    this.#context.delegate.connectionState({ kind: 'slave-left', brokerId, remoteAddress, reason });
  }

  pingAll(round: number): void {
    for (const link of this.#links.values()) this.#ping(link, round);
  }

  /** What one turn appended goes out in one frame per slave; where that is much, the first of it while the rest is still being appended. */
  schedulePump(): void {
    if (this.#links.size === 0) return;
    const end = this.#context.store.maxOffset();
    if (end - this.#pumpedTo >= pumpBytes) this.#pump(end);
    if (this.#isPumpScheduled) return;
    this.#isPumpScheduled = true;
    this.#context.runtime.clock.soon(() => {
      this.#isPumpScheduled = false;
      this.#pump(this.#context.store.maxOffset());
    });
  }

  #pump(end: number): void {
    this.#pumpedTo = end;
    for (const link of [...this.#links.values()]) link.pump();
  }

  /** Heartbeats out; links that are silent closed. */
  tick(nowMs: number): void {
    const { options } = this.#context;
    for (const link of [...this.#links.values()]) {
      const limitMs = link.position() === undefined ? alignMs : options.haHousekeepingInterval;
      if (nowMs - link.lastHeardMs > limitMs) link.connection.close(`nothing heard for ${limitMs} ms`);
      else if (nowMs - link.connection.lastSentMs() >= options.haSendHeartbeatInterval) link.heartbeat();
    }
  }

  /** This process was stopped: nobody's silence in that time counts. */
  forgive(nowMs: number): void {
    for (const link of this.#links.values()) link.lastHeardMs = nowMs;
  }

  status(): readonly SlaveStatus[] {
    return [...this.#links.values()].map((link) => ({
      brokerId: link.brokerId,
      remoteAddress: link.connection.remoteAddress,
      isLearner: link.isLearner,
      ackOffset: link.ackOffset,
      sentOffset: link.sentOffset,
    }));
  }

  #refuseEpoch(connection: HaMasterConnection, brokerId: number, followedEpoch: number): void {
    const isNewer = followedEpoch > this.#masterEpoch;
    const reason = isNewer ? RefuseReason.DEPOSED : RefuseReason.OLDER_EPOCH;
    connection.closeAfter(
      encodeMasterPacket({ kind: 'refuse', reason, masterEpoch: this.#masterEpoch }),
      `broker ${brokerId} follows epoch ${followedEpoch}, not ${this.#masterEpoch}`,
    );
    if (isNewer) this.#handler.followsNewer(brokerId, followedEpoch, connection.remoteAddress);
  }

  /** The first ack: the end of the slave's log after it was cut; from there on it is sent to. */
  #begin(link: SlaveLink, reached: number): void {
    const { store } = this.#context;
    const from = reached === 0 ? store.minOffset() : reached;
    const isHere = reached >= 0 && reached <= store.maxOffset() && from >= store.minOffset();
    if (!isHere || this.#frames.isBeforeFirstEpoch(from)) {
      const refusal = { reason: RefuseReason.OFFSET_OUT_OF_RANGE, masterEpoch: this.#masterEpoch };
      link.connection.closeAfter(
        encodeMasterPacket({ kind: 'refuse', ...refusal }),
        `broker ${link.brokerId} asks for offset ${reached}, but the log here is ${store.minOffset()} to ${store.maxOffset()}`,
      );
      return;
    }
    link.begin(reached, from);
    this.#trace(link, 'transfer');
    this.#acked(link, reached);
    link.pump();
    if (this.#links.has(link.connection)) link.heartbeat();
  }

  #acked(link: SlaveLink, offset: number): void {
    const { connection, brokerId } = link;
    if (link.isLearner) {
      link.ackOffset = offset;
      return;
    }
    const nowMs = this.#nowMs();
    const maxOffset = this.#context.store.maxOffset();
    const verdict = this.#acks.acked(brokerId, connection.id, offset, link.sentOffset, maxOffset, nowMs);
    switch (verdict) {
      case 'beyond-sent':
      case 'went-back':
        connection.close(
          `broker ${brokerId} says it has ${offset}; sent on this connection: up to ${link.sentOffset}`,
        );
        return;
      case 'stale-connection':
        return;
      case 'same':
      case 'advanced':
        link.ackOffset = offset;
        this.#handler.acked(brokerId, nowMs);
        return;
    }
  }

  #ping(link: SlaveLink, round: number): void {
    if (link.isLearner) return;
    link.connection.send(encodeMasterPacket({ kind: 'ping', masterEpoch: this.#masterEpoch, round }));
  }

  #trace(link: SlaveLink, state: string): void {
    this.#context.runtime.trace.emit('ha-connection', { peer: link.brokerId, state });
  }

  #nowMs(): number {
    return this.#context.runtime.clock.monotonicMs();
  }
}
