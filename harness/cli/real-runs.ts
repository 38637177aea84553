/** Seeds as real runs, one after another. */
import { resolve } from 'node:path';
import { osClock } from '../../cluster/runtime/os/os-clock.ts';
import { namedNemeses } from '../../nemeses/presets/named-nemeses.ts';
import type { SeedRunner } from '../campaign/bug-hunt.ts';
import { runOfSeed, type SeedOutcome, type SeedTask } from '../campaign/campaign-seed.ts';
import { brokenSeed, judged } from '../campaign/run-seed.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { replayCommand } from '../record/run-plan.ts';
import { runTest } from '../runner/run-test.ts';
import { silentListener } from '../runner/silent-listener.ts';

export class RealRuns implements SeedRunner {
  /** They measure time: two at once on one machine would be slower, not sooner done. */
  readonly workers = 1;
  readonly #deployment: Deployment;
  readonly #resultsFolder: string;
  readonly #signal: AbortSignal;
  #last: Promise<unknown> = Promise.resolve();

  constructor(deployment: Deployment, resultsFolder: string, signal: AbortSignal) {
    this.#deployment = deployment;
    this.#resultsFolder = resolve(resultsFolder);
    this.#signal = signal;
  }

  run(task: SeedTask): Promise<SeedOutcome> {
    const mine = this.#last.then(() => this.#run(task));
    this.#last = mine;
    return mine;
  }

  async #run({ base, seed }: SeedTask): Promise<SeedOutcome> {
    const startMs = osClock.monotonicMs();
    const { plan, schedule } = runOfSeed(base, seed);
    const outcome = { seed, command: replayCommand(plan) };
    const seconds = () => (osClock.monotonicMs() - startMs) / 1000;
    const world = {
      deployment: this.#deployment,
      nemeses: namedNemeses,
      schedule,
      resultsFolder: this.#resultsFolder,
      listener: silentListener,
      signal: this.#signal,
    };
    try {
      const { files, judgement } = await runTest(plan, world);
      return {
        ...outcome,
        ...judged(judgement),
        virtualSeconds: 0,
        realSeconds: seconds(),
        digest: '',
        folder: files.folder,
      };
    } catch (error) {
      const broke = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return brokenSeed(outcome, broke, seconds());
    }
  }
}
