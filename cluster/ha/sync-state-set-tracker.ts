/**
 * The master's view of the SyncStateSet in one epoch: what the controller has committed, and what it may have committed since. Pure.
 *
 * Whoever may be electable must have every write before it is acknowledged. So the ack set is the union of the committed set, of every
 * proposal whose fate is unknown, and of the replicas about to be proposed. All proposals have the committed set's epoch as their base: when a
 * newer set epoch is known, none of them can be adopted any more.
 */
import assert from 'node:assert/strict';
import type { SeededBug } from '../runtime/seeded-bug.ts';

interface Proposal {
  readonly set: ReadonlySet<number>;
  /** Some copy of it was sent and never answered: it may be adopted at any later time. */
  limbo: boolean;
}

export type ProposalOutcome =
  | {
      readonly kind: 'adopted';
      readonly syncStateSet: ReadonlySet<number>;
      readonly syncStateSetEpoch: number;
    }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'unknown' };

export interface SyncStateSetView {
  readonly syncStateSet: ReadonlySet<number>;
  readonly syncStateSetEpoch: number;
}

/** All that a tracker knows, as plain data. */
export interface TrackerSnapshot {
  readonly syncStateSet: readonly number[];
  readonly syncStateSetEpoch: number;
  readonly unresolved: readonly { readonly set: readonly number[]; readonly limbo: boolean }[];
  /** Place in `unresolved` of the proposal that waits for its answer; -1: none does. */
  readonly inFlight: number;
  readonly marks: readonly (readonly [brokerId: number, offset: number, atMs: number])[];
}

export class SyncStateSetTracker {
  readonly #seededBugs: ReadonlySet<SeededBug>;
  #committed: SyncStateSetView;
  #unresolved: Proposal[] = [];
  #inFlight: Proposal | undefined;
  /** Replica -> the master's end when the mark was set: from there on every write waits for the replica. */
  readonly #marks = new Map<number, { readonly offset: number; readonly atMs: number }>();
  #ackSet: ReadonlySet<number>;
  #sizeMin: number;

  constructor(committed: SyncStateSetView, seededBugs: ReadonlySet<SeededBug>) {
    this.#seededBugs = seededBugs;
    this.#committed = committed;
    this.#ackSet = committed.syncStateSet;
    this.#sizeMin = committed.syncStateSet.size;
  }

  /** For whoever explores what may happen from here. */
  snapshot(): TrackerSnapshot {
    const sorted = (set: ReadonlySet<number>): readonly number[] => [...set].sort((a, b) => a - b);
    return {
      syncStateSet: sorted(this.#committed.syncStateSet),
      syncStateSetEpoch: this.#committed.syncStateSetEpoch,
      unresolved: this.#unresolved.map(({ set, limbo }) => ({ set: sorted(set), limbo })),
      inFlight: this.#unresolved.findIndex((proposal) => proposal === this.#inFlight),
      marks: [...this.#marks].map(([brokerId, { offset, atMs }]) => [brokerId, offset, atMs]),
    };
  }

  static from(snapshot: TrackerSnapshot, seededBugs: ReadonlySet<SeededBug>): SyncStateSetTracker {
    const { syncStateSet, syncStateSetEpoch, unresolved, inFlight, marks } = snapshot;
    const tracker = new SyncStateSetTracker(
      { syncStateSet: new Set(syncStateSet), syncStateSetEpoch },
      seededBugs,
    );
    tracker.#unresolved = unresolved.map(({ set, limbo }) => ({ set: new Set(set), limbo }));
    tracker.#inFlight = tracker.#unresolved[inFlight];
    for (const [brokerId, offset, atMs] of marks) tracker.#marks.set(brokerId, { offset, atMs });
    tracker.#recompute();
    return tracker;
  }

  committed(): SyncStateSetView {
    return this.#committed;
  }

  /** Every replica without which nothing may be acknowledged. */
  ackSet(): ReadonlySet<number> {
    return this.#ackSet;
  }

  /** The smallest size that the set may have at the controller now. */
  sizeMin(): number {
    return this.#sizeMin;
  }

  isAwaitingAnswer(): boolean {
    return this.#inFlight !== undefined;
  }

  /** A proposal that may be adopted at any time, though nobody waits for its answer. */
  limboSet(): ReadonlySet<number> | undefined {
    return this.#unresolved.find((proposal) => proposal.limbo)?.set;
  }

  /** A replica is about to enter: from now on writes wait for it, those up to `masterMaxOffset` it must have before it is proposed. */
  mark(brokerId: number, masterMaxOffset: number, nowMs: number): void {
    this.#marks.set(brokerId, { offset: masterMaxOffset, atMs: nowMs });
    this.#recompute();
  }

  markOf(brokerId: number): { readonly offset: number; readonly atMs: number } | undefined {
    return this.#marks.get(brokerId);
  }

  markedIds(): readonly number[] {
    return [...this.#marks.keys()];
  }

  /** Gives a mark up. It stays while a proposal that names the replica is unresolved. */
  unmark(brokerId: number): boolean {
    if (this.#unresolved.some((proposal) => proposal.set.has(brokerId))) return false;
    const had = this.#marks.delete(brokerId);
    this.#recompute();
    return had;
  }

  /** The request for `set` goes out. One at a time: two changes that overlap can have disjoint effects (B11, B89). */
  propose(set: ReadonlySet<number>): void {
    assert(this.#inFlight === undefined, 'a proposal is under way');
    for (const brokerId of set) {
      assert(this.#isWaitedFor(brokerId), `broker ${brokerId} is proposed, but writes do not wait for it`);
    }
    let proposal = this.#unresolved.find((known) => isSameSet(known.set, set));
    if (proposal === undefined) {
      proposal = { set, limbo: false };
      this.#unresolved.push(proposal);
    }
    this.#inFlight = proposal;
    this.#recompute();
  }

  /**
   * The fate of the request under way. 'rejected': this copy was not adopted and never will be. 'unknown': it may still be, even after a
   * later copy was rejected, until a newer set epoch is known (B01).
   */
  answered(outcome: ProposalOutcome): void {
    const proposal = this.#inFlight;
    this.#inFlight = undefined;
    if (outcome.kind === 'adopted' && this.learn(outcome)) return;
    if (proposal === undefined) return;
    if (outcome.kind !== 'rejected') proposal.limbo = true;
    else if (!proposal.limbo) this.#unresolved = this.#unresolved.filter((known) => known !== proposal);
    this.#recompute();
  }

  /** What the controller has committed, however it became known. False when it is nothing new. */
  learn(view: SyncStateSetView): boolean {
    if (view.syncStateSetEpoch <= this.#committed.syncStateSetEpoch) return false;
    this.#committed = view;
    this.#unresolved = [];
    this.#inFlight = undefined;
    for (const brokerId of view.syncStateSet) this.#marks.delete(brokerId);
    this.#recompute();
    return true;
  }

  #isWaitedFor(brokerId: number): boolean {
    if (this.#committed.syncStateSet.has(brokerId) || this.#marks.has(brokerId)) return true;
    return this.#unresolved.some((proposal) => proposal.set.has(brokerId));
  }

  #recompute(): void {
    let sets = [this.#committed.syncStateSet, ...this.#unresolved.map((proposal) => proposal.set)];
    if (this.#seededBugs.has('shrink-before-commit')) sets = sets.slice(-1);
    const union = new Set<number>(this.#marks.keys());
    let sizeMin = Number.POSITIVE_INFINITY;
    for (const set of sets) {
      sizeMin = Math.min(sizeMin, set.size);
      for (const brokerId of set) union.add(brokerId);
    }
    // The union: without it acks miss a replica that the controller may have made electable (B01).
    this.#ackSet = this.#seededBugs.has('ignore-pending-expansion') ? this.#committed.syncStateSet : union;
    this.#sizeMin = sizeMin;
  }
}

export function isSameSet(left: ReadonlySet<number>, right: ReadonlySet<number>): boolean {
  return left.size === right.size && [...left].every((member) => right.has(member));
}
