/**
 * Puts the log's memory on disk: one write for all that gathered while the one before was under way, then under SYNC_FLUSH one sync (group
 * commit). Everything happens in the order of the offsets: no later record is durable before an earlier one.
 */
import assert from 'node:assert/strict';
import type { Clock, Timer } from '../../runtime/clock.ts';
import { DiskError } from '../../runtime/disk.ts';
import type { FileQueue } from '../file-queue.ts';
import { StoreError } from '../store-error.ts';
import type { MemoryTail } from './memory-tail.ts';

export interface LogWriterOptions {
  readonly syncFlush: boolean;
  /** Between syncs when not `syncFlush`. */
  readonly syncIntervalMs: number;
  readonly diskFullRetryMs: number;
}

export interface LogWriterEvents {
  durable(offset: number): void;
  /** The disk is full (true), or takes bytes again (false). */
  diskFull(full: boolean): void;
  /** Nothing more will be written. */
  failed(error: Error): void;
}

/** So much is written at once, not at the end of the turn: the disk works while the turn goes on. */
const eagerBytes = 128 * 1024;

export class LogWriter {
  readonly #clock: Clock;
  readonly #files: FileQueue;
  readonly #tail: MemoryTail;
  readonly #options: LogWriterOptions;
  readonly #events: LogWriterEvents;
  #written: number;
  #synced: number;
  #running = false;
  #scheduled = false;
  #stopped = false;
  #failure: Error | undefined;
  #syncTimer: Timer | undefined;
  /** Why the last write was refused, while the disk is full. */
  #diskFull: DiskError | undefined;
  #limit = Number.POSITIVE_INFINITY;
  /** Grows with every `cutTo`: a sync that was asked for before says nothing about what was written after. */
  #moves = 0;
  #drainWaiters: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  constructor(
    clock: Clock,
    files: FileQueue,
    tail: MemoryTail,
    options: LogWriterOptions,
    events: LogWriterEvents,
  ) {
    this.#clock = clock;
    this.#files = files;
    this.#tail = tail;
    this.#options = options;
    this.#events = events;
    this.#written = tail.end;
    this.#synced = tail.end;
    if (!options.syncFlush) this.#scheduleSync();
  }

  /** All below was taken by the operating system. */
  get written(): number {
    return this.#written;
  }

  /** All below survives a crash of the machine. */
  get synced(): number {
    return this.#synced;
  }

  get durable(): number {
    return this.#options.syncFlush ? this.#synced : this.#written;
  }

  /** To be called after every append. */
  wake(): void {
    if (this.#running || this.#stopped) return;
    if (this.#tail.end - this.#written >= eagerBytes) void this.#run();
    if (this.#running || this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.soon(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  /**
   * Resolves once everything below `end` is durable and no write is under way; what lies above is not written any more, until `cutTo` or
   * `resume`. Rejects when that will never be (StoreError), or not now because the disk is full (DiskError).
   */
  async drain(end: number): Promise<void> {
    this.#limit = end;
    if (this.#failure === undefined && !this.#running && this.durable >= this.#target()) return;
    await new Promise<void>((resolve, reject) => {
      this.#drainWaiters.push({ resolve, reject });
      this.#settleDrains();
      void this.#run();
    });
  }

  /** After a `drain` that came to nothing. */
  resume(): void {
    this.#limit = Number.POSITIVE_INFINITY;
    this.wake();
  }

  /** Everything written so far survives a crash when it resolves. Rejects with StoreError. */
  async sync(): Promise<void> {
    this.#throwIfFailed();
    const written = this.#written;
    const moves = this.#moves;
    if (this.#synced >= written) return;
    try {
      await this.#files.sync();
    } catch (error) {
      this.#fail('sync', error);
    }
    this.#throwIfFailed();
    if (moves === this.#moves) this.#synced = Math.max(this.#synced, written);
  }

  /** The log was truncated at `end`, durably. Only after `drain`. */
  cutTo(end: number): void {
    this.#written = end;
    // What was only written before is still only written.
    this.#synced = Math.min(this.#synced, end);
    this.#moves += 1;
    this.#limit = Number.POSITIVE_INFINITY;
    // Nothing waits for room any more; the next write finds out.
    this.#setDiskFull(undefined);
  }

  /** The log is empty and goes on at `start`. */
  beginAt(start: number): void {
    this.cutTo(start);
    this.#synced = start;
  }

  stop(): void {
    this.#stopped = true;
    this.#syncTimer?.cancel();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#stopped && this.#failure === undefined && this.durable < this.#target())
        await this.#writeOnce();
    } finally {
      this.#running = false;
      this.#settleDrains();
    }
  }

  async #writeOnce(): Promise<void> {
    const end = this.#target();
    try {
      while (this.#written < end) {
        const bytes = this.#tail.slice(this.#written, end);
        assert(bytes !== undefined, `${this.#written} left the memory before it was written`);
        await this.#files.write(this.#written, bytes);
        this.#written += bytes.length;
        this.#setDiskFull(undefined);
        if (!this.#options.syncFlush) this.#events.durable(this.#written);
      }
    } catch (error) {
      if (!isDiskFull(error)) return this.#fail('write', error);
      this.#setDiskFull(error);
      return this.#pause();
    }
    if (!this.#options.syncFlush) return;
    try {
      await this.#files.sync();
    } catch (error) {
      // Also when the disk is full: after a failed sync nobody knows which pages the kernel dropped, so no later sync can be believed.
      return this.#fail('sync', error);
    }
    this.#synced = end;
    this.#events.durable(end);
  }

  #setDiskFull(error: DiskError | undefined): void {
    const changes = (error === undefined) !== (this.#diskFull === undefined);
    this.#diskFull = error;
    if (changes) this.#events.diskFull(error !== undefined);
    if (error !== undefined) this.#settleDrains();
  }

  #target(): number {
    return Math.min(this.#tail.end, this.#limit);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(this.#options.diskFullRetryMs, resolve);
    });
  }

  #scheduleSync(): void {
    this.#syncTimer = this.#clock.after(this.#options.syncIntervalMs, () => {
      void this.sync().then(
        () => {
          if (!this.#stopped) this.#scheduleSync();
        },
        () => undefined, // `sync` has reported it, and nothing is written any more.
      );
    });
  }

  #fail(action: string, error: unknown): void {
    if (this.#failure !== undefined) return;
    const cause = error instanceof Error ? error : new Error(String(error));
    const path = this.#files.directory;
    this.#failure = new StoreError(
      'io',
      `${path}: a ${action} failed (${cause.message}); nothing more is written`,
      { cause },
    );
    this.#syncTimer?.cancel();
    this.#events.failed(this.#failure);
    this.#settleDrains();
  }

  #throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #settleDrains(): void {
    if (this.#drainWaiters.length === 0) return;
    const stopped = this.#stopped ? new StoreError('closed', 'the store is closed') : undefined;
    const isThere = this.durable >= this.#target();
    const refusal = this.#failure ?? stopped ?? (isThere ? undefined : this.#diskFull);
    if (refusal === undefined && (this.#running || !isThere)) return;
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const waiter of waiters) refusal === undefined ? waiter.resolve() : waiter.reject(refusal);
  }
}

export function isDiskFull(error: unknown): error is DiskError {
  return error instanceof DiskError && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}
