/** What one member does on one input, together with its disk: the real core of cluster/raft, on a copy of its state. */
import { AssertionError } from 'node:assert';
import { copyState } from '../../../cluster/raft/copy-state.ts';
import type { stepRaft } from '../../../cluster/raft/raft-core.ts';
import type { PersistEffect, RaftEffect } from '../../../cluster/raft/raft-effect.ts';
import type { RaftInput } from '../../../cluster/raft/raft-input.ts';
import type { RaftMessage } from '../../../cluster/raft/raft-message.ts';
import { type RaftConfig, type RaftState, restoredState } from '../../../cluster/raft/raft-state.ts';
import { entryName, type RaftNews } from './raft-history.ts';
import { type RaftMember, withSmallSequences, writeDown } from './raft-member.ts';

export type MemberInput =
  | RaftInput
  /** Time passes without a word from the leader: until it asks for votes, or only until it would give one. */
  | { readonly kind: 'campaign' | 'lapse' }
  /** From here on what is written is not durable at once ... */
  | { readonly kind: 'stick' }
  /** ... until all of it is. */
  | { readonly kind: 'sync' }
  /** From somebody who was asked something in an older term. */
  | { readonly kind: 'hear-of-term'; readonly term: number }
  /** The process dies and starts anew. Of the unsynced writes so many were done, and of the next one so many entries. */
  | { readonly kind: 'restart'; readonly survivingWrites: number; readonly survivingEntries: number };

export interface MemberStep {
  readonly member: RaftMember;
  readonly sent: readonly RaftMessage[];
  readonly news: RaftNews | undefined;
  /** What the core's own asserts, or its disk, say against this step. */
  readonly violation: string | undefined;
  readonly effects: readonly RaftEffect[];
}

/** What happens just before an input, where only together they make a difference. */
export interface Before {
  /** It has not heard its leader for so long that it would help another one. */
  readonly isLapsed: boolean;
  /** From here on what is written is not durable at once. */
  readonly isSticking: boolean;
}

export const nothingBefore: Before = { isLapsed: false, isSticking: false };

/** The core, or one with a bug in it. */
export type StepRaft = typeof stepRaft;

export function stepMember(
  core: StepRaft,
  config: RaftConfig,
  before: RaftMember,
  input: MemberInput,
  { isLapsed, isSticking }: Before = nothingBefore,
): MemberStep {
  const work = new MemberWork(core, config, before);
  try {
    if (isLapsed) work.take({ kind: 'lapse' });
    if (isSticking) work.take({ kind: 'stick' });
    work.take(input);
    if (!work.isDiskStuck) work.sync();
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    return {
      member: before,
      sent: [],
      news: undefined,
      violation: `assert in ${config.selfId}: ${error.message}`,
      effects: work.effects,
    };
  }
  const { state, durable, unsynced, isDiskStuck, sent, effects } = work;
  return {
    member: withSmallSequences({ state, durable, unsynced, isDiskStuck }),
    sent,
    news: newsOf(config.selfId, before.state, state, input, effects),
    violation: work.violation,
    effects,
  };
}

class MemberWork {
  readonly #core: StepRaft;
  readonly #config: RaftConfig;
  state: RaftState;
  durable: RaftMember['durable'];
  unsynced: PersistEffect[];
  isDiskStuck: boolean;
  readonly sent: RaftMessage[] = [];
  readonly effects: RaftEffect[] = [];
  violation: string | undefined;

  constructor(core: StepRaft, config: RaftConfig, { state, durable, unsynced, isDiskStuck }: RaftMember) {
    this.#core = core;
    this.#config = config;
    this.state = copyState(state);
    this.durable = durable;
    this.unsynced = [...unsynced];
    this.isDiskStuck = isDiskStuck;
  }

  take(input: MemberInput): void {
    const { electionTicks } = this.#config;
    switch (input.kind) {
      case 'campaign':
        do this.step({ kind: 'tick', luck: 0 });
        while (this.state.role !== 'pre-candidate' || this.state.electionElapsedTicks > 0);
        return;
      case 'lapse':
        while (this.state.electionElapsedTicks < electionTicks)
          this.step({ kind: 'tick', luck: electionTicks - 1 });
        return;
      case 'stick':
        this.isDiskStuck = true;
        return;
      case 'sync':
        this.isDiskStuck = false;
        return;
      case 'hear-of-term':
        this.#hearOfTerm(input.term);
        return;
      case 'restart':
        this.#restart(input.survivingWrites, input.survivingEntries);
        return;
      default:
        this.step(input);
    }
  }

  step(input: RaftInput): void {
    for (const effect of this.#core({ config: this.#config, state: this.state, effects: [] }, input)) {
      this.effects.push(effect);
      if (effect.kind === 'persist') this.unsynced.push(effect);
      else if (effect.kind === 'send') this.#send(effect.message);
    }
  }

  sync(): void {
    for (let write = this.unsynced.shift(); write !== undefined; write = this.unsynced.shift()) {
      this.durable = writeDown(this.durable, write);
      this.step({ kind: 'persisted', sequence: write.sequence });
    }
  }

  #send(message: RaftMessage): void {
    this.sent.push(message);
    const { selfId } = this.#config;
    const isPromise = message.kind === 'vote-answer' || message.kind === 'append-answer';
    if (isPromise && this.durable.term < message.term)
      this.violation ??= `${selfId} answers in term ${message.term}, but its disk knows ${this.durable.term}`;
    if (message.kind === 'append-answer' && message.accepted && message.index >= this.durable.entries.length)
      this.violation ??= `${selfId} acknowledges entry ${message.index} before it is durable`;
  }

  #hearOfTerm(term: number): void {
    const { selfId: to, memberIds } = this.#config;
    const from = memberIds.find((id) => id !== to) ?? to;
    this.step({ kind: 'message', message: { kind: 'pre-vote-answer', from, to, term, granted: false } });
  }

  #restart(survivingWrites: number, survivingEntries: number): void {
    for (const write of this.unsynced.slice(0, survivingWrites))
      this.durable = writeDown(this.durable, write);
    const torn = this.unsynced[survivingWrites];
    if (torn?.what === 'entries' && survivingEntries > 0)
      this.durable = writeDown(this.durable, { ...torn, entries: torn.entries.slice(0, survivingEntries) });
    this.unsynced = [];
    this.isDiskStuck = false;
    this.state = restoredState(this.#config, this.durable);
  }
}

function newsOf(
  id: string,
  before: RaftState,
  after: RaftState,
  input: MemberInput,
  effects: readonly RaftEffect[],
): RaftNews | undefined {
  const isNewLeader = after.role === 'leader' && (before.role !== 'leader' || before.term !== after.term);
  const commitIndex = after.commitIndex > before.commitIndex ? after.commitIndex : undefined;
  const readsAsked = input.kind === 'read' ? [input.readId] : [];
  const readsReady = effects.flatMap((effect) => (effect.kind === 'read-ready' ? [effect] : []));
  const readsRefused = effects.flatMap((effect) => (effect.kind === 'read-refused' ? [effect.readId] : []));
  // With the process its questions are gone.
  if (input.kind === 'restart')
    readsRefused.push(...before.waitingReads, ...before.roundReads.map(({ readId }) => readId));
  const isNothing =
    !isNewLeader &&
    commitIndex === undefined &&
    readsAsked.length + readsReady.length + readsRefused.length === 0;
  if (isNothing) return undefined;
  const log = after.entries.map(entryName);
  return { id, term: after.term, isNewLeader, log, commitIndex, readsAsked, readsReady, readsRefused };
}
