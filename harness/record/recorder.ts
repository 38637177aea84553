/** Gives a history's events their index, time and order. */
import assert from 'node:assert/strict';
import type { Operation } from '../../checkers/history/operation.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import type { HistorySink } from './history-sink.ts';

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
  /** Wall time of the start, for people. */
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
  readonly #sink: HistorySink;
  /** Processes that wait for an answer. */
  readonly #open = new Set<number>();
  #index = 0;

  constructor(sink: HistorySink, clock: RunClock) {
    this.clock = clock;
    this.#sink = sink;
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

  /** As the sink's `close`. */
  close(): Promise<void> {
    return this.#sink.close();
  }

  #write(process: number, type: Operation['type'], { f, value, node, error }: OperationBody): void {
    const entry = { index: this.#index, time: this.clock.ns(), process, type, f, value };
    this.#index += 1;
    // Parts that are not there are left out: kept in memory or read from a file, an event is the same.
    this.#sink.write({
      ...entry,
      ...(node === undefined ? {} : { node }),
      ...(error === undefined ? {} : { error }),
    } as Operation);
  }
}
