/** The durable side of a member: takes the persists of a Raft core, writes many at once, one sync for all that gathered meanwhile. */
import assert from 'node:assert/strict';
import type { HardState, PersistEffect } from '../raft/raft-effect.ts';
import type { RaftEntry } from '../raft/raft-message.ts';
import type { RestoredState } from '../raft/raft-state.ts';
import type { Disk } from '../runtime/disk.ts';
import { makeDurableFolder } from '../runtime/durable-folder.ts';
import { NoRoomError } from '../runtime/no-room-error.ts';
import { readCurrentTerm, writeCurrentTerm } from './current-term-file.ts';
import { DledgerStoreError } from './dledger-errors.ts';
import { DledgerLog } from './dledger-log.ts';

export interface PersistListener {
  persisted(sequence: number): void;
  /** The disk has no room, and nothing of the batch is promised; it is tried again when the promise resolves. */
  full(error: NoRoomError): Promise<void>;
  /** Nothing is written any more. */
  failed(error: unknown): void;
}

export class DledgerStore {
  readonly restored: RestoredState;
  readonly truncatedBytes: number;
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #log: DledgerLog;
  readonly #release: () => Promise<void>;
  #pending: PersistEffect[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;

  static async open(disk: Disk, directory: string): Promise<DledgerStore> {
    const data = `${directory}/data`;
    await makeDurableFolder(disk, data);
    const lock = await disk.lock(directory);
    try {
      const hardState = await readCurrentTerm(disk, directory);
      const hasLog = (await disk.status(DledgerLog.path(data))) !== undefined;
      if (hardState !== undefined && !hasLog)
        throw new DledgerStoreError(
          directory,
          'there is a file currterm but no log file, so the log is lost',
        );
      const log = await DledgerLog.open(disk, data);
      assertTogether(directory, hardState, log.recoveredEntries);
      // From the first start on the file is there: its absence beside a log is a loss, not a beginning.
      if (hardState === undefined) await writeCurrentTerm(disk, directory, { term: 0, vote: undefined });
      return new DledgerStore(disk, directory, log, hardState ?? { term: 0, vote: undefined }, () =>
        lock.release(),
      );
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  private constructor(
    disk: Disk,
    directory: string,
    log: DledgerLog,
    hardState: HardState,
    release: () => Promise<void>,
  ) {
    this.#disk = disk;
    this.#directory = directory;
    this.#log = log;
    this.#release = release;
    this.restored = { ...hardState, entries: log.recoveredEntries };
    this.truncatedBytes = log.truncatedBytes;
  }

  /** `listener` hears of the last sequence of each batch. */
  persist(effect: PersistEffect, listener: PersistListener): void {
    this.#pending.push(effect);
    this.#writing ??= this.#writeAll(listener).then(
      () => {
        this.#writing = undefined;
      },
      (error: unknown) => {
        // #writing stays: a failed write or sync says nothing good about the next one.
        listener.failed(error);
      },
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#log.close();
    await this.#release();
  }

  async #writeAll(listener: PersistListener): Promise<void> {
    while (this.#pending.length > 0 && !this.#closed) {
      const effects = this.#pending;
      const batch = foldPersists(effects);
      this.#pending = [];
      try {
        await this.#write(batch);
      } catch (error) {
        if (!(error instanceof NoRoomError)) throw error;
        // What was refused was promised to nobody, so it may be tried again, with all that has come since.
        this.#pending = [...effects, ...this.#pending];
        await listener.full(error);
        continue;
      }
      if (!this.#closed) listener.persisted(batch.sequence);
    }
  }

  async #write({ hardState, firstIndex, entries }: PersistBatch): Promise<void> {
    // The term first: no entry is ever on disk whose term is not.
    if (hardState !== undefined) await writeCurrentTerm(this.#disk, this.#directory, hardState);
    if (firstIndex !== undefined) await this.#log.write(firstIndex, entries);
  }
}

export interface PersistBatch {
  readonly sequence: number;
  readonly hardState: HardState | undefined;
  readonly firstIndex: number | undefined;
  readonly entries: readonly RaftEntry[];
}

/** One write with the outcome of many. */
export function foldPersists(effects: readonly PersistEffect[]): PersistBatch {
  let hardState: HardState | undefined;
  let firstIndex: number | undefined;
  const entries: RaftEntry[] = [];
  for (const effect of effects) {
    if (effect.what === 'hard-state') {
      hardState = effect.hardState;
      continue;
    }
    firstIndex = Math.min(firstIndex ?? effect.firstIndex, effect.firstIndex);
    const kept = effect.firstIndex - firstIndex;
    assert(kept <= entries.length, `entry ${effect.firstIndex} does not follow the write before it`);
    entries.length = kept;
    for (const entry of effect.entries) entries.push(entry);
  }
  return { sequence: effects.at(-1)?.sequence ?? 0, hardState, firstIndex, entries };
}

function assertTogether(
  directory: string,
  hardState: HardState | undefined,
  entries: readonly RaftEntry[],
): void {
  const lastTerm = entries.at(-1)?.term ?? 0;
  if (hardState === undefined && entries.length > 0) {
    throw new DledgerStoreError(
      directory,
      `there are ${entries.length} entries but no file currterm, so the vote is lost`,
    );
  }
  if (hardState !== undefined && hardState.term < lastTerm) {
    throw new DledgerStoreError(
      directory,
      `the log ends in term ${lastTerm}, but currterm says ${hardState.term}`,
    );
  }
}
