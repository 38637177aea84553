/**
 * The process that tries mutants, one after the other: each in a copy of the judges of its own, so that it shares no module with another one.
 * A process each would load everything anew. A mutant whose tests never end ends this process.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import Mocha from 'mocha';

export interface Trial {
  /** The compiled judges, and the folder that copies of them are made in. */
  readonly built: string;
  readonly bench: string;
  /** What stands in place of a file of theirs. Undefined: nothing is changed. */
  readonly change: { readonly file: string; readonly source: string } | undefined;
  /** Tests by path within the judges; a later round is run where those before it noticed nothing. */
  readonly rounds: readonly (readonly string[])[];
}

/** The round that noticed the change; undefined: none. */
export interface TrialResult {
  readonly noticedBy: number | undefined;
}

/** By CPU, not by the clock: a busy machine makes no test endless. */
const cpuSecondsMax = 20;
const lookMs = 250;

if (isMainThread) serve();
else watch(workerData as Int32Array);

function serve(): void {
  const trials = new Int32Array(new SharedArrayBuffer(4));
  new Worker(new URL(import.meta.url), { workerData: trials }).unref();
  process.on('message', async (trial: Trial) => {
    Atomics.add(trials, 0, 1);
    const result: TrialResult = { noticedBy: await noticedBy(trial) };
    process.send?.(result);
  });
}

/** Beside the tests, since those may hold their thread for ever. */
function watch(trials: Int32Array): void {
  let trial = -1;
  let begun = 0;
  setInterval(() => {
    const { user, system } = process.cpuUsage();
    const now = Atomics.load(trials, 0);
    if (now !== trial) [trial, begun] = [now, user + system];
    else if (user + system - begun > cpuSecondsMax * 1e6) process.kill(process.pid, 'SIGKILL');
  }, lookMs);
}

async function noticedBy({ built, bench, change, rounds }: Trial): Promise<number | undefined> {
  const copy = mkdtempSync(join(bench, 'mutant-'));
  try {
    cpSync(built, copy, { recursive: true, filter: (path) => !path.endsWith('.map') });
    if (change !== undefined) writeFileSync(join(copy, change.file), change.source);
    for (const [at, round] of rounds.entries())
      if (!(await passes(round.map((file) => join(copy, file))))) return at;
    return undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function passes(files: readonly string[]): Promise<boolean> {
  const mocha = new Mocha({ bail: true, timeout: 0, reporter: Mocha.reporters.Base });
  for (const file of files) mocha.addFile(file);
  try {
    await mocha.loadFilesAsync();
  } catch {
    return false;
  }
  const failures = await new Promise<number>((done) => mocha.run(done));
  // Or its listeners stay on this process.
  mocha.dispose();
  return failures === 0;
}
