/** Keeps the checksums of the log behind what is confirmed, beside the way that messages take. */
import type { Clock, Timer } from '../runtime/clock.ts';
import { RunInOrder } from '../runtime/run-in-order.ts';
import type { CommitLog } from './commit-log/commit-log.ts';
import type { LogSums } from './log-sums.ts';

export interface LogSummerParts {
  readonly clock: Clock;
  readonly log: CommitLog;
  readonly sums: LogSums;
  readonly confirmOffset: () => number;
}

/** A change of a stored byte later than this is found. */
const INTERVAL_MS = 50;
/** In each interval, so that it never takes more than some thousandths of a core; where more comes the checksums lag behind. */
const STEP_BYTES_MAX = 512 * 1024;
const STEPS_PER_SYNC = 20;

export class LogSummer {
  readonly #parts: LogSummerParts;
  #timer: Timer | undefined;
  #steps = 0;
  #isStopped = false;
  #isLowered = false;
  /** Checksums are written, lowered and closed one after another. */
  readonly #inOrder = new RunInOrder();

  constructor(parts: LogSummerParts) {
    this.#parts = parts;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = this.#parts.clock.after(INTERVAL_MS, () => {
      // What the disk refuses now it may take the next time; the log's own writes tell of it.
      const again = () => this.start();
      void this.#inOrder.run(() => this.#step()).then(again, again);
    });
  }

  /** Before the log is truncated at `offset`. Durable when it resolves; nothing is added before `resume`. */
  async lower(offset: number): Promise<void> {
    this.#isLowered = true;
    await this.#inOrder.run(() => this.#parts.sums.lower(offset));
  }

  resume(): void {
    this.#isLowered = false;
  }

  /** What there is outlives the machine when it resolves. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#inOrder.run(() => this.#parts.sums.write(true));
  }

  async #step(): Promise<void> {
    if (this.#isStopped || this.#isLowered) return;
    const { log, sums, confirmOffset } = this.#parts;
    this.#steps += 1;
    const begin = sums.end ?? log.start;
    const end = Math.min(log.writer.synced, confirmOffset(), begin + STEP_BYTES_MAX);
    for (let at = begin; at < end; ) {
      const bytes = log.peekMemory(at, end) ?? (await log.readDisk(at, end - at));
      if (bytes.length === 0) break;
      sums.add(at, bytes);
      at += bytes.length;
    }
    if (end > begin) await sums.write(false);
    if (this.#steps % STEPS_PER_SYNC === 0) await sums.write(true);
  }
}
