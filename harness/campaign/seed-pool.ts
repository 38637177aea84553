/** Threads that run seeds. One that hangs or dies is replaced, and its seed told as broken. */
import { Worker } from 'node:worker_threads';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { replayCommand } from '../record/run-plan.ts';
import { runOfSeed, type SeedOutcome, type SeedTask } from './campaign-seed.ts';
import { brokenSeed } from './run-seed.ts';

export interface SeedPoolOptions {
  readonly workers: number;
  readonly resultsFolder: string;
  /** Real time for one seed, hundreds of times what one takes. */
  readonly hangMs: number;
  /** Processor time of this process so far; a test has its own. */
  readonly cpuMs?: () => number;
}

/** So often a seed gets its time again where the machine has none for this process. */
const starvedMax = 10;

interface Job {
  readonly task: SeedTask;
  readonly done: (outcome: SeedOutcome) => void;
}

/** What a thread may say while it runs a seed. */
interface Ear {
  done(outcome: SeedOutcome): void;
  broken(how: string): void;
}

interface Place {
  worker: Worker;
  /** Undefined while it is free. */
  ear: Ear | undefined;
}

export class SeedPool {
  readonly #options: SeedPoolOptions;
  readonly #places: Place[] = [];
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(options: SeedPoolOptions) {
    this.#options = options;
  }

  get workers(): number {
    return this.#options.workers;
  }

  /** Never rejects. Seeds wait for a free thread, in order. */
  run(task: SeedTask): Promise<SeedOutcome> {
    return new Promise((done) => {
      this.#waiting.push({ task, done });
      this.#handOut();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#places.map(({ worker }) => worker.terminate()));
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const place = this.#places.find(({ ear }) => ear === undefined) ?? this.#openPlace();
      if (place === undefined) return;
      const job = this.#waiting.shift();
      if (job !== undefined) this.#give(place, job);
    }
  }

  #openPlace(): Place | undefined {
    if (this.#places.length >= this.#options.workers) return undefined;
    const worker = this.#newWorker(() => (place.worker === worker ? place.ear : undefined));
    const place: Place = { worker, ear: undefined };
    this.#places.push(place);
    return place;
  }

  /** Listens once and for all: a Worker that loses its listeners hears nothing any more, whoever listens later. */
  #newWorker(ear: () => Ear | undefined): Worker {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const { resultsFolder } = this.#options;
    const worker = new Worker(new URL(`./seed-worker.${extension}`, import.meta.url), {
      // Most of what a run allocates dies young: with room for it the collector has a third less to do.
      resourceLimits: { maxYoungGenerationSizeMb: 192 },
      workerData: { resultsFolder },
    });
    worker.on('message', (outcome: SeedOutcome) => ear()?.done(outcome));
    worker.on('error', (error) =>
      ear()?.broken(`its thread broke: ${error instanceof Error ? error.stack : String(error)}`),
    );
    worker.on('exit', (code) => ear()?.broken(`its thread ended with code ${code}`));
    return worker;
  }

  #give(place: Place, { task, done }: Job): void {
    const { hangMs, cpuMs = ownCpuMs } = this.#options;
    const startMs = osClock.monotonicMs();
    const over = (outcome: SeedOutcome) => {
      limit.cancel();
      place.ear = undefined;
      done(outcome);
      if (!this.#closed) this.#handOut();
    };
    const broken = (how: string) => {
      // The old thread is heard no more: whatever it still says belongs to nobody.
      void place.worker.terminate();
      if (!this.#closed) this.#replaceWorker(place);
      const seconds = (osClock.monotonicMs() - startMs) / 1000;
      over(brokenSeed({ seed: task.seed, command: commandOf(task) }, how, seconds));
    };
    const begunCpuMs = cpuMs();
    let starved = 0;
    const askLater = () =>
      osClock.after(hangMs, () => {
        starved += 1;
        if (starved < starvedMax && cpuMs() - begunCpuMs < (starved * hangMs) / 2) limit = askLater();
        else
          broken(
            `it hangs: no end within ${(starved * hangMs) / 1000} s of real time; its thread was replaced`,
          );
      });
    let limit = askLater();
    place.ear = { done: over, broken };
    place.worker.postMessage(task);
  }

  #replaceWorker(place: Place): void {
    const worker = this.#newWorker(() => (place.worker === worker ? place.ear : undefined));
    place.worker = worker;
  }
}

/** Of all threads of this process. */
function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function commandOf(task: SeedTask): string {
  return replayCommand(runOfSeed(task.base, task.seed).plan);
}
