/**
 * A broker's messages: CommitLog, ConsumeQueues, checkpoint, and what is durable, confirmed and readable of them.
 *
 * Appends are synchronous: they give offsets at once and put the record into the log's memory; a writer puts it on disk, in order.
 * Messages become readable when they are confirmed (`setConfirmOffset`), never before.
 */
import assert from 'node:assert/strict';
import { decodeMessage } from '../message/decode-message.ts';
import { parseDelayLevels } from '../message/delay-levels.ts';
import { RecordReader } from '../message/record-reader.ts';
import type { StoredMessage } from '../message/stored-message.ts';
import type { Timer } from '../runtime/clock.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { AppendResult } from './append-result.ts';
import { Appender } from './appender.ts';
import { type OurCheckpoint, QUEUE_UNITS_UNKNOWN } from './checkpoint.ts';
import { CheckpointFile } from './checkpoint-file.ts';
import { CommitLog } from './commit-log/commit-log.ts';
import { isDiskFull } from './commit-log/log-writer.ts';
import { ConsumeQueues } from './consume-queue/consume-queues.ts';
import { type ArrivalListener, Dispatcher } from './dispatcher.ts';
import { makeDurableDirectory } from './durable-directory.ts';
import { FileQueue } from './file-queue.ts';
import { type GetQuery, type GetResult, getMessages } from './get-messages.ts';
import type { MessageDraft } from './message-draft.ts';
import { OpenFiles } from './open-files.ts';
import { type Recovered, recover } from './recovery.ts';
import { completeStoreConfig, type StoreConfig } from './store-config.ts';
import { StoreError } from './store-error.ts';

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

interface Parts {
  readonly runtime: Runtime;
  readonly config: Required<StoreConfig>;
  readonly files: OpenFiles;
  readonly logFiles: FileQueue;
  readonly queues: ConsumeQueues;
  readonly dispatcher: Dispatcher;
  readonly checkpoint: CheckpointFile;
  readonly lock: { release(): Promise<void> };
  readonly recovered: Recovered;
  readonly verifiedFrom: number;
}

export class MessageStore {
  /** What recovery found. */
  readonly recovered: Recovered;
  readonly #runtime: Runtime;
  readonly #config: Required<StoreConfig>;
  readonly #files: OpenFiles;
  readonly #log: CommitLog;
  readonly #queues: ConsumeQueues;
  readonly #dispatcher: Dispatcher;
  readonly #appender: Appender;
  readonly #checkpoint: CheckpointFile;
  readonly #lock: { release(): Promise<void> };
  /** Writes of queues and checkpoint, truncation and close do not overlap. */
  readonly #maintenance = new RunInOrder();
  readonly #reader = new RecordReader();
  readonly #durableListeners: ((durableOffset: number) => void)[] = [];
  readonly #confirmListeners: ((confirmOffset: number) => void)[] = [];
  readonly #stateListeners: ((state: StoreState) => void)[] = [];
  #role: StoreRole = 'none';
  #stateVersion = 0;
  #confirmOffset: number;
  /** See OurCheckpoint.owedOffset. */
  #owedOffset: number;
  /** What the last `#saveAll` made durable. */
  #saved: {
    readonly dispatchedOffset: number;
    readonly queueUnits: number;
    readonly logicsMsgTimestamp: number;
  };
  #physicMsgTimestamp: number;
  #scanAnchor: number;
  #logDiskFull = false;
  #queueDiskFull = false;
  #failure: Error | undefined;
  #busy: 'truncating' | 'closed' | undefined;
  #tick: Timer | undefined;
  #writingQueues = false;

  private constructor(parts: Parts) {
    this.#runtime = parts.runtime;
    this.#config = parts.config;
    this.#files = parts.files;
    this.#queues = parts.queues;
    this.#dispatcher = parts.dispatcher;
    this.#checkpoint = parts.checkpoint;
    this.#lock = parts.lock;
    this.recovered = parts.recovered;
    this.#confirmOffset = parts.dispatcher.dispatchedOffset;
    this.#scanAnchor = parts.verifiedFrom;
    this.#saved = {
      dispatchedOffset: parts.verifiedFrom,
      queueUnits: QUEUE_UNITS_UNKNOWN,
      logicsMsgTimestamp: 0,
    };
    this.#physicMsgTimestamp = parts.checkpoint.last.physicMsgTimestamp;
    this.#owedOffset =
      parts.recovered.maxOffset < parts.recovered.recordedConfirmOffset
        ? parts.recovered.recordedConfirmOffset
        : 0;
    const clock = parts.runtime.clock;
    this.#log = new CommitLog(
      clock,
      parts.logFiles,
      parts.recovered.maxOffset,
      parts.config.memoryTailBytes,
      {
        syncFlush: parts.config.flushDiskType === 'SYNC_FLUSH',
        syncIntervalMs: parts.config.flushIntervalCommitLog,
        diskFullRetryMs: DISK_FULL_RETRY_MS,
      },
      {
        durable: (offset) => this.#becameDurable(offset),
        diskFull: (full) => {
          this.#logDiskFull = full;
          this.#tellState();
        },
        failed: (error) => this.#fail(error),
      },
    );
    this.#appender = new Appender(clock, this.#log, this.#queues, this.#dispatcher, parts.config);
  }

  /**
   * Locks the folder, and recovers it after whatever stop. Rejects with StoreError ('config': the files do not fit the settings) or DiskError
   * (EBUSY: another process has it).
   */
  static async open(runtime: Runtime, given: StoreConfig): Promise<MessageStore> {
    const config = completeStoreConfig(given);
    const delayLevels = parseDelayLevels(config.messageDelayLevel);
    if (delayLevels === undefined) {
      throw new StoreError(
        'config',
        `messageDelayLevel: wanted times like "1s 5m 2h", got "${config.messageDelayLevel}"`,
      );
    }
    const root = config.storePathRootDir;
    const { disk } = runtime;
    await makeDurableDirectory(disk, root);
    const lock = await disk.lock(root);
    const files = new OpenFiles(disk);
    try {
      const checkpoint = await CheckpointFile.open(disk, files, root);
      requireSameFileSizes(checkpoint, config);
      const logFiles = new FileQueue(
        disk,
        files,
        config.storePathCommitLog,
        config.mappedFileSizeCommitLog,
        'mappedFileSizeCommitLog',
      );
      await logFiles.load(checkpoint.last.ours?.syncedOffset);
      const clean = (await disk.status(`${root}/abort`)) === undefined;
      await files.use(`${root}/abort`, (file) => file.sync());
      await disk.syncDirectory(root);
      const queues = new ConsumeQueues(
        disk,
        files,
        `${root}/consumequeue`,
        config.mappedFileSizeConsumeQueue,
      );
      const dispatcher = new Dispatcher(queues, delayLevels);
      const { recovered, verifiedFrom } = await recover({
        files: logFiles,
        queues,
        dispatcher,
        checkpoint: checkpoint.last,
        clean,
        trace: runtime.trace,
      });
      const store = new MessageStore({
        runtime,
        config,
        files,
        logFiles,
        queues,
        dispatcher,
        checkpoint,
        lock,
        recovered,
        verifiedFrom,
      });
      await store.#begin();
      return store;
    } catch (error) {
      await files.closeAll();
      await lock.release();
      throw error;
    }
  }

  async #begin(): Promise<void> {
    try {
      await this.#saveAll();
      // A name that was not there before: the file is new, or a Java broker's.
      await this.#runtime.disk.syncDirectory(this.#config.storePathRootDir);
    } catch (error) {
      // A full disk must not keep what is stored from being read. The tick tries again.
      if (!isDiskFull(error)) throw error;
      this.#setQueueDiskFull(true);
    }
    this.#scheduleTick();
  }

  setRole(role: StoreRole, stateVersion: number): void {
    this.#role = role;
    this.#stateVersion = stateVersion;
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
    this.#checkRecords(physicalOffset, bytes);
    if (begins) {
      this.#log.beginAt(physicalOffset);
      this.#dispatcher.begin(physicalOffset);
      this.#confirmOffset = physicalOffset;
    }
    for (let at = 0; at < bytes.length; ) {
      const kind = this.#reader.read(at, physicalOffset + at);
      const size = this.#reader.size;
      const chunk = this.#log.room(size);
      chunk.bytes.set(bytes.subarray(at, at + size), chunk.used);
      this.#log.grow(chunk, size);
      if (kind === 'record') this.#dispatcher.note(this.#reader);
      at += size;
    }
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
   * the end of a file: its blank is delivered as such. The bytes never change afterwards.
   */
  readRaw(physicalOffset: number, bytesMax: number, endOffset: number): Uint8Array | Promise<Uint8Array> {
    return this.#log.read(physicalOffset, bytesMax, endOffset);
  }

  /** The message whose record begins at `physicalOffset`; undefined when none does. */
  async messageAt(physicalOffset: number): Promise<StoredMessage | undefined> {
    if (physicalOffset < this.#log.start || physicalOffset >= this.#log.end) return undefined;
    try {
      const message = decodeMessage(await this.#log.read(physicalOffset, 1, this.#log.end));
      return message.physicalOffset === physicalOffset ? message : undefined;
    } catch (error) {
      if (error instanceof StoreError && error.kind === 'io') throw error;
      return undefined;
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
      if (this.#busy === 'truncating') this.#busy = undefined;
    }
  }

  /** A clean stop: all is flushed, the next open need not look for damage. Idempotent. */
  async close(): Promise<void> {
    if (this.#busy === 'closed') return;
    this.#busy = 'closed';
    this.#tick?.cancel();
    await this.#maintenance.run(() => this.#closeNow());
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

  #checkRecords(physicalOffset: number, bytes: Uint8Array): void {
    const reader = this.#reader.over(bytes);
    for (let at = 0; at < bytes.length; at += reader.size) {
      const offset = physicalOffset + at;
      const kind = reader.read(at, offset);
      const fileLeft = this.#config.mappedFileSizeCommitLog - (offset % this.#config.mappedFileSizeCommitLog);
      const fits = kind === 'record' ? reader.size <= fileLeft : kind === 'blank' && reader.size === fileLeft;
      if (!fits) {
        const fault =
          kind === 'bad' ? reader.fault : `${kind} of ${reader.size} bytes where a file has ${fileLeft} left`;
        throw new StoreError('damaged', `no record for offset ${offset}: ${fault}`);
      }
    }
  }

  #becameDurable(offset: number): void {
    if (this.#owedOffset !== 0 && offset >= this.#owedOffset) this.#owedOffset = 0;
    for (const listener of this.#durableListeners) listener(offset);
  }

  async #truncateNow(offset: number): Promise<void> {
    await this.#log.writer.drain(offset);
    const dispatchedGoesBack = offset < this.#dispatcher.dispatchedOffset;
    assert(dispatchedGoesBack || this.#dispatcher.isPending(offset), `no record begins at ${offset}`);
    this.#confirmOffset = Math.min(this.#confirmOffset, offset);
    this.#scanAnchor = Math.min(this.#scanAnchor, offset);
    // Before anything goes: a recovery on the way must not begin behind the new end, nor miss what was taken away on purpose.
    await this.#saveCheckpoint(offset);
    this.#dispatcher.cut(offset);
    if (dispatchedGoesBack) {
      await this.#queues.cut(this.#log.start, offset);
      this.#dispatcher.begin(offset);
    }
    await this.#log.truncateTo(offset);
    await this.#saveAll();
  }

  async #closeNow(): Promise<void> {
    const root = this.#config.storePathRootDir;
    try {
      if (this.#failure === undefined) {
        await this.#log.writer.drain(this.#log.end);
        await this.#log.writer.sync();
        await this.#saveAll();
        await this.#files.close(`${root}/abort`);
        await this.#runtime.disk.remove(`${root}/abort`);
        await this.#runtime.disk.syncDirectory(root);
      }
    } catch (error) {
      // The abort marker stays: the next open looks for damage.
      this.#runtime.trace.log(
        'warn',
        `the store was not closed cleanly: ${error instanceof Error ? error.message : error}`,
      );
    } finally {
      this.#log.writer.stop();
      await this.#files.closeAll();
      await this.#lock.release();
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
      await this.#saveAll();
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

  /** Queues, then the checkpoint that counts on them. */
  async #saveAll(): Promise<void> {
    const { dispatchedOffset, dispatchedTimestamp } = this.#dispatcher;
    const queueUnits = this.#queues.unitCount();
    const logEnd = this.#log.end;
    const now = this.#runtime.clock.wallMs();
    await this.#queues.write(true);
    this.#saved = { dispatchedOffset, queueUnits, logicsMsgTimestamp: dispatchedTimestamp };
    await this.#saveCheckpoint(Number.POSITIVE_INFINITY);
    // For Java brokers, which look for a file by its age: all that was stored up to then is on disk.
    if (this.#log.writer.synced >= logEnd) this.#physicMsgTimestamp = now;
  }

  /** Promises nothing above `cap`. */
  async #saveCheckpoint(cap: number): Promise<void> {
    const last = this.#checkpoint.last;
    const { dispatchedOffset, queueUnits, logicsMsgTimestamp } = this.#saved;
    const syncedOffset = Math.min(this.#log.writer.synced, cap);
    this.#moveScanAnchor();
    const next = {
      physicMsgTimestamp: this.#physicMsgTimestamp,
      logicsMsgTimestamp: Math.max(logicsMsgTimestamp, last.logicsMsgTimestamp),
      indexMsgTimestamp: last.indexMsgTimestamp,
      masterFlushedOffset: last.masterFlushedOffset,
      confirmOffset: Math.min(this.#confirmOffset, cap),
      ours: {
        dispatchedOffset: Math.min(dispatchedOffset, cap),
        syncedOffset,
        scanOffset: Math.min(this.#scanAnchor, dispatchedOffset, syncedOffset, cap),
        owedOffset: this.#owedOffset,
        maxOffset: Math.min(this.#log.end, cap),
        queueUnits: dispatchedOffset > cap ? QUEUE_UNITS_UNKNOWN : queueUnits,
        commitLogFileBytes: this.#config.mappedFileSizeCommitLog,
        consumeQueueFileBytes: this.#config.mappedFileSizeConsumeQueue,
      },
    };
    if (
      last.ours === undefined ||
      !isSame(next.ours, last.ours) ||
      next.confirmOffset !== last.confirmOffset
    ) {
      await this.#checkpoint.write(next);
    }
  }

  /** Recovery looks at least at a memory tail's length of records again, whatever is known to be durable: damage is mostly at the end. */
  #moveScanAnchor(): void {
    const { end, memoryStart } = this.#log;
    const tailBytes = this.#config.memoryTailBytes;
    if (end - this.#scanAnchor > 2 * tailBytes && end - memoryStart > tailBytes / 2)
      this.#scanAnchor = memoryStart;
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

function isSame(one: OurCheckpoint, other: OurCheckpoint): boolean {
  return Object.entries(one).every(([name, value]) => value === other[name as keyof OurCheckpoint]);
}

function requireSameFileSizes(checkpoint: CheckpointFile, config: Required<StoreConfig>): void {
  const ours = checkpoint.last.ours;
  if (ours === undefined) return;
  const pairs = [
    ['mappedFileSizeCommitLog', ours.commitLogFileBytes, config.mappedFileSizeCommitLog],
    ['mappedFileSizeConsumeQueue', ours.consumeQueueFileBytes, config.mappedFileSizeConsumeQueue],
  ] as const;
  for (const [key, stored, wanted] of pairs) {
    if (stored !== wanted) {
      throw new StoreError(
        'config',
        `${key}: the files in ${config.storePathRootDir} have ${stored} bytes, got ${wanted}; set it back`,
      );
    }
  }
}
