/** The thread that runs seeds, one after another, for a `SeedPool`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { SeedTask } from './campaign-seed.ts';
import { runSeed } from './run-seed.ts';

const { resultsFolder } = workerData as { readonly resultsFolder: string };

parentPort?.on('message', (task: SeedTask) => {
  void runSeed(task, resultsFolder).then((outcome) => parentPort?.postMessage(outcome));
});
