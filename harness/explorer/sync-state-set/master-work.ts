/** A master at work for one step: the real ack table, tracker, waiting writes and confirmOffset, woken from plain data and put back into it. */
import { AckTable } from '../../../cluster/ha/ack-table.ts';
import { nextConfirmOffset } from '../../../cluster/ha/confirm-offset.ts';
import { SyncStateSetTracker, type SyncStateSetView } from '../../../cluster/ha/sync-state-set-tracker.ts';
import { WaitingWrites } from '../../../cluster/ha/waiting-writes.ts';
import type { SeededBug } from '../../../cluster/runtime/seeded-bug.ts';
import { incarnationOf, type MasterPart, type Replica } from './replica.ts';

export type MasterReplica = Replica & { readonly role: { readonly kind: 'master' } };

export function isMaster(replica: Replica): replica is MasterReplica {
  return replica.role.kind === 'master';
}

const waitingMax = 16;

export class MasterWork {
  readonly acks: AckTable;
  readonly tracker: SyncStateSetTracker;
  readonly vouched: Map<number, string>;
  readonly acknowledged: number[] = [];
  nextConnectionId: number;
  proposalToken: number;
  confirmOffset: number;
  log: readonly number[];
  readonly #replica: MasterReplica;
  readonly #seededBugs: ReadonlySet<SeededBug>;
  readonly #minInSyncReplicas: number;
  readonly #waiting: number[];

  constructor(replica: MasterReplica, seededBugs: ReadonlySet<SeededBug>, minInSyncReplicas: number) {
    const { part } = replica.role;
    this.#replica = replica;
    this.#seededBugs = seededBugs;
    this.#minInSyncReplicas = minInSyncReplicas;
    this.acks = AckTable.from(0, part.acks);
    this.tracker = SyncStateSetTracker.from(part.tracker, seededBugs);
    this.vouched = new Map(part.vouched);
    this.#waiting = [...part.waiting];
    this.nextConnectionId = part.nextConnectionId;
    this.proposalToken = part.proposalToken;
    this.confirmOffset = replica.confirmOffset;
    this.log = replica.log;
  }

  isAdmitting(): boolean {
    return this.tracker.sizeMin() >= this.#minInSyncReplicas;
  }

  append(message: number): void {
    this.log = [...this.log, message];
    this.#waiting.push(this.log.length);
  }

  /** As SyncStateSetKeeper.learn. */
  learn(view: SyncStateSetView): void {
    if (!view.syncStateSet.has(this.#replica.brokerId) || !this.tracker.learn(view)) return;
    for (const brokerId of [...this.vouched.keys()])
      if (!this.tracker.ackSet().has(brokerId)) this.vouched.delete(brokerId);
  }

  /** As SyncStateSetKeeper.acked. */
  heard(brokerId: number): void {
    const ack = this.acks.ackOf(brokerId);
    const incarnation = this.acks.incarnationOf(brokerId);
    if (ack === undefined || incarnation === undefined) return;
    const isMember = this.tracker.committed().syncStateSet.has(brokerId);
    if (isMember && ack >= this.confirmOffset) this.vouched.set(brokerId, incarnation);
  }

  /** As HaMaster: confirmOffset as far as it goes, then the writes that wait for it. */
  done(): Replica {
    const { brokerId, role } = this.#replica;
    this.confirmOffset = nextConfirmOffset({
      previous: this.confirmOffset,
      selfBrokerId: brokerId,
      ownDurableOffset: this.log.length,
      ackSet: this.tracker.ackSet(),
      ackOf: (id) => this.acks.ackOf(id),
      inSyncMin: this.tracker.sizeMin(),
      minInSyncReplicas: this.#minInSyncReplicas,
      acksRequired: 'all',
      skipsDisconnected: () => this.#seededBugs.has('skip-disconnected-member'),
    });
    this.#answerWrites();
    const waiting = this.#waiting.filter((end) => !this.acknowledged.includes(end));
    const part: MasterPart = {
      tracker: this.tracker.snapshot(),
      acks: this.acks.rows(),
      vouched: [...this.vouched].sort(([a], [b]) => a - b),
      waiting,
      nextConnectionId: this.nextConnectionId,
      proposalToken: this.proposalToken,
    };
    const { syncStateSetEpoch } = this.tracker.committed();
    return {
      ...this.#replica,
      log: this.log,
      confirmOffset: this.confirmOffset,
      role: { ...role, syncStateSetEpoch, part },
    };
  }

  #answerWrites(): void {
    const writes = new WaitingWrites(waitingMax);
    for (const end of this.#waiting) writes.add(end, 1, () => this.acknowledged.push(end));
    if (this.#seededBugs.has('ack-before-replication')) writes.complete(this.log.length);
    else if (this.isAdmitting()) writes.complete(this.confirmOffset);
  }
}

/** The part of a master whose epoch begins. */
export function newMasterPart(replica: Replica, view: SyncStateSetView): MasterPart {
  return {
    tracker: new SyncStateSetTracker(view, new Set()).snapshot(),
    acks: [],
    vouched: [[replica.brokerId, incarnationOf(replica)]],
    waiting: [],
    nextConnectionId: 1,
    proposalToken: 0,
  };
}
