/**
 * Searches all partitions in turns: each gets a slice of steps, and slices double. So one that is refuted quickly ends the check, however long the others
 * would take; and between slices the check can wait, report or give up.
 */
import type { CheckOptions } from '../check-options.ts';
import type { Partition } from '../history/partitions.ts';
import type { Model } from '../model.ts';
import type { CheckResult, PartitionResult, Verdict } from '../verdict.ts';
import { Limits } from './limits.ts';
import type { Search } from './problem.ts';
import { searchOf } from './search-of.ts';

const sliceStepsMin = 4096;
/** Some 10 ms of cheap steps. The clock itself is read more often, whenever a slice of this turn has run. */
const quantumSteps = 32_768;
const progressEveryMs = 50;

interface Lane {
  readonly partition: Partition;
  search: Search | undefined;
  verdict: Verdict;
}

export class PartitionRun {
  readonly #model: Model;
  readonly #options: CheckOptions;
  readonly #limits: Limits;
  readonly #lanes: Lane[];
  #open: Lane[];
  #illegal = false;
  /** No more needs to be searched. */
  #decided = false;
  #slice = sliceStepsMin;
  #progressAtMs = progressEveryMs;

  constructor(model: Model, partitions: readonly Partition[], options: CheckOptions) {
    this.#model = model;
    this.#options = options;
    this.#limits = new Limits(options);
    this.#lanes = partitions.map((partition) => ({ partition, search: undefined, verdict: 'unknown' }));
    this.#open = this.#lanes;
  }

  /** One quantum after another; each value is a moment at which the caller may pause. */
  *quanta(): Generator<void, CheckResult> {
    this.#limits.expired();
    while (this.#open.length > 0 && !this.#decided && !this.#limits.raised) {
      for (const lane of this.#open) {
        yield* this.#runSlice(lane);
        if (this.#decided || this.#limits.raised) break;
      }
      this.#open = this.#open.filter(({ verdict }) => verdict === 'unknown');
      this.#slice *= 2;
    }
    return this.#result();
  }

  *#runSlice(lane: Lane): Generator<void, void> {
    lane.search ??= searchOf(this.#model, lane.partition, this.#options, this.#limits);
    const end = lane.search.steps + this.#slice;
    while (lane.search.steps < end) {
      const state = lane.search.run(Math.min(quantumSteps, end - lane.search.steps), this.#limits);
      if (this.#limits.expired()) return;
      if (state === 'ok' || state === 'illegal') {
        lane.verdict = state;
        if (state === 'illegal') {
          this.#illegal = true;
          // Whoever wants to see how far each one came wants the others too.
          this.#decided = this.#options.verbose !== true;
        }
        return;
      }
      if (this.#overBudget()) return;
      this.#report();
      yield;
    }
  }

  #overBudget(): boolean {
    const { memoryBytesMax, stepsMax } = this.#options;
    if (memoryBytesMax !== undefined && this.#memoryBytes() > memoryBytesMax)
      return this.#limits.giveUp('memory');
    if (stepsMax !== undefined && this.#steps() >= stepsMax) return this.#limits.giveUp('steps');
    return false;
  }

  #report(): void {
    const { onProgress } = this.#options;
    if (onProgress === undefined) return;
    const elapsedMs = this.#limits.elapsedMs;
    if (elapsedMs < this.#progressAtMs) return;
    this.#progressAtMs = elapsedMs + progressEveryMs;
    onProgress({
      steps: this.#steps(),
      configurations: this.#configurations(),
      partitionsDone: this.#lanes.filter(({ verdict }) => verdict !== 'unknown').length,
      partitions: this.#lanes.length,
      elapsedMs,
    });
  }

  #steps(): number {
    return this.#lanes.reduce((sum, { search }) => sum + (search?.steps ?? 0), 0);
  }

  #configurations(): number {
    return this.#lanes.reduce((sum, { search }) => sum + (search?.configurations ?? 0), 0);
  }

  #memoryBytes(): number {
    return this.#lanes.reduce((sum, { search }) => sum + (search?.bytes() ?? 0), 0);
  }

  #result(): CheckResult {
    const { reason, elapsedMs } = this.#limits;
    const verdict: Verdict = this.#illegal ? 'illegal' : this.#open.length > 0 ? 'unknown' : 'ok';
    return {
      verdict,
      ...(verdict === 'unknown' && reason !== undefined ? { reason } : {}),
      partitions: this.#lanes.map(resultOf),
      steps: this.#steps(),
      configurations: this.#configurations(),
      memoryBytes: this.#memoryBytes(),
      elapsedMs,
    };
  }
}

function resultOf({ partition, search, verdict }: Lane): PartitionResult {
  const { positions } = partition;
  const place = (operation: number): number =>
    positions === undefined ? operation : (positions[operation] as number);
  // Both are asked for by few callers and cost as much as the operations they name.
  let linearizations: readonly number[][] | undefined;
  let operations: readonly number[] | undefined;
  return {
    verdict,
    key: partition.key,
    get operations() {
      operations ??= partition.operations.map((_, operation) => place(operation));
      return operations;
    },
    get linearizations() {
      linearizations ??= (search?.linearizations() ?? []).map((order) => order.map(place)).sort(longestFirst);
      return linearizations;
    },
  };
}

function longestFirst(one: readonly number[], other: readonly number[]): number {
  if (one.length !== other.length) return other.length - one.length;
  for (let at = 0; at < one.length; at += 1) {
    const difference = (one[at] as number) - (other[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
