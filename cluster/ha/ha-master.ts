/**
 * The master of one masterEpoch: the writes and reads that wait for its slaves, and how far it may confirm. It ends with the epoch, and with it
 * all it knows: nothing that was said to it can count in another epoch.
 */
import assert from 'node:assert/strict';
import type { Timer } from '../runtime/clock.ts';
import { AckTable } from './ack-table.ts';
import { stopIfBroken } from './broken-invariant.ts';
import { nextConfirmOffset } from './confirm-offset.ts';
import type { EpochList } from './epoch-list.ts';
import type { HaContext } from './ha-context.ts';
import { confirmTraceMs, lateTimerMs, masterTickMs, waitingWritesMax } from './ha-limits.ts';
import type { HaMasterConnection } from './ha-master-connection.ts';
import type { SlavePacket } from './ha-packet.ts';
import { minInSyncAtAck } from './min-in-sync-at-ack.ts';
import { type ReadDone, ReadRounds } from './read-rounds.ts';
import { SlaveLinks, type SlaveStatus } from './slave-links.ts';
import { SyncStateSetKeeper } from './sync-state-set-keeper.ts';
import { SyncStateSetTracker, type SyncStateSetView } from './sync-state-set-tracker.ts';
import { WaitingWrites, type WriteDone } from './waiting-writes.ts';

export interface HaMasterOptions {
  readonly selfBrokerId: number;
  readonly masterEpoch: number;
  /** Where its first byte goes. */
  readonly startOffset: number;
  /** The last one is this master's. */
  readonly epochs: EpochList;
  /** The labels of what is sent: the same list. */
  readonly sentEpochs: EpochList;
  readonly committed: SyncStateSetView;
}

export interface MasterStatus {
  readonly inSync: number;
  readonly confirmOffset: number;
  readonly waitingWrites: number;
  readonly slaves: readonly (SlaveStatus & { readonly isInSyncStateSet: boolean })[];
}

export class HaMaster {
  readonly masterEpoch: number;
  /** Everything a predecessor may have confirmed lies below. */
  readonly startOffset: number;
  readonly #context: HaContext;
  readonly #selfBrokerId: number;
  readonly #minInSyncAtAck: number;
  readonly #skipsDisconnected: () => boolean;
  readonly #acks: AckTable;
  readonly #tracker: SyncStateSetTracker;
  readonly #keeper: SyncStateSetKeeper;
  readonly #links: SlaveLinks;
  readonly #writes = new WaitingWrites(waitingWritesMax);
  readonly #reads: ReadRounds;
  #confirmOffset: number;
  /** Confirmed and dispatched. */
  #readableOffset: number;
  #deposedBy: number | undefined;
  #isRoundScheduled = false;
  #isEnded = false;
  #tickTimer: Timer | undefined;
  #confirmTracedMs = Number.NEGATIVE_INFINITY;
  #isShortTraced = false;

  constructor(context: HaContext, options: HaMasterOptions) {
    const { selfBrokerId, committed } = options;
    assert(committed.syncStateSet.has(selfBrokerId), 'a master is in its SyncStateSet');
    this.#context = context;
    this.masterEpoch = options.masterEpoch;
    this.startOffset = options.startOffset;
    this.#selfBrokerId = selfBrokerId;
    this.#minInSyncAtAck = minInSyncAtAck(context);
    this.#skipsDisconnected = () => context.runtime.seededBugs.has('skip-disconnected-member');
    const countsLinks = context.runtime.seededBugs.has('count-acks-per-link');
    this.#acks = new AckTable(this.#nowMs(), countsLinks);
    if (countsLinks) this.#ackOf = (brokerId) => this.#acks.ackOfLink(this.#rankOf(brokerId));
    this.#tracker = new SyncStateSetTracker(committed, context.runtime.seededBugs);
    this.#reads = new ReadRounds(selfBrokerId);
    // Not a word about more than is recorded until the ack set has it.
    this.#confirmOffset = context.store.confirmOffset();
    this.#readableOffset = this.#confirmOffset;
    this.#keeper = new SyncStateSetKeeper(context, {
      selfBrokerId,
      masterEpoch: options.masterEpoch,
      acks: this.#acks,
      tracker: this.#tracker,
      changed: () => this.#advance(),
    });
    this.#links = new SlaveLinks(context, options, this.#acks, {
      acked: (brokerId, nowMs) => {
        this.#keeper.acked(brokerId, nowMs);
        this.#advance();
      },
      pong: (brokerId, round) => {
        this.#reads.pong(brokerId, round);
        this.#turnRounds();
      },
      lost: (brokerId) => {
        if (!this.#isEnded) this.#keeper.lost(brokerId);
      },
      currentRound: () => this.#reads.currentId(),
      followsNewer: (brokerId, masterEpoch, remoteAddress) =>
        this.#followedNewer(brokerId, masterEpoch, remoteAddress),
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
    this.#links.closeAll(reason);
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

  learnSyncStateSet(view: SyncStateSetView): void {
    this.#keeper.learn(view);
  }

  waitForConfirm(nextOffset: number, deadlineMs: number, done: WriteDone): void {
    if (!this.#writes.add(nextOffset, deadlineMs, done)) {
      done('timeout');
      return;
    }
    this.#links.schedulePump();
    if (nextOffset <= this.#readableOffset) this.#answerWrites();
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

  /** The store made more durable. */
  durable(): void {
    this.#links.schedulePump();
    this.#advance();
  }

  /** The store made readable what is confirmed. */
  dispatched(confirmOffset: number): void {
    this.#readableOffset = Math.max(this.#readableOffset, confirmOffset);
    this.#answerWrites();
  }

  handshake(connection: HaMasterConnection, packet: Extract<SlavePacket, { kind: 'handshake' }>): void {
    this.#links.handshake(connection, packet);
  }

  packet(connection: HaMasterConnection, packet: SlavePacket): void {
    this.#links.packet(connection, packet);
  }

  drained(connection: HaMasterConnection): void {
    this.#links.drained(connection);
  }

  closed(connection: HaMasterConnection, reason: string): void {
    this.#links.closed(connection, reason);
  }

  status(): MasterStatus {
    const set = this.#tracker.committed().syncStateSet;
    return {
      inSync: this.#tracker.sizeMin(),
      confirmOffset: this.#confirmOffset,
      waitingWrites: this.#writes.count(),
      slaves: this.#links
        .status()
        .map((slave) => ({ ...slave, isInSyncStateSet: !slave.isLearner && set.has(slave.brokerId) })),
    };
  }

  /**
   * A slave follows only what the controller has committed: this epoch is over, whatever else arrives. Whoever is no member may be a
   * stranger, whose word must not end an epoch; no successor was elected without a member, so what it says is only worth a question.
   */
  #followedNewer(brokerId: number, masterEpoch: number, remoteAddress: string): void {
    if (!this.#tracker.ackSet().has(brokerId)) {
      const event = { kind: 'other-epoch', masterAddress: remoteAddress, masterEpoch } as const;
      this.#context.delegate.connectionState(event);
      return;
    }
    this.#deposedBy = Math.max(this.#deposedBy ?? 0, masterEpoch);
    this.#reads.drop();
    this.#context.delegate.deposed(masterEpoch);
  }

  #turnRounds(): void {
    if (this.#isEnded) return;
    this.#reads.settle(this.#tracker.ackSet());
    const round = this.#reads.begin();
    if (round === undefined) return;
    this.#links.pingAll(round);
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

  /** Moves confirmOffset as far as acks, own disk and set allow. */
  #advance(): void {
    if (this.#isEnded) return;
    const { store, options } = this.#context;
    const confirmOffset = nextConfirmOffset({
      previous: this.#confirmOffset,
      selfBrokerId: this.#selfBrokerId,
      ownDurableOffset: store.durableOffset(),
      ackSet: this.#tracker.ackSet(),
      ackOf: this.#ackOf,
      inSyncMin: this.#tracker.sizeMin(),
      minInSyncReplicas: this.#minInSyncAtAck,
      acksRequired: options.allAckInSyncStateSet ? 'all' : options.inSyncReplicas,
      skipsDisconnected: this.#skipsDisconnected,
    });
    if (confirmOffset > this.#confirmOffset) {
      assert(
        confirmOffset <= store.maxOffset(),
        `confirmOffset ${confirmOffset} beyond the log's end ${store.maxOffset()}`,
      );
      this.#confirmOffset = confirmOffset;
      store.setConfirmOffset(confirmOffset);
      this.#traceConfirm(confirmOffset, this.#lacking(confirmOffset));
    }
    this.#answerWrites();
    if (this.#reads.currentId() !== undefined) this.#turnRounds();
  }

  /** By replica: two links of one are one copy (B14). */
  #ackOf = (brokerId: number): number | undefined => this.#acks.ackOf(brokerId);

  #rankOf(brokerId: number): number {
    return [...this.#tracker.ackSet()].filter((id) => id !== this.#selfBrokerId).indexOf(brokerId);
  }

  #answerWrites(): void {
    if (this.#context.runtime.seededBugs.has('ack-before-replication')) {
      this.#writes.complete(this.#context.store.durableOffset());
      return;
    }
    // Again at the acknowledgement: the set may have shrunk since the write was let in (B15).
    if (this.#tracker.sizeMin() < this.#minInSyncAtAck) return;
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
    if (wasStopped) {
      this.#acks.forgive(nowMs);
      this.#links.forgive(nowMs);
    }
    const hasEnough = this.#tracker.sizeMin() >= this.#minInSyncAtAck;
    this.#writes.expire(nowMs, hasEnough ? 'timeout' : 'not-enough-replicas');
    this.#reads.expire(nowMs);
    this.#turnRounds();
    this.#links.tick(nowMs);
    this.#keeper.periodicReview(nowMs);
  }

  /** Members of the committed set that do not hold all below `offset`: none, or the promise of allAckInSyncStateSet is broken. */
  #lacking(offset: number): number {
    let count = 0;
    for (const brokerId of this.#tracker.committed().syncStateSet)
      if (!this.#holds(brokerId, offset)) count += 1;
    return count;
  }

  #holds(brokerId: number, offset: number): boolean {
    if (brokerId === this.#selfBrokerId) return this.#context.store.durableOffset() >= offset;
    return (this.#acks.ackOf(brokerId) ?? -1) >= offset;
  }

  /** Now and then, and at once when a promise is broken: the judges count copies from it. */
  #traceConfirm(offset: number, lacking: number): void {
    const nowMs = this.#nowMs();
    const { allAckInSyncStateSet, minInSyncReplicas } = this.#context.options;
    const { syncStateSet } = this.#tracker.committed();
    const isShort = allAckInSyncStateSet && (lacking > 0 || syncStateSet.size < minInSyncReplicas);
    const everyMs = isShort && !this.#isShortTraced ? 0 : confirmTraceMs;
    if (nowMs - this.#confirmTracedMs < everyMs) return;
    this.#confirmTracedMs = nowMs;
    this.#isShortTraced = isShort;
    const set = [...syncStateSet].sort((a, b) => a - b);
    const holders = set.filter((brokerId) => this.#holds(brokerId, offset));
    const wanted = allAckInSyncStateSet ? minInSyncReplicas : 1;
    this.#context.runtime.trace.emit('confirm', {
      offset,
      set,
      holders,
      wanted,
      allMembers: allAckInSyncStateSet,
    });
  }

  #nowMs(): number {
    return this.#context.runtime.clock.monotonicMs();
  }
}
