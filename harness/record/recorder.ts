/** Writes a history as it happens: one JSON line per event, nothing of it kept in memory. */
import assert from 'node:assert/strict';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Operation } from '../../checkers/history/operation.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';

/** What a client says of an operation; index, time and process are the recorder's. */
export type OperationBody = DistributiveOmit<Operation, 'index' | 'time' | 'process' | 'type'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export interface RunningCounts {
  invoked: number;
  ok: number;
  fail: number;
  info: number;
  sendOk: number;
}

/** Nanoseconds since the start of the run, on the harness's monotonic clock. */
export class RunClock {
  readonly #clock: Clock;
  readonly #startMs: number;
  /** Wall time of the start: what puts the nodes' trace lines on this clock. */
  readonly startWallMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.startWallMs = clock.wallMs();
  }

  ns(): number {
    return Math.round((this.#clock.monotonicMs() - this.#startMs) * 1e6);
  }
}

export class Recorder {
  readonly clock: RunClock;
  readonly counts: RunningCounts = { invoked: 0, ok: 0, fail: 0, info: 0, sendOk: 0 };
  readonly #file: WriteStream;
  /** Processes that wait for an answer. */
  readonly #open = new Set<number>();
  #index = 0;
  #failure: Error | undefined;

  /** Errors of the file (no space, no permission) reject `close`. */
  constructor(path: string, clock: RunClock) {
    this.clock = clock;
    this.#file = createWriteStream(path, { flags: 'w', highWaterMark: 1 << 20 });
    this.#file.on('error', (error) => {
      this.#failure ??= error;
    });
  }

  /** A process does one thing at a time, and is never used again after an `info`: only then can a history be judged. */
  invoke(process: number, body: OperationBody): void {
    assert(!this.#open.has(process), `process ${process} is still waiting for an answer`);
    this.#open.add(process);
    this.counts.invoked += 1;
    this.#write(process, 'invoke', body);
  }

  complete(process: number, type: 'ok' | 'fail' | 'info', body: OperationBody): void {
    assert(this.#open.delete(process), `process ${process} has asked for nothing`);
    this.counts[type] += 1;
    if (type === 'ok' && body.f === 'send') this.counts.sendOk += 1;
    this.#write(process, type, body);
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      // The call-back hears of an error that the listener has not heard of yet, or of none when it heard of it long ago.
      this.#file.end((error?: Error | null) => {
        const failure = this.#failure ?? error;
        if (failure === undefined || failure === null) resolve();
        else reject(failure);
      });
    });
  }

  #write(process: number, type: Operation['type'], { f, value, node, error }: OperationBody): void {
    const line = { index: this.#index, time: this.clock.ns(), process, type, f, value, node, error };
    this.#index += 1;
    this.#file.write(`${JSON.stringify(line)}\n`);
  }
}
