/** One member of a DLedger group: the shell that carries the effects of a Raft core to disk, wire and state machine. */
import type { ChangeRefusal, MembershipChange, PlacedConfiguration } from '../raft/membership.ts';
import { RaftCore } from '../raft/raft-core.ts';
import type { RaftEffect } from '../raft/raft-effect.ts';
import type { RaftInput } from '../raft/raft-input.ts';
import type { RaftEntry } from '../raft/raft-message.ts';
import { activeConfiguration } from '../raft/raft-state.ts';
import type { Timer } from '../runtime/clock.ts';
import type { NoRoomError } from '../runtime/no-room-error.ts';
import type { Random } from '../runtime/random.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { ChangeRefusedError, NotLeaderError, ProposalRefusedError } from './dledger-errors.ts';
import {
  type DLedgerMachine,
  type DLedgerOptions,
  type DLedgerTransport,
  pendingProposalsMax,
  proposalBytesMax,
  raftConfig,
  tickIntervalMs,
} from './dledger-options.ts';
import { DledgerStore } from './dledger-store.ts';
import { type Batch, PendingProposals } from './pending-proposals.ts';
import { PendingReads } from './pending-reads.ts';
import { decodeRaftMessage, encodeRaftMessage } from './raft-message-codec.ts';

const roomAskedEveryMs = 100;

export class DLedgerServer {
  readonly #runtime: Runtime;
  readonly #options: DLedgerOptions;
  readonly #transport: DLedgerTransport;
  readonly #machine: DLedgerMachine;
  readonly #random: Random;
  readonly #proposals: PendingProposals;
  readonly #reads: PendingReads;
  readonly #leadershipListeners: ((isLeader: boolean, term: number) => void)[] = [];
  readonly #configurationListeners: (() => void)[] = [];
  readonly #inputs: RaftInput[] = [];
  #core: RaftCore | undefined;
  #store: DledgerStore | undefined;
  #timer: Timer | undefined;
  #stepping = false;
  #proposalsScheduled = false;
  #stopped = false;
  #isFull = false;
  #recoveredIndex = 0;
  #batch: Batch | undefined;
  #appliedIndex = -1;
  /** Of the changes that the core is asked for, in their order. */
  readonly #changes: { readonly wanted: MembershipChange; readonly batch: Batch }[] = [];
  #isWiped = false;
  /** The term whose no-op of ours is applied. */
  #ledTerm: number | undefined;

  constructor(
    runtime: Runtime,
    options: DLedgerOptions,
    transport: DLedgerTransport,
    machine: DLedgerMachine,
  ) {
    this.#runtime = runtime;
    this.#options = options;
    this.#transport = transport;
    this.#machine = machine;
    this.#random = runtime.random.fork(`dledger-${options.group}`);
    this.#proposals = new PendingProposals(runtime.clock);
    this.#reads = new PendingReads(runtime.clock);
    transport.onMessage((from, bytes) => this.#receive(from, bytes));
  }

  /** Rejects with DledgerStoreError or DiskError when the files cannot be used. */
  async start(): Promise<void> {
    const { disk, trace } = this.#runtime;
    const directory = `${this.#options.storePath}/dledger-${this.#options.selfId}`;
    const store = await DledgerStore.open(disk, directory);
    if (this.#stopped) {
      await store.close();
      return;
    }
    this.#store = store;
    const { term, entries } = store.restored;
    const torn = store.truncatedBytes === 0 ? '' : `, ${store.truncatedBytes} torn bytes cut off`;
    trace.log(
      'info',
      `DLedger ${this.#options.group}: term ${term}, ${entries.length} entries on disk${torn}`,
    );
    this.#recoveredIndex = entries.length;
    this.#core = new RaftCore(raftConfig(this.#options, this.#runtime.seededBugs), store.restored);
    this.#tellConfiguration();
    this.#scheduleTick();
  }

  /** Waiting proposals end as unknown. */
  async stop(): Promise<void> {
    const store = this.#store;
    this.#stopped = true;
    this.#core = undefined;
    this.#store = undefined;
    this.#timer?.cancel();
    const leaderGone = new NotLeaderError(this.#options.selfId, undefined);
    this.#proposals.takeQueued().refused(leaderGone);
    this.#proposals.abandon('stopped', 'this member was stopped');
    this.#reads.abandon(leaderGone);
    this.#endLeadership();
    await store?.close();
  }

  /** Resolves with what the machine made of it, once committed and applied here. */
  propose(body: Uint8Array, timeoutMs: number): Promise<unknown> {
    const refusal = this.#refusalOf(body);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#proposals.add({ body, resolve, reject }, timeoutMs);
      if (this.#proposalsScheduled) return;
      this.#proposalsScheduled = true;
      // All proposals of a turn share one write, one sync and one message to each peer.
      this.#runtime.clock.soon(() => this.#proposeQueued());
    });
  }

  /** Resolves once the change is committed and applied here. One at a time; rejects with ChangeRefusedError at once when it may not be. */
  changeMembership(change: MembershipChange, timeoutMs: number): Promise<void> {
    if (this.#core?.state.role !== 'leader') return Promise.reject(this.#notLeader());
    return new Promise((resolve, reject) => {
      this.#changes.push({ wanted: change, batch: this.#proposals.awaitEntry(timeoutMs, resolve, reject) });
      this.#step({ kind: 'change', change });
    });
  }

  /** The configuration that counts, committed or not; undefined before the start. */
  configuration(): PlacedConfiguration | undefined {
    return this.#core === undefined ? undefined : activeConfiguration(this.#core.state);
  }

  /** False for one that was not added yet, only learns, or was removed. */
  votes(): boolean {
    return this.configuration()?.voterIds.includes(this.#options.selfId) === true;
  }

  onConfiguration(listener: () => void): void {
    this.#configurationListeners.push(listener);
  }

  /** Resolves when the machine here is at least as new as anything any member answered before the call. */
  readBarrier(timeoutMs: number): Promise<void> {
    if (this.#core?.state.role !== 'leader') return Promise.reject(this.#notLeader());
    return new Promise((resolve, reject) => {
      const readId = this.#reads.add(timeoutMs, resolve, reject);
      this.#step({ kind: 'read', readId });
    });
  }

  leaderId(): string | undefined {
    return this.#core?.state.leaderId;
  }

  term(): number {
    return this.#core?.state.term ?? 0;
  }

  /** Elected, and all that earlier leaders committed is applied. Another one may have been elected since: `readBarrier` tells. */
  isLeader(): boolean {
    return this.#ledTerm !== undefined;
  }

  /** Of the last entry that was on disk when this life began: what is applied up to it may have been decided long ago. */
  recoveredIndex(): number {
    return this.#recoveredIndex;
  }

  appliedIndex(): number {
    return this.#appliedIndex;
  }

  onLeadership(listener: (isLeader: boolean, term: number) => void): void {
    this.#leadershipListeners.push(listener);
  }

  #refusalOf(body: Uint8Array): Error | undefined {
    if (this.#core?.state.role !== 'leader') return this.#notLeader();
    if (body.length === 0)
      return new ProposalRefusedError('empty', 'wanted a proposal of at least one byte, got none');
    if (body.length > proposalBytesMax) {
      const detail = `wanted a proposal of at most ${proposalBytesMax} bytes, got ${body.length}`;
      return new ProposalRefusedError('too-long', detail);
    }
    if (this.#proposals.count >= pendingProposalsMax) {
      const detail = `${pendingProposalsMax} proposals wait already; try again later`;
      return new ProposalRefusedError('too-many-pending', detail);
    }
    return undefined;
  }

  #notLeader(): NotLeaderError {
    return new NotLeaderError(this.#options.selfId, this.leaderId());
  }

  #proposeQueued(): void {
    this.#proposalsScheduled = false;
    if (this.#core === undefined) return;
    const batch = this.#proposals.takeQueued();
    if (batch.bodies.length === 0) return;
    this.#batch = batch;
    this.#step({ kind: 'propose', bodies: batch.bodies });
  }

  #receive(from: string, bytes: Uint8Array): void {
    if (this.#core === undefined) return;
    try {
      this.#step({ kind: 'message', message: decodeRaftMessage(bytes, from, this.#options.selfId) });
    } catch (error) {
      this.#runtime.trace.log(
        'warn',
        `DLedger ${this.#options.group}: message of ${from} dropped: ${String(error)}`,
      );
    }
  }

  #scheduleTick(): void {
    // Counted from now, not from when it was due: a process that slept gets one tick, so it cannot take its own sleep for a dead leader.
    this.#timer = this.#runtime.clock.after(tickIntervalMs(this.#options), () => {
      this.#scheduleTick();
      this.#step({ kind: 'tick', luck: this.#random.uint32() });
    });
  }

  /** Inputs that come while effects are being performed wait for their turn. */
  #step(input: RaftInput): void {
    this.#inputs.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        for (const effect of this.#core?.step(next) ?? []) this.#perform(effect);
      }
    } catch (error) {
      this.#fail('an invariant is broken', error);
    } finally {
      this.#stepping = false;
    }
  }

  #perform(effect: RaftEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.#store?.persist(effect, {
          persisted: (sequence) => {
            this.#noteRoom();
            this.#step({ kind: 'persisted', sequence });
          },
          full: (error) => this.#waitForRoom(error),
          failed: (error) => this.#fail('the disk failed, and nothing more can be promised', error),
        });
        break;
      case 'send':
        this.#transport.send(effect.message.to, encodeRaftMessage(effect.message));
        break;
      case 'apply':
        for (const entry of effect.entries) this.#apply(entry);
        this.#reads.applied(this.#appliedIndex);
        break;
      case 'proposed':
        this.#batch?.proposed(effect.firstIndex, effect.term);
        break;
      case 'proposal-refused':
        this.#batch?.refused(this.#notLeader());
        break;
      case 'change-proposed':
        this.#changes.shift()?.batch.proposed(effect.index, effect.term);
        break;
      case 'change-refused':
        this.#refuseChange(effect.reason);
        break;
      case 'configuration':
        this.#onConfiguration(effect);
        break;
      case 'wiped':
        this.#onWiped(effect.leaderId);
        break;
      case 'read-ready':
        this.#reads.confirmed(effect.readId, effect.index, this.#appliedIndex);
        break;
      case 'read-refused':
        this.#reads.refused(effect.readId, this.#notLeader());
        break;
      case 'role':
        this.#onRole(effect);
        break;
    }
  }

  #apply(entry: RaftEntry): void {
    const result = entry.body.length > 0 ? this.#machine.apply(entry) : undefined;
    this.#appliedIndex = entry.index;
    this.#proposals.applied(entry.index, entry.term, result);
    const { role, term } = this.#core?.state ?? {};
    if (role === 'leader' && entry.term === term && this.#ledTerm !== term) {
      this.#ledTerm = term;
      for (const listener of this.#leadershipListeners) listener(true, entry.term);
    }
  }

  #refuseChange(reason: ChangeRefusal): void {
    const change = this.#changes.shift();
    change?.batch.refused(
      reason === 'not-leader' ? this.#notLeader() : new ChangeRefusedError(reason, change.wanted),
    );
  }

  #onConfiguration({ index, peers, isCommitted }: Extract<RaftEffect, { kind: 'configuration' }>): void {
    const idsOf = (votes: boolean): string[] =>
      peers.filter((peer) => peer.votes === votes).map(({ id }) => id);
    const { group } = this.#options;
    const [voters, learners] = [idsOf(true), idsOf(false)];
    this.#runtime.trace.emit('membership', { group, index, voters, learners, committed: isCommitted });
    this.#tellConfiguration();
  }

  #tellConfiguration(): void {
    const { peers } = this.configuration() ?? { peers: [] };
    this.#transport.addPeers(
      new Map(peers.flatMap(({ id, address }) => (address === '' ? [] : [[id, address]]))),
    );
    for (const listener of this.#configurationListeners) listener();
  }

  /** Once: the leader goes on asking. */
  #onWiped(leaderId: string): void {
    if (this.#isWiped) return;
    this.#isWiped = true;
    const { group, selfId } = this.#options;
    this.#runtime.trace.log(
      'error',
      `DLedger ${group}/${selfId}: nothing is on this disk, but ${leaderId} counts on ${selfId}: what it promised is lost, so it stays ` +
        'silent. Remove this id from the group, and add this member under a new one',
    );
  }

  #onRole(effect: Extract<RaftEffect, { kind: 'role' }>): void {
    const { group, selfId } = this.#options;
    this.#runtime.trace.emit('leadership', {
      group,
      term: effect.term,
      role: effect.role,
      leader: effect.leaderId ?? null,
    });
    if (effect.role === 'leader') return;
    this.#proposals.abandon('lost-leadership', `${selfId} is no longer the leader of ${group}`);
    this.#endLeadership();
  }

  #endLeadership(): void {
    const term = this.#ledTerm;
    if (term === undefined) return;
    this.#ledTerm = undefined;
    for (const listener of this.#leadershipListeners) listener(false, term);
  }

  /** Meanwhile nothing is promised: no vote, no entry, no acknowledgement. A leader goes on by the disks of the others. */
  #waitForRoom(error: NoRoomError): Promise<void> {
    const { clock, trace } = this.#runtime;
    if (!this.#isFull) {
      this.#isFull = true;
      const { group, selfId } = this.#options;
      trace.emit('disk-full', { what: group });
      trace.log(
        'error',
        `DLedger ${group}/${selfId}: ${error.message}; it promises nothing until there is room`,
      );
    }
    return new Promise((resolve) => clock.after(roomAskedEveryMs, resolve));
  }

  #noteRoom(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    const { group, selfId } = this.#options;
    this.#runtime.trace.log('info', `DLedger ${group}/${selfId}: there is room on the disk again`);
  }

  #fail(what: string, cause: unknown): void {
    const { group, selfId } = this.#options;
    const reason = cause instanceof Error ? cause.message : String(cause);
    this.#core = undefined;
    this.#timer?.cancel();
    this.#runtime.fatal(new Error(`DLedger ${group}/${selfId}: ${what}: ${reason}`, { cause }));
  }
}
