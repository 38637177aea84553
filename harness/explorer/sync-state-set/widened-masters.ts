/** What a widened master may do by itself, whatever it has heard by then; looked up after the first time. */
import { forget, hearAnswer, mark, propose, unmark } from './master-deeds.ts';
import { isMaster, type MasterReplica, type MasterWork } from './master-work.ts';
import type { Replica } from './replica.ts';
import { advance } from './role-actions.ts';
import type { SyncStateSetRules } from './sync-state-set-model.ts';
import { awake, stillHearing } from './widened-broker.ts';
import type { Errand } from './world.ts';

export interface Move {
  readonly before: MasterReplica;
  readonly after: Replica;
  /** Which the one that is kept does not tell. */
  readonly confirmOffset: number;
  readonly acknowledged: readonly number[];
  readonly violation: string | undefined;
  readonly proposal: Errand | undefined;
}

type Proposal = Extract<Errand, { kind: 'proposal' }>;
type Answer = Extract<Errand, { kind: 'answer' }>;

/** False: nothing comes of it. */
type Deed = (work: MasterWork, master: MasterReplica) => boolean | Proposal;

export class WidenedMasters {
  readonly #rules: SyncStateSetRules;
  readonly #kept: (replica: Replica) => Replica;
  readonly #awake = new WeakMap<Replica, (readonly MasterReplica[])[]>();
  readonly #moves = new WeakMap<Replica, Map<string, readonly Move[]>>();
  readonly #answered = new WeakMap<Replica, WeakMap<Errand, (readonly Move[])[]>>();

  constructor(rules: SyncStateSetRules, kept: (replica: Replica) => Replica) {
    this.#rules = rules;
    this.#kept = kept;
  }

  /** `confirmed`: all that it may know for that. */
  awake(master: MasterReplica, confirmed: number): readonly MasterReplica[] {
    let known = this.#awake.get(master);
    if (known === undefined) {
      known = [];
      this.#awake.set(master, known);
    }
    let all = known[confirmed];
    if (all === undefined) {
      all = awake(master, confirmed);
      known[confirmed] = all;
    }
    return all;
  }

  /** Confirms what it may confirm. */
  confirm(master: MasterReplica, confirmed: number): readonly Move[] {
    return this.#known(master, confirmed, 'confirm', () => true);
  }

  append(master: MasterReplica, confirmed: number, message: number): readonly Move[] {
    return this.#known(master, confirmed, `append ${message}`, (work) => {
      if (!work.isAdmitting()) return false;
      work.append(message);
      return true;
    });
  }

  changeSet(master: MasterReplica, confirmed: number, brokerId: number): readonly Move[] {
    return [
      ...this.#known(master, confirmed, `mark ${brokerId}`, (work) => mark(work, brokerId)),
      ...this.#known(master, confirmed, `unmark ${brokerId}`, (work) => unmark(work, brokerId)),
    ];
  }

  propose(master: MasterReplica, confirmed: number, brokerId: number): readonly Move[] {
    return [true, false].flatMap((isWith) =>
      this.#known(
        master,
        confirmed,
        `propose ${brokerId} ${isWith}`,
        (work, awakened) => propose(work, awakened, brokerId, isWith) ?? false,
      ),
    );
  }

  forget(master: MasterReplica, confirmed: number): readonly Move[] {
    return this.#known(master, confirmed, 'forget', forget);
  }

  hearAnswer(master: MasterReplica, confirmed: number, answer: Answer): readonly Move[] {
    let byAnswer = this.#answered.get(master);
    if (byAnswer === undefined) {
      byAnswer = new WeakMap();
      this.#answered.set(master, byAnswer);
    }
    const known = byAnswer.get(answer) ?? [];
    byAnswer.set(answer, known);
    let moves = known[confirmed];
    if (moves === undefined) {
      moves = this.#movesOf(master, confirmed, (work) => {
        hearAnswer(work, answer);
        return true;
      });
      known[confirmed] = moves;
    }
    return moves;
  }

  #known(master: MasterReplica, confirmed: number, name: string, deed: Deed): readonly Move[] {
    let byName = this.#moves.get(master);
    if (byName === undefined) {
      byName = new Map();
      this.#moves.set(master, byName);
    }
    const key = `${confirmed} ${name}`;
    let moves = byName.get(key);
    if (moves === undefined) {
      moves = this.#movesOf(master, confirmed, deed);
      byName.set(key, moves);
    }
    return moves;
  }

  #movesOf(master: MasterReplica, confirmed: number, deed: Deed): readonly Move[] {
    const { seededBugs, minInSyncReplicas } = this.#rules;
    const moves = new Map<string, Move>();
    for (const before of this.awake(master, confirmed)) {
      let result: boolean | Proposal = false;
      const change = advance(before, seededBugs, minInSyncReplicas, (work) => {
        result = deed(work, before);
      });
      if (result === false) continue;
      const { acknowledged, violation, replica } = change;
      const proposal = typeof result === 'object' ? (result as Proposal) : undefined;
      const after = isMaster(replica) ? this.#kept(stillHearing(replica, master, proposal)) : replica;
      const named = Math.max(replica.confirmOffset, confirmed);
      // Nobody noticed.
      if (after === master && named === confirmed && acknowledged.length === 0 && violation === undefined)
        continue;
      const key = JSON.stringify([after, named, acknowledged, violation, proposal]);
      if (!moves.has(key))
        moves.set(key, {
          before,
          after,
          confirmOffset: replica.confirmOffset,
          acknowledged,
          violation,
          proposal,
        });
    }
    return [...moves.values()];
  }
}
