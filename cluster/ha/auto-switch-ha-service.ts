/**
 * The HA service of a broker in controller mode: master or slave of a masterEpoch, one role at a time.
 *
 * Every role change first silences the old role, at once; then makes the new epoch durable; only then acts on it. In between the replica has no
 * role: it acknowledges, confirms and follows nothing.
 */
import assert from 'node:assert/strict';
import { parentOf } from '../runtime/durable-folder.ts';
import type { HostPort } from '../runtime/network.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { EpochFile } from './epoch-file.ts';
import {
  type EpochEntry,
  type EpochList,
  lastEntry,
  lastEpochOf,
  startEpoch,
  withinLog,
} from './epoch-list.ts';
import { type FollowedMaster, HaClient } from './ha-client.ts';
import type { HaContext } from './ha-context.ts';
import type { HaDelegate } from './ha-delegate.ts';
import { HaMaster, type MasterStatus } from './ha-master.ts';
import type { HaOptions } from './ha-options.ts';
import { HaServer } from './ha-server.ts';
import type { HaStore } from './ha-store.ts';
import type { ReadDone } from './read-rounds.ts';
import { refusalOf } from './role-claim.ts';
import { RoleEpochFile } from './role-epoch-file.ts';
import { StaleRoleError, SupersededRoleError } from './stale-role-error.ts';
import type { WriteDone } from './waiting-writes.ts';

export interface MasterRole {
  readonly masterEpoch: number;
  readonly syncStateSet: ReadonlySet<number>;
  readonly syncStateSetEpoch: number;
}

export class AutoSwitchHaService {
  readonly #context: HaContext;
  readonly #epochFile: EpochFile;
  readonly #roleFile: RoleEpochFile;
  readonly #server: HaServer;
  readonly #changes = new RunInOrder();
  #master: HaMaster | undefined;
  #client: HaClient | undefined;
  /** Resolves when the last role's work has come to its end. */
  #settled: Promise<void> = Promise.resolve();
  /** The epoch that this life owns or was about to own: another life of this broker never may (S3). */
  #ownEpoch = 0;
  #lastChange = 0;
  #durableWaiters: (() => void)[] = [];
  #isSuspect = false;
  #isStopped = false;

  constructor(runtime: Runtime, store: HaStore, options: HaOptions, delegate: HaDelegate) {
    this.#context = { runtime, store, options, delegate };
    this.#epochFile = new EpochFile(runtime, options.epochFilePath);
    const rolePath = options.roleEpochFilePath ?? `${parentOf(options.epochFilePath)}/haEpoch`;
    this.#roleFile = new RoleEpochFile(runtime, rolePath);
    this.#server = new HaServer(
      runtime,
      () => this.#master,
      () => this.roleEpoch(),
    );
    store.onDurable(() => this.#durable());
    store.onConfirm((confirmOffset) => this.#master?.dispatched(confirmOffset));
  }

  /** Loads what the replica has promised and where its epochs begin, then listens. Before the broker registers: see `suspect`. */
  async start(): Promise<HostPort> {
    const { runtime, store } = this.#context;
    const epochs = await this.#epochFile.load();
    const role = await this.#roleFile.load();
    const hasLog = store.maxOffset() > 0;
    const isShort = store.recovered.maxOffset < store.recovered.recordedConfirmOffset;
    this.#isSuspect =
      !runtime.seededBugs.has('trust-damaged-disk') &&
      ((hasLog && this.#epochFile.entries().length === 0) ||
        epochs === 'damaged' ||
        role === 'damaged' ||
        isShort);
    this.#roleFile.assume(lastEpochOf(this.#epochFile.entries()));
    // An entry beyond the end would fall on other bytes when the log grows again (S7).
    const within = withinLog(this.#epochFile.entries(), store.maxOffset());
    if (within.length !== this.#epochFile.entries().length) await this.#epochFile.replace(within);
    return await this.#server.start(this.#context.options.listen);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#lastChange += 1;
    this.#silence('this broker stops');
    await this.#server.stop();
    await this.#settled;
    await this.#changes.run(async () => undefined);
  }

  /** Durable. */
  roleEpoch(): number {
    return this.#roleFile.current().masterEpoch;
  }

  /** What this life found makes its log unfit for an election until a master has vouched for it; for the whole life. */
  suspect(): boolean {
    return this.#isSuspect;
  }

  epochs(): readonly EpochEntry[] {
    return this.#epochFile.entries();
  }

  role(): 'master' | 'slave' | 'none' {
    if (this.#master !== undefined) return 'master';
    return this.#client === undefined ? 'none' : 'slave';
  }

  /** Rejects with StaleRoleError or SupersededRoleError, or with what went wrong: then there is no role, and the same call may be made again. */
  async changeToMaster(role: MasterRole): Promise<void> {
    const selfBrokerId = this.#context.options.selfBrokerId();
    if (this.#master?.masterEpoch === role.masterEpoch) {
      this.applySyncStateSet(role.masterEpoch, role.syncStateSet, role.syncStateSetEpoch);
      return;
    }
    this.#refuseStale('master', role.masterEpoch, selfBrokerId);
    if (!role.syncStateSet.has(selfBrokerId)) {
      throw new StaleRoleError(
        'master',
        role.masterEpoch,
        this.roleEpoch(),
        'its SyncStateSet lacks this broker',
      );
    }
    const change = this.#beginChange('the role changed');
    await this.#changes.run(() => this.#promote(change, role, selfBrokerId));
  }

  /** Seeded bug serve-before-role: goes on as the master that an earlier life was, on nobody's word but its own. Resolves with the epoch. */
  async resumeUnconfirmed(): Promise<number | undefined> {
    const selfBrokerId = this.#context.options.selfBrokerId();
    const { masterEpoch, masterBrokerId } = this.#roleFile.current();
    if (masterEpoch === 0 || masterBrokerId !== selfBrokerId) return undefined;
    this.#ownEpoch = masterEpoch;
    const role = { masterEpoch, syncStateSet: new Set([selfBrokerId]), syncStateSetEpoch: 0 };
    const change = this.#beginChange('the role changed');
    await this.#changes.run(() => this.#promote(change, role, selfBrokerId));
    return masterEpoch;
  }

  async changeToSlave(role: FollowedMaster): Promise<void> {
    const selfBrokerId = this.#context.options.selfBrokerId();
    const followed = this.#client?.followed;
    if (followed?.masterEpoch === role.masterEpoch && followed.masterHaAddress === role.masterHaAddress)
      return;
    this.#refuseStale('slave', role.masterEpoch, role.masterBrokerId);
    if (role.masterBrokerId === selfBrokerId) {
      throw new StaleRoleError('slave', role.masterEpoch, this.roleEpoch(), 'it would follow itself');
    }
    const change = this.#beginChange('the role changed');
    await this.#changes.run(() => this.#follow(change, role, selfBrokerId));
  }

  applySyncStateSet(masterEpoch: number, syncStateSet: ReadonlySet<number>, syncStateSetEpoch: number): void {
    if (this.#master?.masterEpoch === masterEpoch)
      this.#master.learnSyncStateSet({ syncStateSet, syncStateSetEpoch });
  }

  /** Asked before each append, in the same turn: between roles nothing may be appended. */
  admission(): { readonly ok: true } | { readonly ok: false; readonly inSync: number } {
    return this.#master?.admission() ?? { ok: false, inSync: 0 };
  }

  /** `deadlineMs` on the monotonic clock. `done` may be called before this returns. */
  waitForConfirm(nextOffset: number, deadlineMs: number, done: WriteDone): void {
    if (this.#master === undefined) done('role-changed');
    else this.#master.waitForConfirm(nextOffset, deadlineMs, done);
  }

  /** True: no other master had acknowledged anything when this was called. `done` may be called before this returns. */
  readRound(timeoutMs: number, done: ReadDone): void {
    if (this.#master === undefined) done(false);
    else this.#master.readRound(timeoutMs, done);
  }

  /** False while a predecessor may have confirmed more than can be read here. */
  tailReadable(): boolean {
    return this.#master?.tailReadable() ?? false;
  }

  status(): {
    readonly role: 'master' | 'slave' | 'none';
    readonly roleEpoch: number;
    readonly master: MasterStatus | undefined;
    readonly slave: ReturnType<HaClient['status']> | undefined;
  } {
    const master = this.#master?.status();
    return { role: this.role(), roleEpoch: this.roleEpoch(), master, slave: this.#client?.status() };
  }

  #refuseStale(kind: 'master' | 'slave', masterEpoch: number, masterBrokerId: number): void {
    const promised = this.#roleFile.current();
    const reason = refusalOf({ kind, masterEpoch, masterBrokerId }, promised, this.#ownEpoch);
    if (reason !== undefined) throw new StaleRoleError(kind, masterEpoch, promised.masterEpoch, reason);
  }

  /** From here on the old role says nothing more. */
  #beginChange(reason: string): number {
    this.#lastChange += 1;
    this.#silence(reason);
    this.#wakeDurableWaiters();
    return this.#lastChange;
  }

  #silence(reason: string): void {
    const client = this.#client;
    const master = this.#master;
    this.#client = undefined;
    this.#master = undefined;
    master?.end(reason);
    if (client !== undefined) {
      const before = this.#settled;
      const stopped = client.stop();
      this.#settled = before.then(() => stopped);
    }
  }

  #stillWanted(change: number): void {
    if (this.#isStopped || change !== this.#lastChange)
      throw new SupersededRoleError('a newer role change came in between');
  }

  async #promote(change: number, role: MasterRole, selfBrokerId: number): Promise<void> {
    await this.#settled;
    this.#stillWanted(change);
    this.#refuseStale('master', role.masterEpoch, selfBrokerId);
    const before = this.#roleFile.current();
    await this.#promise(role.masterEpoch, selfBrokerId);
    this.#ownEpoch = role.masterEpoch;
    await this.#wholeLogDurable(change);
    const { store, runtime } = this.#context;
    const end = store.maxOffset();
    const startOffset = await this.#startOwnEpoch({ epoch: role.masterEpoch, startOffset: end });
    this.#stillWanted(change);
    assert(store.maxOffset() === end, 'something was appended while this replica had no role');
    const committed = { syncStateSet: role.syncStateSet, syncStateSetEpoch: role.syncStateSetEpoch };
    const epochs = this.#epochFile.entries();
    const master = new HaMaster(this.#context, {
      selfBrokerId,
      masterEpoch: role.masterEpoch,
      startOffset,
      epochs,
      sentEpochs: this.#labels(epochs, before.masterBrokerId === selfBrokerId),
      committed,
    });
    this.#master = master;
    const { masterEpoch } = role;
    runtime.trace.emit('epoch-started', { masterEpoch, startOffset });
    runtime.trace.emit('role-changed', {
      role: 'master',
      masterEpoch,
      startOffset,
      masterBrokerId: selfBrokerId,
    });
    master.start();
  }

  async #follow(change: number, role: FollowedMaster, selfBrokerId: number): Promise<void> {
    await this.#settled;
    this.#stillWanted(change);
    this.#refuseStale('slave', role.masterEpoch, role.masterBrokerId);
    await this.#promise(role.masterEpoch, role.masterBrokerId);
    this.#stillWanted(change);
    this.#client = new HaClient(this.#context, selfBrokerId, this.#epochFile, role);
    const { masterEpoch, masterBrokerId } = role;
    this.#context.runtime.trace.emit('role-changed', { role: 'slave', masterEpoch, masterBrokerId });
    this.#client.start();
  }

  /** Before anything is done in the new epoch. */
  async #promise(masterEpoch: number, masterBrokerId: number): Promise<void> {
    if (masterEpoch > this.roleEpoch()) await this.#roleFile.advance({ masterEpoch, masterBrokerId });
  }

  /** What is sent goes under the epoch that it was written in; a master that follows itself has a new one (B20). */
  #labels(epochs: EpochList, followsItself: boolean): EpochList {
    const keepsOld = followsItself && this.#context.runtime.seededBugs.has('keep-old-epoch-label');
    return keepsOld && epochs.length > 1 ? epochs.slice(0, -1) : epochs;
  }

  /** A second attempt in this life finds its entry there already: nothing was appended since. Returns where the epoch starts. */
  async #startOwnEpoch(entry: EpochEntry): Promise<number> {
    const { seededBugs } = this.#context.runtime;
    const epochs: EpochList = this.#epochFile.entries();
    const last = lastEntry(epochs);
    if (last?.epoch === entry.epoch) {
      assert(
        last.startOffset === entry.startOffset || seededBugs.has('serve-before-role'),
        `epoch ${entry.epoch} began at ${last.startOffset}, not ${entry.startOffset}`,
      );
      return last.startOffset;
    }
    await this.#epochFile.replace(startEpoch(epochs, entry, seededBugs));
    return entry.startOffset;
  }

  /** The predecessor's bytes must survive a crash before this master's epoch begins behind them (B28). */
  async #wholeLogDurable(change: number): Promise<void> {
    const { store } = this.#context;
    while (store.durableOffset() < store.maxOffset()) {
      if (store.state().kind === 'failed')
        throw new Error('the store failed; its log cannot be made durable');
      await new Promise<void>((resolve) => this.#durableWaiters.push(resolve));
      this.#stillWanted(change);
    }
    this.#stillWanted(change);
  }

  #durable(): void {
    this.#wakeDurableWaiters();
    this.#master?.durable();
    this.#client?.durable();
  }

  #wakeDurableWaiters(): void {
    if (this.#durableWaiters.length === 0) return;
    const waiters = this.#durableWaiters;
    this.#durableWaiters = [];
    for (const wake of waiters) wake();
  }
}
