/**
 * The master of one masterEpoch: its slaves, their acks, the writes and reads that wait. It ends with the epoch, and with it all it knows:
 * nothing that was said to it can count in another epoch.
 */
import assert from 'node:assert/strict';
import type { Timer } from '../runtime/clock.ts';
import { AckTable } from './ack-table.ts';
import { stopIfBroken } from './broken-invariant.ts';
import { nextConfirmOffset } from './confirm-offset.ts';
import { type EpochList, lastEntry } from './epoch-list.ts';
import type { HaContext } from './ha-context.ts';
import { alignMs, confirmTraceMs, lateTimerMs, masterTickMs, waitingWritesMax } from './ha-limits.ts';
import type { HaMasterConnection } from './ha-master-connection.ts';
import { encodeMasterPacket, RefuseReason, type SlavePacket } from './ha-packet.ts';
import { type ReadDone, ReadRounds } from './read-rounds.ts';
import { SlaveLink } from './slave-link.ts';
import { SyncStateSetKeeper } from './sync-state-set-keeper.ts';
import { SyncStateSetTracker, type SyncStateSetView } from './sync-state-set-tracker.ts';
import { TransferFrames } from './transfer-frames.ts';
import { WaitingWrites, type WriteDone } from './waiting-writes.ts';

export interface HaMasterOptions {
  readonly selfBrokerId: number;
  /** The last one is this master's. */
  readonly epochs: EpochList;
  readonly committed: SyncStateSetView;
}

export interface SlaveStatus {
  readonly brokerId: number;
  readonly remoteAddress: string;
  readonly ackOffset: number | undefined;
  readonly sentOffset: number;
  readonly isInSyncStateSet: boolean;
}

export class HaMaster {
  readonly masterEpoch: number;
  /** Everything a predecessor may have confirmed lies below. */
  readonly startOffset: number;
  readonly #context: HaContext;
  readonly #selfBrokerId: number;
  readonly #epochs: EpochList;
  readonly #acks: AckTable;
  readonly #tracker: SyncStateSetTracker;
  readonly #keeper: SyncStateSetKeeper;
  readonly #frames: TransferFrames;
  readonly #writes = new WaitingWrites(waitingWritesMax);
  readonly #reads: ReadRounds;
  readonly #links = new Map<HaMasterConnection, SlaveLink>();
  #confirmOffset: number;
  /** Confirmed and dispatched. */
  #readableOffset: number;
  #deposedBy: number | undefined;
  #isPumpScheduled = false;
  #isRoundScheduled = false;
  #isEnded = false;
  #tickTimer: Timer | undefined;
  #confirmTracedMs = Number.NEGATIVE_INFINITY;

  constructor(context: HaContext, options: HaMasterOptions) {
    const own = lastEntry(options.epochs);
    assert(own !== undefined, 'a master has an epoch');
    assert(options.committed.syncStateSet.has(options.selfBrokerId), 'a master is in its SyncStateSet');
    const { runtime, store } = context;
    this.#context = context;
    this.masterEpoch = own.epoch;
    this.startOffset = own.startOffset;
    this.#selfBrokerId = options.selfBrokerId;
    this.#epochs = options.epochs;
    this.#acks = new AckTable(runtime.clock.monotonicMs());
    this.#tracker = new SyncStateSetTracker(options.committed, runtime.seededBugs);
    this.#frames = new TransferFrames(store, options.epochs, context.options.haTransferBatchSize);
    this.#reads = new ReadRounds(options.selfBrokerId);
    // Not a word about more than is recorded until the ack set has it (R8).
    this.#confirmOffset = store.confirmOffset();
    this.#readableOffset = this.#confirmOffset;
    this.#keeper = new SyncStateSetKeeper(context, {
      selfBrokerId: options.selfBrokerId,
      masterEpoch: own.epoch,
      acks: this.#acks,
      tracker: this.#tracker,
      changed: () => this.#advance(),
    });
  }

  start(): void {
    this.#armTick();
    this.#advance();
  }

  /** Nothing is answered 'ok' any more. */
  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#tickTimer?.cancel();
    this.#keeper.stop();
    for (const connection of [...this.#links.keys()]) connection.close(reason);
    this.#writes.drop();
    this.#reads.drop();
  }

  admission(): { readonly ok: true } | { readonly ok: false; readonly inSync: number } {
    const inSync = this.#tracker.sizeMin();
    if (this.#isEnded || this.#deposedBy !== undefined || inSync < this.#context.options.minInSyncReplicas) {
      return { ok: false, inSync };
    }
    return { ok: true };
  }

  syncStateSet(): SyncStateSetView {
    return this.#tracker.committed();
  }

  learnSyncStateSet(view: SyncStateSetView): void {
    this.#keeper.learn(view);
  }

  waitForConfirm(nextOffset: number, deadlineMs: number, done: WriteDone): void {
    if (!this.#writes.add(nextOffset, deadlineMs, done)) {
      done('timeout');
      return;
    }
    this.#schedulePump();
    this.#answerWrites();
  }

  waitingWrites(): number {
    return this.#writes.count();
  }

  readRound(timeoutMs: number, done: ReadDone): void {
    if (this.#context.runtime.seededBugs.has('skip-read-round')) {
      done(true);
      return;
    }
    if (this.#isEnded || this.#deposedBy !== undefined) {
      done(false);
      return;
    }
    // Nobody else can be elected.
    if (this.#tracker.ackSet().size === 1) {
      done(true);
      return;
    }
    this.#reads.add(this.#nowMs() + timeoutMs, done);
    this.#scheduleRound();
  }

  tailReadable(): boolean {
    return !this.#isEnded && this.#deposedBy === undefined && this.#readableOffset >= this.startOffset;
  }

  // What the store says.

  durable(): void {
    this.#schedulePump();
    this.#advance();
    this.#answerWrites();
  }

  dispatched(confirmOffset: number): void {
    this.#readableOffset = Math.max(this.#readableOffset, confirmOffset);
    this.#answerWrites();
  }

  // What a slave says.

  handshake(connection: HaMasterConnection, packet: Extract<SlavePacket, { kind: 'handshake' }>): void {
    const { brokerId, extension } = packet;
    if (!Number.isSafeInteger(brokerId) || brokerId < 0 || brokerId === this.#selfBrokerId) {
      connection.close(`broker id ${brokerId} is no slave of broker ${this.#selfBrokerId}`);
      return;
    }
    if (extension !== undefined && extension.followedEpoch !== this.masterEpoch) {
      this.#refuseEpoch(connection, brokerId, extension.followedEpoch);
      return;
    }
    // The newest connection of a replica is the one that counts (B14).
    for (const link of [...this.#links.values()]) {
      if (link.brokerId === brokerId)
        link.connection.close('replaced by a newer connection of the same broker');
    }
    const isLearner = packet.asyncLearner || extension === undefined;
    const link = new SlaveLink(connection, this.#frames, brokerId, isLearner, this.#nowMs());
    this.#links.set(connection, link);
    if (!isLearner) this.#acks.connected(brokerId, connection.id, extension.incarnation, this.#nowMs());
    const maxOffset = this.#context.store.maxOffset();
    connection.send(
      encodeMasterPacket({ kind: 'handshake', maxOffset, lastEpoch: this.masterEpoch, epochs: this.#epochs }),
    );
    this.#trace(link, 'handshake');
    if (!isLearner) this.#ping(link);
    this.#context.delegate.connectionState({
      kind: 'slave-joined',
      brokerId,
      remoteAddress: connection.remoteAddress,
    });
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
        if (packet.masterEpoch !== this.masterEpoch)
          connection.close(`a pong of epoch ${packet.masterEpoch}`);
        else if (!link.isLearner) this.#pong(link.brokerId, packet.round);
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
    if (
      !link.isLearner &&
      this.#acks.disconnected(brokerId, connection.id, this.#nowMs()) &&
      !this.#isEnded
    ) {
      this.#keeper.lost(brokerId);
    }
    const { remoteAddress } = connection;
    this.#context.delegate.connectionState({ kind: 'slave-left', brokerId, remoteAddress, reason });
  }

  status(): {
    readonly inSync: number;
    readonly confirmOffset: number;
    readonly waitingWrites: number;
    readonly slaves: readonly SlaveStatus[];
  } {
    const set = this.#tracker.committed().syncStateSet;
    return {
      inSync: this.#tracker.sizeMin(),
      confirmOffset: this.#confirmOffset,
      waitingWrites: this.#writes.count(),
      slaves: [...this.#links.values()].map((link) => ({
        brokerId: link.brokerId,
        remoteAddress: link.connection.remoteAddress,
        ackOffset: link.ackOffset,
        sentOffset: link.sentOffset,
        isInSyncStateSet: !link.isLearner && set.has(link.brokerId),
      })),
    };
  }

  #refuseEpoch(connection: HaMasterConnection, brokerId: number, followedEpoch: number): void {
    const isNewer = followedEpoch > this.masterEpoch;
    const reason = isNewer ? RefuseReason.DEPOSED : RefuseReason.OLDER_EPOCH;
    connection.closeAfter(
      encodeMasterPacket({ kind: 'refuse', reason, masterEpoch: this.masterEpoch }),
      `broker ${brokerId} follows epoch ${followedEpoch}, not ${this.masterEpoch}`,
    );
    if (!isNewer) return;
    // A slave follows only what the controller has committed: this epoch is over, whatever else arrives.
    this.#deposedBy = Math.max(this.#deposedBy ?? 0, followedEpoch);
    this.#reads.drop();
    this.#context.delegate.deposed(followedEpoch);
  }

  /** The first ack: the end of the slave's log after it was cut; from there on it is sent to. */
  #begin(link: SlaveLink, reached: number): void {
    const { store } = this.#context;
    const from = reached === 0 ? store.minOffset() : reached;
    if (
      reached < 0 ||
      reached > store.maxOffset() ||
      from < store.minOffset() ||
      this.#frames.isBeforeFirstEpoch(from)
    ) {
      const refusal = { reason: RefuseReason.OFFSET_OUT_OF_RANGE, masterEpoch: this.masterEpoch };
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
    link.ackOffset = offset;
    if (link.isLearner) return;
    const { connection, brokerId } = link;
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
        this.#keeper.acked(brokerId, nowMs);
        this.#advance();
        return;
    }
  }

  #pong(brokerId: number, round: number): void {
    this.#reads.pong(brokerId, round);
    this.#turnRounds();
  }

  #ping(link: SlaveLink): void {
    const round = this.#reads.currentId();
    if (round === undefined) return;
    link.connection.send(encodeMasterPacket({ kind: 'ping', masterEpoch: this.masterEpoch, round }));
  }

  #turnRounds(): void {
    if (this.#isEnded) return;
    this.#reads.settle(this.#tracker.ackSet());
    if (this.#reads.begin() === undefined) return;
    for (const link of this.#links.values()) if (!link.isLearner) this.#ping(link);
    if (this.#reads.settle(this.#tracker.ackSet())) this.#scheduleRound();
  }

  /** Reads of one turn share a round. */
  #scheduleRound(): void {
    if (this.#isRoundScheduled) return;
    this.#isRoundScheduled = true;
    this.#context.runtime.clock.soon(() => {
      this.#isRoundScheduled = false;
      this.#turnRounds();
    });
  }

  /** What one turn appended goes out in one frame per slave. */
  #schedulePump(): void {
    if (this.#isPumpScheduled || this.#links.size === 0) return;
    this.#isPumpScheduled = true;
    this.#context.runtime.clock.soon(() => {
      this.#isPumpScheduled = false;
      for (const link of [...this.#links.values()]) link.pump();
    });
  }

  /** Moves confirmOffset as far as acks, own disk and set allow. */
  #advance(): void {
    if (this.#isEnded) return;
    const { store, options } = this.#context;
    const confirmOffset = nextConfirmOffset({
      previous: this.#confirmOffset,
      selfBrokerId: this.#selfBrokerId,
      ownDurableOffset: store.durableOffset(),
      ackSet: this.#tracker.ackSet(),
      ackOf: (brokerId) => this.#acks.ackOf(brokerId),
      inSyncMin: this.#tracker.sizeMin(),
      minInSyncReplicas: options.minInSyncReplicas,
      acksRequired: options.allAckInSyncStateSet ? 'all' : options.inSyncReplicas,
    });
    if (confirmOffset > this.#confirmOffset) {
      assert(
        confirmOffset <= store.maxOffset(),
        `confirmOffset ${confirmOffset} beyond the log's end ${store.maxOffset()}`,
      );
      this.#confirmOffset = confirmOffset;
      store.setConfirmOffset(confirmOffset);
      this.#traceConfirm(confirmOffset);
    }
    this.#answerWrites();
    if (this.#reads.currentId() !== undefined) this.#turnRounds();
  }

  #answerWrites(): void {
    if (this.#context.runtime.seededBugs.has('ack-before-replication')) {
      this.#writes.complete(this.#context.store.durableOffset());
      return;
    }
    // Again at the acknowledgement: the set may have shrunk since the write was let in (B15).
    if (this.#tracker.sizeMin() < this.#context.options.minInSyncReplicas) return;
    this.#writes.complete(this.#readableOffset);
  }

  #armTick(): void {
    const dueMs = this.#nowMs() + masterTickMs;
    this.#tickTimer = this.#context.runtime.clock.after(masterTickMs, () => {
      // Armed first: whatever happens below, the next tick comes (B10).
      this.#armTick();
      try {
        this.#tick(this.#nowMs(), this.#nowMs() - dueMs > lateTimerMs);
      } catch (error) {
        if (!stopIfBroken(this.#context.runtime, error)) {
          this.#context.runtime.trace.log('error', `HA master tick: ${String(error)}`);
        }
      }
    });
  }

  #tick(nowMs: number, wasStopped: boolean): void {
    const { options } = this.#context;
    if (wasStopped) {
      this.#acks.forgive(nowMs);
      for (const link of this.#links.values()) link.lastHeardMs = nowMs;
    }
    const hasEnough = this.#tracker.sizeMin() >= options.minInSyncReplicas;
    this.#writes.expire(nowMs, hasEnough ? 'timeout' : 'not-enough-replicas');
    this.#reads.expire(nowMs);
    this.#turnRounds();
    for (const link of [...this.#links.values()]) {
      const limitMs = link.position() === undefined ? alignMs : options.haHousekeepingInterval;
      if (nowMs - link.lastHeardMs > limitMs) link.connection.close(`nothing heard for ${limitMs} ms`);
      else if (nowMs - link.connection.lastSentMs() >= options.haSendHeartbeatInterval) link.heartbeat();
    }
    this.#keeper.review(nowMs);
  }

  #traceConfirm(offset: number): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#confirmTracedMs < confirmTraceMs) return;
    this.#confirmTracedMs = nowMs;
    this.#context.runtime.trace.emit('confirm', { offset });
  }

  #trace(link: SlaveLink, state: string): void {
    this.#context.runtime.trace.emit('ha-connection', { peer: link.brokerId, state });
  }

  #nowMs(): number {
    return this.#context.runtime.clock.monotonicMs();
  }
}
