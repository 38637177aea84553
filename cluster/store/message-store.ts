/**
 * A broker's messages: CommitLog, ConsumeQueues, checkpoint, and what is durable, confirmed and readable of them.
 *
 * Appends are synchronous: they give offsets at once and put the record into the log's memory; a writer puts it on disk, in order.
 * Messages become readable when they are confirmed (`setConfirmOffset`), never before.
 */
import assert from 'node:assert/strict';
import { decodeMessage, MessageDecodeError } from '../message/decode-message.ts';
import type { StoredMessage } from '../message/stored-message.ts';
import type { Timer } from '../runtime/clock.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { AppendResult } from './append-result.ts';
import { Appender } from './appender.ts';
import { Checkpointer } from './checkpointer.ts';
import { CommitLog } from './commit-log/commit-log.ts';
import { isDiskFull } from './commit-log/log-writer.ts';
import type { ConsumeQueues } from './consume-queue/consume-queues.ts';
import type { ArrivalListener, Dispatcher } from './dispatcher.ts';
import { type GetQuery, type GetResult, getMessages } from './get-messages.ts';
import { LogSummer } from './log-summer.ts';
import type { MessageDraft } from './message-draft.ts';
import { RawAppender } from './raw-appender.ts';
import type { Recovered } from './recovery.ts';
import type { StoreConfig } from './store-config.ts';
import { StoreError } from './store-error.ts';
import { openParts, type StoreParts } from './store-parts.ts';

export type StoreState =
  | { readonly kind: 'ok' }
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'failed'; readonly error: Error };

export type StoreRole = 'none' | 'master' | 'slave';

/** Appends are refused above these: the disk, or the replicas, do not keep up. */
const UNWRITTEN_BYTES_MAX = 64 * 1024 * 1024;
const PENDING_RECORDS_MAX = 1_000_000;
/** Above this many entries queues are written at once, not at the next tick. */
const UNWRITTEN_UNITS_MAX = 65536;
const DISK_FULL_RETRY_MS = 100;

export class MessageStore {
  /** What recovery found. */
  readonly recovered: Recovered;
  readonly #runtime: Runtime;
  readonly #config: Required<StoreConfig>;
  readonly #parts: StoreParts;
  readonly #log: CommitLog;
  readonly #queues: ConsumeQueues;
  readonly #dispatcher: Dispatcher;
  readonly #appender: Appender;
  readonly #rawAppender: RawAppender;
  readonly #checkpointer: Checkpointer;
  readonly #summer: LogSummer;
  #sumsHaveBegun = false;
  /** Writes of queues and checkpoint, truncation and close do not overlap. */
  readonly #maintenance = new RunInOrder();
  readonly #durableListeners: ((durableOffset: number) => void)[] = [];
  readonly #confirmListeners: ((confirmOffset: number) => void)[] = [];
  readonly #stateListeners: ((state: StoreState) => void)[] = [];
  #role: StoreRole = 'none';
  #stateVersion = 0;
  #confirmOffset: number;
  #logDiskFull = false;
  #queueDiskFull = false;
  #failure: Error | undefined;
  #busy: 'truncating' | 'closed' | undefined;
  #tick: Timer | undefined;
  #writingQueues = false;

  private constructor(runtime: Runtime, parts: StoreParts) {
    const { config, logFiles, queues, dispatcher, recovered } = parts;
    this.#runtime = runtime;
    this.#config = config;
    this.#parts = parts;
    this.#queues = queues;
    this.#dispatcher = dispatcher;
    this.recovered = recovered;
    this.#confirmOffset = dispatcher.dispatchedOffset;
    const { clock } = runtime;
    const syncFlush = config.flushDiskType === 'SYNC_FLUSH' && !runtime.seededBugs.has('ack-before-fsync');
    this.#log = new CommitLog(
      clock,
      logFiles,
      recovered.maxOffset,
      config.memoryTailBytes,
      { syncFlush, syncIntervalMs: config.flushIntervalCommitLog, diskFullRetryMs: DISK_FULL_RETRY_MS },
      {
        durable: (offset) => this.#becameDurable(offset),
        diskFull: (full) => {
          this.#logDiskFull = full;
          this.#tellState();
        },
        failed: (error) => this.#fail(error),
      },
    );
    this.#checkpointer = new Checkpointer(clock, this.#log, parts);
    this.#appender = new Appender(clock, this.#log, queues, dispatcher, config);
    this.#summer = new LogSummer({
      clock,
      log: this.#log,
      sums: parts.sums,
      confirmOffset: () => this.#confirmOffset,
    });
    this.#rawAppender = new RawAppender(this.#log, dispatcher, config.mappedFileSizeCommitLog);
  }

  /**
   * Locks the folder, and recovers it after whatever stop. Rejects with StoreError ('config': the files do not fit the settings) or DiskError
   * (EBUSY: another process has it).
   */
  static async open(runtime: Runtime, config: StoreConfig): Promise<MessageStore> {
    const parts = await openParts(runtime, config);
    const store = new MessageStore(runtime, parts);
    try {
      await store.#begin();
    } catch (error) {
      await parts.closeFiles();
      throw error;
    }
    return store;
  }

  async #begin(): Promise<void> {
    try {
      await this.#checkpointer.saveAll(this.#confirmOffset);
      await this.#beginSums();
      // The file's name may be new.
      await this.#runtime.disk.syncDirectory(this.#config.storePathRootDir);
    } catch (error) {
      // A full disk must not keep what is stored from being read. The tick tries again.
      if (!isDiskFull(error)) throw error;
      this.#setQueueDiskFull(true);
    }
    this.#scheduleTick();
  }

  /** What the log lost is known by its checksums alone until a checkpoint tells it: they go down after that, and nothing is added before. */
  async #beginSums(): Promise<void> {
    if (this.#sumsHaveBegun) return;
    await this.#parts.sums.lower(this.recovered.maxOffset);
    this.#sumsHaveBegun = true;
    this.#summer.start();
  }

  setRole(role: StoreRole, stateVersion: number): void {
    if (role === 'master' && this.#role === 'master') this.#promotedAgain();
    this.#role = role;
    this.#stateVersion = stateVersion;
  }

  /** A master that is made master again goes on: what a slave does then would give queue offsets twice (B07). */
  #promotedAgain(): void {
    if (!this.#runtime.seededBugs.has('promote-again-in-place')) return;
    for (const queue of this.#queues.all()) queue.nextOffset = queue.maxOffset;
  }

  get stateVersion(): number {
    return this.#stateVersion;
  }

  /**
   * All messages or none; in a batch their queue offsets and records follow each other. Durable when `durableOffset` reaches the result's
   * `endOffset`. Bodies are copied.
   */
  append(drafts: readonly MessageDraft[]): AppendResult {
    if (this.#failure !== undefined)
      return { kind: 'refused', reason: 'failed', detail: this.#failure.message };
    const unavailable = this.#unavailable();
    if (unavailable !== undefined) return { kind: 'refused', reason: 'not-available', detail: unavailable };
    if (this.#logDiskFull || this.#queueDiskFull) {
      return {
        kind: 'refused',
        reason: 'disk-full',
        detail: `${this.#config.storePathRootDir}: the disk is full`,
      };
    }
    return this.#appender.append(drafts);
  }

  /**
   * A slave's append: whole records (or a file's blank end) as the master has them, at `maxOffset`; an empty log begins at whatever file start
   * comes first. Throws StoreError when the bytes are no such records; nothing is appended then.
   */
  appendRaw(physicalOffset: number, bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#busy !== undefined) throw new StoreError('closed', `the store is ${this.#busy}`);
    assert(this.#role !== 'master', 'a master makes its own records');
    const begins = this.#log.end === this.#log.start && physicalOffset > this.#log.end;
    if (!begins && physicalOffset !== this.#log.end) {
      throw new StoreError(
        'damaged',
        `records for offset ${physicalOffset}, but the log ends at ${this.#log.end}`,
      );
    }
    this.#rawAppender.check(physicalOffset, bytes);
    if (begins) {
      this.#log.beginAt(physicalOffset);
      this.#dispatcher.begin(physicalOffset);
      this.#confirmOffset = physicalOffset;
    }
    this.#rawAppender.append(bytes);
  }

  minOffset(): number {
    return this.#log.start;
  }

  /** Behind the last appended record. */
  maxOffset(): number {
    return this.#log.end;
  }

  /** SYNC_FLUSH: all below is synced. ASYNC_FLUSH: all below was taken by the operating system. Goes back only at `truncateTo`. */
  durableOffset(): number {
    return this.#log.writer.durable;
  }

  /** Appended and not written yet: a slave's link may wait for it to shrink. */
  pendingBytes(): number {
    return this.#log.unwrittenBytes;
  }

  onDurable(listener: (durableOffset: number) => void): void {
    this.#durableListeners.push(listener);
  }

  confirmOffset(): number {
    return this.#confirmOffset;
  }

  /** Never goes back, and never beyond `maxOffset`. Messages below become readable at once. */
  setConfirmOffset(offset: number): void {
    assert(offset <= this.#log.end, `confirmOffset ${offset} is beyond the log's end ${this.#log.end}`);
    if (offset <= this.#confirmOffset || this.#busy !== undefined) return;
    this.#confirmOffset = offset;
    this.#dispatcher.advance(offset);
    if (this.#queues.unwrittenCount > UNWRITTEN_UNITS_MAX) this.#writeQueuesSoon();
    for (const listener of this.#confirmListeners) listener(offset);
  }

  /** Called when the confirmOffset has moved and what it confirms is readable. */
  onConfirm(listener: (confirmOffset: number) => void): void {
    this.#confirmListeners.push(listener);
  }

  /** Called for every message that becomes readable. */
  onArrival(listener: ArrivalListener): void {
    this.#dispatcher.onArrival(listener);
  }

  onState(listener: (state: StoreState) => void): void {
    this.#stateListeners.push(listener);
  }

  /**
   * Whole records as they lie in the log, at least one if there is one below `endOffset`; synchronous when they are in memory. Never crosses
   * the end of a file: its blank is delivered as such. Bytes that come without a promise hold good until the end of the turn only.
   */
  readRaw(physicalOffset: number, bytesMax: number, endOffset: number): Uint8Array | Promise<Uint8Array> {
    return this.#log.read(physicalOffset, bytesMax, endOffset);
  }

  /** The message whose record begins at `physicalOffset`; undefined when none does. */
  async messageAt(physicalOffset: number): Promise<StoredMessage | undefined> {
    if (physicalOffset < this.#log.start || physicalOffset >= this.#log.end) return undefined;
    try {
      const found = this.#log.read(physicalOffset, 1, this.#log.end);
      const message = decodeMessage(found instanceof Uint8Array ? Uint8Array.from(found) : await found);
      return message.physicalOffset === physicalOffset ? message : undefined;
    } catch (error) {
      if (error instanceof StoreError || error instanceof MessageDecodeError) return undefined;
      throw error;
    }
  }

  /** Only confirmed messages. */
  getMessages(query: GetQuery): Promise<GetResult> {
    return getMessages(this.#log, this.#queues.find(query.topic, query.queueId), query);
  }

  queueMinOffset(topic: string, queueId: number): number {
    return this.#queues.find(topic, queueId)?.minOffset ?? 0;
  }

  /** Behind the last readable message. */
  queueMaxOffset(topic: string, queueId: number): number {
    return this.#queues.find(topic, queueId)?.maxOffset ?? 0;
  }

  /** What the next appended message gets: counts what is not confirmed yet. */
  nextQueueOffset(topic: string, queueId: number): number {
    return this.#queues.find(topic, queueId)?.nextOffset ?? 0;
  }

  state(): StoreState {
    if (this.#failure !== undefined) return { kind: 'failed', error: this.#failure };
    return this.#logDiskFull || this.#queueDiskFull ? { kind: 'disk-full' } : { kind: 'ok' };
  }

  /**
   * Removes everything from `offset` (where a record begins) on, for good: durable when it resolves, no crash brings it back. Below the
   * confirmOffset only if `force`.
   */
  async truncateTo(offset: number, options: { readonly force?: boolean } = {}): Promise<void> {
    assert(
      options.force === true || offset >= this.#confirmOffset,
      `truncation to ${offset}, below confirmOffset ${this.#confirmOffset}`,
    );
    assert(offset <= this.#log.end, `truncation to ${offset}, beyond the log's end ${this.#log.end}`);
    if (this.#busy !== undefined) throw new StoreError('closed', `the store is ${this.#busy}`);
    if (this.#failure !== undefined) throw this.#failure;
    if (offset === this.#log.end) return;
    this.#busy = 'truncating';
    try {
      await this.#maintenance.run(() => this.#truncateNow(offset));
    } catch (error) {
      // A full disk: nothing was taken away yet, the caller may try again.
      throw isDiskFull(error) ? error : this.#fail(error);
    } finally {
      this.#log.writer.resume();
      this.#summer.resume();
      if (this.#busy === 'truncating') this.#busy = undefined;
    }
  }

  /** A clean stop: all is flushed, the next open need not look for damage. Idempotent. */
  async close(): Promise<void> {
    if (this.#busy === 'closed') return;
    this.#busy = 'closed';
    this.#tick?.cancel();
    // What is not covered for that is covered by the next life.
    const sumsClosed = this.#summer.close().catch(() => undefined);
    await this.#maintenance.run(() => this.#closeNow(sumsClosed));
  }

  #unavailable(): string | undefined {
    if (this.#busy !== undefined) return `the store is ${this.#busy}`;
    if (this.#role !== 'master') return `the store's role is ${this.#role}: only a master appends`;
    if (this.#log.unwrittenBytes > UNWRITTEN_BYTES_MAX)
      return `${this.#log.unwrittenBytes} bytes wait for the disk`;
    if (this.#dispatcher.pendingCount > PENDING_RECORDS_MAX)
      return `${this.#dispatcher.pendingCount} messages are not confirmed`;
    return undefined;
  }

  #becameDurable(offset: number): void {
    for (const listener of this.#durableListeners) listener(offset);
  }

  async #truncateNow(offset: number): Promise<void> {
    await this.#log.writer.drain(offset);
    const dispatchedGoesBack = offset < this.#dispatcher.dispatchedOffset;
    assert(dispatchedGoesBack || this.#dispatcher.isBoundary(offset), `no record begins at ${offset}`);
    this.#confirmOffset = Math.min(this.#confirmOffset, offset);
    // Before anything goes: a recovery on the way must not begin behind the new end, nor miss what was taken away on purpose.
    await this.#summer.lower(offset);
    await this.#checkpointer.lower(this.#confirmOffset, offset);
    this.#dispatcher.cut(offset);
    if (dispatchedGoesBack) {
      await this.#queues.cut(this.#log.start, offset);
      this.#dispatcher.begin(offset);
    }
    await this.#log.truncateTo(offset, this.#runtime.seededBugs.has('truncate-in-memory-only'));
    await this.#checkpointer.saveAll(this.#confirmOffset);
  }

  async #closeNow(sumsClosed: Promise<void>): Promise<void> {
    try {
      if (this.#failure === undefined) {
        await this.#log.writer.drain(this.#log.end);
        await this.#log.writer.sync();
        await this.#checkpointer.saveAll(this.#confirmOffset);
        await this.#parts.removeAbortMarker();
      }
    } catch (error) {
      // The abort marker stays: the next open looks for damage.
      this.#runtime.trace.log(
        'warn',
        `the store was not closed cleanly: ${error instanceof Error ? error.message : error}`,
      );
    } finally {
      this.#log.writer.stop();
      await sumsClosed;
      await this.#parts.closeFiles();
    }
  }

  #scheduleTick(): void {
    if (this.#busy === 'closed' || this.#failure !== undefined) return;
    this.#tick = this.#runtime.clock.after(this.#config.flushIntervalConsumeQueue, () => {
      void this.#maintenance.run(() => this.#tickNow());
    });
  }

  /** Never rejects: what the disk refuses shows in the state. */
  async #tickNow(): Promise<void> {
    if (this.#busy === 'closed' || this.#failure !== undefined) return;
    try {
      await this.#checkpointer.saveAll(this.#confirmOffset);
      await this.#beginSums();
      this.#setQueueDiskFull(false);
    } catch (error) {
      if (isDiskFull(error)) this.#setQueueDiskFull(true);
      else this.#fail(error);
    }
    this.#scheduleTick();
  }

  #writeQueuesSoon(): void {
    if (this.#writingQueues) return;
    this.#writingQueues = true;
    void this.#maintenance
      .run(() => this.#queues.write(false))
      .catch((error) => {
        if (isDiskFull(error)) this.#setQueueDiskFull(true);
        else this.#fail(error);
      })
      .finally(() => {
        this.#writingQueues = false;
      });
  }

  #setQueueDiskFull(full: boolean): void {
    if (full === this.#queueDiskFull) return;
    this.#queueDiskFull = full;
    this.#tellState();
  }

  #fail(error: unknown): Error {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    this.#tellState();
    return this.#failure;
  }

  #tellState(): void {
    const state = this.state();
    for (const listener of this.#stateListeners) listener(state);
  }
}
