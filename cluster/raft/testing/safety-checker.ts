/** The promises of Raft (paper, Figure 3), watched from outside: told of every effect, throws at the first one that breaks a promise. */
import assert from 'node:assert/strict';
import type { RaftEffect } from '../raft-effect.ts';
import type { RaftEntry, RaftMessage } from '../raft-message.ts';
import type { RaftState } from '../raft-state.ts';

/** One member as the checker sees it. */
export interface WatchedMember {
  readonly id: string;
  readonly state: Readonly<RaftState>;
  /** Its disk was lost, and it stays silent: what it held counts as held, for nobody is elected without its word. */
  readonly isWiped?: boolean;
  /** What is really on its disk, whatever it believes. */
  readonly durable: {
    readonly term: number;
    readonly vote: string | undefined;
    readonly entries: readonly RaftEntry[];
  };
}

const termsMax = 1_000_000;

export class SafetyChecker {
  readonly #members: readonly WatchedMember[];
  readonly #leaders = new Map<number, string>();
  readonly #votes = new Map<string, string>();
  readonly #entries = new Map<number, { readonly previousTerm: number; readonly body: Uint8Array }>();
  readonly #committed: RaftEntry[] = [];
  /** By index: a term in which the entry was committed already. */
  readonly #commitTerms: number[] = [];
  readonly #reads = new Map<number, number>();
  /** Filled as the life of a member goes on; a new life applies from the beginning. */
  readonly #nextToApply = new Map<string, number>();
  readsChecked = 0;

  constructor(members: readonly WatchedMember[]) {
    this.#members = members;
  }

  get committedCount(): number {
    return this.#committed.length;
  }

  get leaderCount(): number {
    return this.#leaders.size;
  }

  lifeBegins(id: string): void {
    this.#nextToApply.set(id, 0);
  }

  /** Votes of a disk that is gone bind nobody: such a member votes only where a leader needs everybody, so none can be elected twice by it. */
  diskLost(id: string): void {
    for (const key of [...this.#votes.keys()]) if (key.startsWith(`${id}/`)) this.#votes.delete(key);
  }

  /** Everything applied anywhere until now may have been answered to somebody. */
  readInvoked(readId: number): void {
    this.#reads.set(readId, this.#committed.length - 1);
  }

  observe(member: WatchedMember, effects: readonly RaftEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'role' && effect.role === 'leader') this.#onLeader(member);
      else if (effect.kind === 'persist' && effect.what === 'entries')
        this.#onEntries(member, effect.firstIndex, effect.entries);
      else if (effect.kind === 'send') this.#onSend(member, effect.message);
      else if (effect.kind === 'apply') for (const entry of effect.entries) this.#onApply(member, entry);
      else if (effect.kind === 'read-ready') this.#onRead(effect.readId, effect.index);
    }
  }

  #onLeader({ id, state }: WatchedMember): void {
    const other = this.#leaders.get(state.term) ?? id;
    assert.equal(other, id, `election safety: ${other} and ${id} lead term ${state.term}`);
    this.#leaders.set(state.term, id);
    for (const { index, term } of this.#committed) {
      // A late winner of an old term may lack what newer leaders have committed; it can do nothing with its office.
      if ((this.#commitTerms[index] ?? 0) >= state.term) continue;
      assert.equal(
        state.entries[index]?.term,
        term,
        `leader completeness: ${id} leads term ${state.term} without entry ${index}`,
      );
    }
  }

  /** Equal index and term mean the same entry and the same one before it; by induction the same log up to there. */
  #onEntries({ id, state }: WatchedMember, firstIndex: number, entries: readonly RaftEntry[]): void {
    let previousTerm = firstIndex === 0 ? 0 : this.#termBefore(state, firstIndex);
    for (const { index, term, body } of entries) {
      const known = this.#entries.get(index * termsMax + term);
      if (known === undefined) this.#entries.set(index * termsMax + term, { previousTerm, body });
      else {
        assert(
          known.previousTerm === previousTerm && known.body === body,
          `log matching: ${id} has another entry ${index} of term ${term}`,
        );
      }
      previousTerm = term;
    }
  }

  #termBefore(state: Readonly<RaftState>, firstIndex: number): number {
    return state.entries[firstIndex - 1]?.term ?? 0;
  }

  #onSend({ id, durable }: WatchedMember, message: RaftMessage): void {
    if (message.kind === 'vote-answer' && message.granted) {
      const key = `${id}/${message.term}`;
      const before = this.#votes.get(key) ?? message.to;
      assert.equal(
        before,
        message.to,
        `one vote: ${id} votes for ${before} and ${message.to} in term ${message.term}`,
      );
      this.#votes.set(key, message.to);
    }
    if (message.kind === 'vote-answer' || message.kind === 'append-answer') {
      assert(
        durable.term >= message.term,
        `${id} answers in term ${message.term}, but its disk knows ${durable.term}`,
      );
    }
    if (message.kind === 'append-answer' && message.accepted) {
      assert(
        message.index < durable.entries.length,
        `${id} acknowledges entry ${message.index} before it is durable`,
      );
    }
  }

  #onApply({ id, state }: WatchedMember, entry: RaftEntry): void {
    assert.equal(entry.index, this.#nextToApply.get(id), `${id} applies out of order`);
    this.#nextToApply.set(id, entry.index + 1);
    const known = this.#committed[entry.index];
    if (known !== undefined) {
      assert(
        known.term === entry.term && known.body === entry.body,
        `state machine safety: ${id} applies another entry ${entry.index}`,
      );
      return;
    }
    const holders = this.#members.filter(
      ({ durable, isWiped }) => isWiped === true || durable.entries[entry.index]?.term === entry.term,
    );
    const ids = new Set(holders.map((holder) => holder.id));
    // By the configuration of whoever committed it, which may be newer than that of whoever applies it first.
    const isCovered = this.#members.some(({ state: { configurations } }) => {
      const voterIds = configurations.at(-1)?.voterIds ?? [];
      return voterIds.filter((voterId) => ids.has(voterId)).length * 2 > voterIds.length;
    });
    assert(isCovered, `entry ${entry.index} is committed, but only ${holders.length} disks hold it`);
    this.#committed.push(entry);
    this.#commitTerms.push(state.term);
  }

  #onRead(readId: number, index: number): void {
    const floor = this.#reads.get(readId) ?? -1;
    assert(
      index >= floor,
      `linearizable reads: a read of entry ${index} began when entry ${floor} had been answered`,
    );
    this.readsChecked += 1;
  }
}
