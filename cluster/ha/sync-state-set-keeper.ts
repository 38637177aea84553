/** Keeps the SyncStateSet of one masterEpoch: marks replicas that caught up, proposes changes one at a time, follows what the controller says. */
import type { AckTable } from './ack-table.ts';
import type { HaContext } from './ha-context.ts';
import { type HaDelegate, outcomeOf } from './ha-delegate.ts';
import { markMs, markWithinMs, proposalMs, reconnectGraceMs, retryMs } from './ha-limits.ts';
import { minInSyncAtAck } from './min-in-sync-at-ack.ts';
import { isSameSet, type SyncStateSetTracker, type SyncStateSetView } from './sync-state-set-tracker.ts';
import { type MemberCondition, wantedSyncStateSet } from './wanted-sync-state-set.ts';

export interface SyncStateSetKeeperOptions {
  readonly selfBrokerId: number;
  readonly masterEpoch: number;
  readonly acks: AckTable;
  readonly tracker: SyncStateSetTracker;
  /** The ack set or its least size is another one now. */
  readonly changed: () => void;
}

export class SyncStateSetKeeper {
  readonly #context: HaContext;
  readonly #selfBrokerId: number;
  readonly #masterEpoch: number;
  readonly #acks: AckTable;
  readonly #tracker: SyncStateSetTracker;
  readonly #changed: () => void;
  /** The life in which each member has shown that it has all that is confirmed. */
  readonly #vouched = new Map<number, string>();
  readonly #notBeforeMs = new Map<number, number>();
  #committedSinceMs: number;
  #proposalToken = 0;
  #proposalSinceMs = 0;
  #proposeNotBeforeMs = 0;
  #turn = 0;
  #isPeriodicReviewDead = false;
  /** Seeded bug shrink-from-stale-copy: the set epoch when two members were lost at once. */
  #staleSetEpoch: number | undefined;
  #isStopped = false;

  constructor(context: HaContext, options: SyncStateSetKeeperOptions) {
    this.#context = context;
    this.#selfBrokerId = options.selfBrokerId;
    this.#masterEpoch = options.masterEpoch;
    this.#acks = options.acks;
    this.#tracker = options.tracker;
    this.#changed = options.changed;
    this.#committedSinceMs = context.runtime.clock.monotonicMs();
    this.#vouched.set(this.#selfBrokerId, context.options.incarnation ?? '');
    this.#traceSet();
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** What the controller has committed, from any source, in any order. */
  learn(view: SyncStateSetView): void {
    if (!view.syncStateSet.has(this.#selfBrokerId)) {
      this.#context.runtime.trace.log(
        'warn',
        `a SyncStateSet without its master ${this.#selfBrokerId} is not taken`,
      );
      return;
    }
    if (!this.#tracker.learn(view)) return;
    this.#committedSinceMs = this.#context.runtime.clock.monotonicMs();
    this.#turn = 0;
    this.#proposeNotBeforeMs = 0;
    for (const brokerId of [...this.#vouched.keys()]) {
      if (!this.#tracker.ackSet().has(brokerId)) this.#vouched.delete(brokerId);
    }
    this.#traceSet();
    this.#changed();
  }

  /** A replica has told how far it is. */
  acked(brokerId: number, nowMs: number): void {
    const ack = this.#acks.ackOf(brokerId);
    const incarnation = this.#acks.incarnationOf(brokerId);
    if (ack === undefined || incarnation === undefined) return;
    const isMember = this.#tracker.committed().syncStateSet.has(brokerId);
    // Writes wait for a member all the time: with all that is confirmed, it lacks nothing that was acknowledged.
    if (isMember && ack >= this.#context.store.confirmOffset()) this.#vouched.set(brokerId, incarnation);
    if (!isMember) this.review(nowMs);
  }

  /** A replica's link broke. */
  lost(brokerId: number): void {
    if (this.#tracker.unmark(brokerId)) this.#changed();
  }

  /** Whatever goes wrong in one look, the next one comes (B10): with the seeded bug the first failure is the end of it. */
  periodicReview(nowMs: number): void {
    if (this.#isPeriodicReviewDead) return;
    if (this.#context.runtime.seededBugs.has('shrink-task-dies') && this.#goneIds(nowMs).length > 0) {
      this.#isPeriodicReviewDead = true;
      throw new Error('the set was changed while it was walked');
    }
    this.review(nowMs);
  }

  review(nowMs: number): void {
    if (this.#isStopped) return;
    if (this.#tracker.isAwaitingAnswer() && nowMs - this.#proposalSinceMs > proposalMs)
      this.#settle({ kind: 'unknown' });
    this.#giveUpMarks(nowMs);
    this.#setMarks(nowMs);
    const ready = this.#readyIds();
    if (this.#tracker.isAwaitingAnswer() || nowMs < this.#proposeNotBeforeMs) return;
    const next = this.#nextProposal(ready, nowMs);
    if (next !== undefined) this.#propose(next, nowMs);
  }

  conditionOf(brokerId: number, nowMs: number): MemberCondition {
    const limitMs = this.#context.options.haMaxTimeSlaveNotCatchup;
    const lostForMs = this.#acks.lostForMs(brokerId, nowMs);
    if (lostForMs !== undefined) return lostForMs > reconnectGraceMs ? 'gone' : 'fine';
    if (this.#acks.silentForMs(brokerId, nowMs) > limitMs) return 'gone';
    const behindForMs = this.#acks.behindForMs(brokerId, this.#context.store.maxOffset(), nowMs);
    if (Math.min(behindForMs, nowMs - this.#committedSinceMs) > limitMs) return 'gone';
    // With fewer acks than members a member may lag behind what is confirmed.
    if (!this.#context.options.allAckInSyncStateSet) return 'fine';
    const ack = this.#acks.ackOf(brokerId);
    return ack !== undefined && ack < this.#context.store.confirmOffset() ? 'short' : 'fine';
  }

  #giveUpMarks(nowMs: number): void {
    for (const brokerId of this.#tracker.markedIds()) {
      const mark = this.#tracker.markOf(brokerId);
      if (mark === undefined) continue;
      const ack = this.#acks.ackOf(brokerId);
      const isHopeless = ack === undefined || (ack < mark.offset && nowMs - mark.atMs > markMs);
      if (isHopeless && this.#tracker.unmark(brokerId)) {
        this.#notBeforeMs.set(brokerId, nowMs + retryMs);
        this.#vouched.delete(brokerId);
        this.#changed();
      }
    }
  }

  #setMarks(nowMs: number): void {
    const maxOffset = this.#context.store.maxOffset();
    for (const brokerId of this.#acks.brokerIds()) {
      if (
        this.#tracker.committed().syncStateSet.has(brokerId) ||
        this.#tracker.markOf(brokerId) !== undefined
      )
        continue;
      if (this.#acks.ackOf(brokerId) === undefined || nowMs < (this.#notBeforeMs.get(brokerId) ?? 0))
        continue;
      if (this.#acks.behindForMs(brokerId, maxOffset, nowMs) > markWithinMs) continue;
      // First the mark, then the test against the end of that moment: nothing can be acknowledged without it in between.
      this.#tracker.mark(brokerId, maxOffset, nowMs);
      this.#changed();
    }
  }

  #readyIds(): readonly number[] {
    return this.#tracker.markedIds().filter((brokerId) => {
      const mark = this.#tracker.markOf(brokerId);
      const ack = this.#acks.ackOf(brokerId);
      if (mark === undefined || ack === undefined || ack < mark.offset) return false;
      this.#vouched.set(brokerId, this.#acks.incarnationOf(brokerId) ?? '');
      return true;
    });
  }

  /**
   * The wanted set; while a proposal is in limbo also that one again, by turns: whichever is adopted or found adopted settles it. Without an
   * answer to it, its members hold the acknowledgements up.
   */
  #nextProposal(ready: readonly number[], nowMs: number): ReadonlySet<number> | undefined {
    const committed = this.#tracker.committed().syncStateSet;
    const wanted = wantedSyncStateSet({
      selfBrokerId: this.#selfBrokerId,
      committed,
      conditionOf: (brokerId) => (this.#isPeriodicReviewDead ? 'fine' : this.conditionOf(brokerId, nowMs)),
      ready,
      minInSyncReplicas: minInSyncAtAck(this.#context),
    });
    if (this.#context.runtime.seededBugs.has('shrink-from-stale-copy')) {
      const stale = this.#oneLossOfTwo(nowMs);
      if (stale !== undefined) return stale;
    }
    const limbo = this.#tracker.limboSet();
    const choices: ReadonlySet<number>[] = [];
    if (!isSameSet(wanted, committed)) choices.push(wanted);
    if (limbo !== undefined) choices.push(limbo);
    return choices[this.#turn % Math.max(1, choices.length)];
  }

  #goneIds(nowMs: number): readonly number[] {
    const { syncStateSet } = this.#tracker.committed();
    return [...syncStateSet].filter(
      (brokerId) => brokerId !== this.#selfBrokerId && this.conditionOf(brokerId, nowMs) === 'gone',
    );
  }

  /**
   * Seeded bug: each of two losses makes a proposal of its own from the copy that both have seen, the second one too when the first is adopted
   * already (B11). The copy is never looked at again.
   */
  #oneLossOfTwo(nowMs: number): ReadonlySet<number> | undefined {
    const [first, second] = this.#goneIds(nowMs);
    const { syncStateSet, syncStateSetEpoch } = this.#tracker.committed();
    if (first === undefined || (second === undefined && this.#staleSetEpoch === undefined)) return undefined;
    this.#staleSetEpoch ??= syncStateSetEpoch;
    return new Set([...syncStateSet].filter((brokerId) => brokerId !== first));
  }

  #propose(next: ReadonlySet<number>, nowMs: number): void {
    this.#turn += 1;
    this.#tracker.propose(next);
    this.#proposalToken += 1;
    this.#proposalSinceMs = nowMs;
    const token = this.#proposalToken;
    const base = this.#staleSetEpoch ?? this.#tracker.committed().syncStateSetEpoch;
    const fields = { masterEpoch: this.#masterEpoch, set: [...next].sort((a, b) => a - b), setEpoch: base };
    this.#context.runtime.trace.emit('sync-state-set-proposed', fields);
    this.#changed();
    if (this.#isStopped) return;
    void this.#ask(base, next).then((answer) => this.#answered(token, answer));
  }

  async #ask(
    base: number,
    next: ReadonlySet<number>,
  ): Promise<Awaited<ReturnType<HaDelegate['proposeSyncStateSet']>>> {
    const incarnations = new Map([...next].map((brokerId) => [brokerId, this.#vouched.get(brokerId) ?? '']));
    try {
      return await this.#context.delegate.proposeSyncStateSet(this.#masterEpoch, base, next, incarnations);
    } catch (error) {
      this.#context.runtime.trace.log('warn', `SyncStateSet proposal of unknown fate: ${String(error)}`);
      return { kind: 'unknown' };
    }
  }

  #answered(token: number, answer: Awaited<ReturnType<HaDelegate['proposeSyncStateSet']>>): void {
    if (this.#isStopped) return;
    if (answer.kind === 'adopted') {
      this.learn({ syncStateSet: answer.syncStateSet, syncStateSetEpoch: answer.syncStateSetEpoch });
    }
    // An answer to an earlier proposal says nothing about the one that waits now.
    if (token === this.#proposalToken && this.#tracker.isAwaitingAnswer()) this.#settle(outcomeOf(answer));
  }

  #settle(outcome: ReturnType<typeof outcomeOf>): void {
    this.#tracker.answered(outcome);
    this.#proposeNotBeforeMs = this.#context.runtime.clock.monotonicMs() + retryMs;
    this.#changed();
  }

  #traceSet(): void {
    const { syncStateSet, syncStateSetEpoch } = this.#tracker.committed();
    const fields = {
      masterEpoch: this.#masterEpoch,
      set: [...syncStateSet].sort((a, b) => a - b),
      setEpoch: syncStateSetEpoch,
    };
    this.#context.runtime.trace.emit('sync-state-set', fields);
  }
}
