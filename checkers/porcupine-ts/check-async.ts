/** Checks that leave their thread free: in turns with whatever else it does, or in workers. */
import type { CheckOptions, Progress } from './check-options.ts';
import { encodeOperations } from './history/encode-operations.ts';
import { type Partition, partitionsOf } from './history/partitions.ts';
import type { Model } from './model.ts';
import type { Operation } from './operation.ts';
import { Limits } from './search/limits.ts';
import { PartitionRun } from './search/run-partitions.ts';
import type { CheckResult, PartitionResult, UnknownReason } from './verdict.ts';
import type { Report } from './worker/messages.ts';
import { type StartedWorker, startWorker } from './worker/start-worker.ts';

/** The same, and in how many threads. */
export interface AsyncCheckOptions extends CheckOptions {
  /**
   * So many worker threads; 0 (default) is this thread, which then comes up for air every 20 ms. The model's keys are dealt out to the workers, and the
   * first illegal one stops them all. A worker is stopped in the midst of a step, so with at least one of them a timeout is kept whatever the model does.
   * The model must have a `source`; ready models do.
   */
  readonly workers?: number;
}

const airEveryMs = 20;

/**
 * Checks operations as `checkOperations` does, with the same result. Rejects with `InvalidHistoryError` for a history that cannot have happened, and with an
 * error that names the model when a worker cannot build it or fails.
 */
export async function checkOperationsAsync<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: AsyncCheckOptions = {},
): Promise<CheckResult> {
  const partitions = partitionsOf(model as Model, encodeOperations(operations));
  const { workers = 0 } = options;
  return workers === 0
    ? await inTurns(new PartitionRun(model as Model, partitions, options))
    : await new WorkerRun(model as Model, operations, partitions, { ...options, workers }).result();
}

async function inTurns(run: PartitionRun): Promise<CheckResult> {
  const quanta = run.quanta();
  for (let sinceMs = performance.now(); ; ) {
    const { done, value } = quanta.next();
    if (done === true) return value;
    if (performance.now() - sinceMs < airEveryMs) continue;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    sinceMs = performance.now();
  }
}

/** What one worker is to look at. */
interface Share {
  readonly parts: Partition[];
  /** Positions in the whole history, of the operations in the order in which the worker gets them. */
  readonly positions: number[];
  progress: Progress | undefined;
  result: CheckResult | undefined;
}

class WorkerRun {
  readonly #model: Model;
  readonly #operations: readonly Operation[];
  readonly #partitions: readonly Partition[];
  readonly #options: AsyncCheckOptions;
  readonly #shares: Share[];
  readonly #limits: Limits;

  constructor(
    model: Model,
    operations: readonly Operation[],
    partitions: readonly Partition[],
    options: AsyncCheckOptions & { readonly workers: number },
  ) {
    this.#model = model;
    this.#operations = operations;
    this.#partitions = partitions;
    this.#options = options;
    this.#limits = new Limits(options);
    this.#shares = shares(partitions, options.workers);
  }

  async result(): Promise<CheckResult> {
    let stopped: UnknownReason | undefined;
    const starts: Promise<StartedWorker>[] = [];
    const { timeoutMs, signal } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let aborted = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const stop = (reason: UnknownReason): void => {
          stopped ??= reason;
          resolve();
        };
        if (timeoutMs !== undefined) timer = setTimeout(stop, timeoutMs, 'timeout');
        aborted = () => stop('aborted');
        signal?.addEventListener('abort', aborted);
        if (signal?.aborted === true) stop('aborted');
        else if (this.#shares.length === 0) resolve();
        if (stopped !== undefined) return;
        for (const share of this.#shares) {
          const start = this.#start(share, resolve, reject);
          start.catch(reject);
          starts.push(start);
        }
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      // Who was just being started is stopped as well.
      await Promise.allSettled(starts.map(async (start) => await (await start).stop()));
    }
    return this.#merged(stopped);
  }

  async #start(share: Share, finished: () => void, failed: (error: Error) => void): Promise<StartedWorker> {
    const { engine, verbose, memoryBytesMax, stepsMax, timeoutMs, onProgress } = this.#options;
    const { source } = this.#model;
    if (source === undefined)
      throw new Error(
        `model ${this.#model.name ?? '(unnamed)'} has no source, so a worker cannot build it; give it one: { module: import.meta.url, name: "theExport" }`,
      );
    const take = (report: Report): void => {
      if (report.kind === 'failed') {
        failed(new Error(`a worker failed: ${report.message}`));
      } else if (report.kind === 'progress') {
        share.progress = report.progress;
        onProgress?.(this.#progress());
      } else {
        share.result = report.result;
        const decided = report.result.verdict === 'illegal' && verbose !== true;
        if (decided || this.#shares.every(({ result }) => result !== undefined)) finished();
      }
    };
    return await startWorker(
      {
        model: source,
        operations: share.positions.map((at) => bare(this.#operations[at] as Operation)),
        options: {
          ...(engine === undefined ? {} : { engine }),
          ...(verbose === undefined ? {} : { verbose }),
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(memoryBytesMax === undefined ? {} : { memoryBytesMax: memoryBytesMax / this.#shares.length }),
          ...(stepsMax === undefined ? {} : { stepsMax: stepsMax / this.#shares.length }),
        },
        reportsProgress: onProgress !== undefined,
      },
      take,
    );
  }

  #progress(): Progress {
    const known = this.#shares.map(({ progress }) => progress).filter((progress) => progress !== undefined);
    return {
      steps: sum(known.map(({ steps }) => steps)),
      configurations: sum(known.map(({ configurations }) => configurations)),
      partitionsDone: sum(known.map(({ partitionsDone }) => partitionsDone)),
      partitions: this.#partitions.length,
      elapsedMs: this.#limits.elapsedMs,
    };
  }

  /** Partitions in the order of the history, whoever looked at them. */
  #merged(stopped: UnknownReason | undefined): CheckResult {
    const results = new Map<Partition, PartitionResult>();
    for (const { parts, positions, result } of this.#shares) {
      for (const [index, part] of parts.entries()) {
        const found = result?.partitions[index];
        if (found === undefined) continue;
        const place = (at: number): number => positions[at] as number;
        results.set(part, {
          verdict: found.verdict,
          key: part.key,
          operations: found.operations.map(place),
          linearizations: found.linearizations.map((order) => order.map(place)),
        });
      }
    }
    const partitions = this.#partitions.map((part) => results.get(part) ?? unsearched(part));
    const done = this.#shares.map(({ result }) => result).filter((result) => result !== undefined);
    const illegal = partitions.some(({ verdict }) => verdict === 'illegal');
    const verdict = illegal
      ? 'illegal'
      : partitions.every((part) => part.verdict === 'ok')
        ? 'ok'
        : 'unknown';
    const reason = stopped ?? done.find((result) => result.reason !== undefined)?.reason;
    return {
      verdict,
      ...(verdict === 'unknown' && reason !== undefined ? { reason } : {}),
      partitions,
      steps: sum(done.map(({ steps }) => steps)),
      configurations: sum(done.map(({ configurations }) => configurations)),
      memoryBytes: sum(done.map(({ memoryBytes }) => memoryBytes)),
      elapsedMs: this.#limits.elapsedMs,
    };
  }
}

function unsearched({ key, operations, positions }: Partition): PartitionResult {
  return {
    verdict: 'unknown',
    key,
    operations: operations.map((_, at) => (positions === undefined ? at : (positions[at] as number))),
    linearizations: [],
  };
}

/** The largest key first, each to whoever has least to do. A worker meets its keys in the order of their first calls, as `parts` has them. */
function shares(partitions: readonly Partition[], workers: number): Share[] {
  const count = Math.max(1, Math.min(workers, partitions.length));
  const dealt = Array.from({ length: partitions.length === 0 ? 0 : count }, () => ({
    load: 0,
    numbers: [] as number[],
  }));
  const largestFirst = partitions
    .map((_, at) => at)
    .sort((one, other) => size(other) - size(one) || one - other);
  for (const at of largestFirst) {
    const least = dealt.reduce((best, one) => (one.load < best.load ? one : best));
    least.numbers.push(at);
    least.load += size(at);
  }
  return dealt.map(({ numbers }) => {
    const parts = numbers.sort((one, other) => one - other).map((at) => partitions[at] as Partition);
    const positions = parts.flatMap((part) =>
      part.operations.map((_, at) => (part.positions === undefined ? at : (part.positions[at] as number))),
    );
    return {
      parts,
      positions: positions.sort((one, other) => one - other),
      progress: undefined,
      result: undefined,
    };
  });

  function size(at: number): number {
    return partitions[at]?.operations.length ?? 0;
  }
}

/** Only what a worker needs is copied to it. */
function bare({ input, output, call, return: back }: Operation): Operation {
  return { input, output, call, return: back };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
