/**
 * What a run has started, written down where the next harness finds it: <temp>/rocketmq-jepsen/runs/<run id>/<pid>, each file with the
 * process's start time. The run id names the harness itself in the same way, and every process carries it in its environment. So a later
 * harness can tell what belongs to a dead one, and kills nothing else.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processStart } from '../../../cluster/runtime/os/process-start.ts';
import { environmentByPs } from './child-process.ts';
import { removeFaketimeLeftovers } from './faketime-leftovers.ts';

/** In the environment of everything that a run starts. */
export const runLabel = 'ROCKETMQ_JEPSEN_RUN';

export function runsFolder(): string {
  return join(tmpdir(), 'rocketmq-jepsen', 'runs');
}

/** `<pid>-<start>-<random>` of the harness. */
export function newRunId(): string {
  return `${process.pid}-${processStart(process.pid) ?? ''}-${randomBytes(4).toString('hex')}`;
}

export class RunRegistry {
  readonly runId: string;
  readonly #folder: string;
  readonly #pids = new Map<number, string>();
  readonly #onExit = () => {
    this.#killAllNow();
    rmSync(this.#folder, { recursive: true, force: true });
  };
  readonly #onSignal = (signal: NodeJS.Signals) => {
    // Somebody else answers to this signal (the command line heals first): then it decides when to end.
    if (process.listenerCount(signal) > openRegistries.size) return;
    for (const registry of openRegistries) registry.#killAllNow();
    process.exit(128 + (signal === 'SIGINT' ? 2 : signal === 'SIGHUP' ? 1 : 15));
  };

  constructor(runId: string = newRunId(), folder: string = runsFolder()) {
    this.runId = runId;
    this.#folder = join(folder, runId);
    mkdirSync(this.#folder, { recursive: true });
    openRegistries.add(this);
    process.on('exit', this.#onExit);
    for (const signal of endingSignals) process.on(signal, this.#onSignal);
  }

  get environment(): Readonly<Record<string, string>> {
    return { [runLabel]: this.runId };
  }

  add(child: { readonly pid: number; readonly start: string }): void {
    this.#pids.set(child.pid, child.start);
    writeFileSync(join(this.#folder, String(child.pid)), child.start);
  }

  /** It is known to be gone. */
  remove(pid: number): void {
    this.#pids.delete(pid);
    removeFaketimeLeftovers(pid);
    rmSync(join(this.#folder, String(pid)), { force: true });
  }

  /** Nothing of the run lives any more. */
  close(): void {
    openRegistries.delete(this);
    process.off('exit', this.#onExit);
    for (const signal of endingSignals) process.off(signal, this.#onSignal);
    this.#onExit();
  }

  #killAllNow(): void {
    for (const [pid, start] of this.#pids) {
      if (killIf(pid, start, this.runId)) removeFaketimeLeftovers(pid);
    }
  }
}

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Of this process: several clusters may live in one harness. */
const openRegistries = new Set<RunRegistry>();

export interface Swept {
  readonly runId: string;
  readonly pids: readonly number[];
}

/** Kills what is left of harnesses that died. Returns what was found, for people. */
export function sweepDeadRuns(folder: string = runsFolder()): readonly Swept[] {
  return runIdsIn(folder)
    .filter((runId) => isHarnessDead(runId))
    .map((runId) => {
      const written = readdirSync(join(folder, runId)).map(Number);
      // A harness may have died between the start of a process and the note of it.
      const pids = [...new Set([...written, ...labelledPids(runId)])].filter((pid) => {
        const start = startNoted(join(folder, runId, String(pid)));
        const isKilled = killIf(pid, start, runId);
        if (isKilled) removeFaketimeLeftovers(pid);
        return isKilled;
      });
      rmSync(join(folder, runId), { recursive: true, force: true });
      return { runId, pids };
    });
}

function runIdsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The process that a run id names is gone. */
export function isHarnessDead(runId: string): boolean {
  const [pid = '', start = ''] = runId.split('-');
  if (!/^\d+$/.test(pid)) return false;
  return processStart(Number(pid)) !== start;
}

function startNoted(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** True when the process was there, was ours by label and (where noted) start time, and was sent SIGKILL. */
function killIf(pid: number, start: string | undefined, runId: string): boolean {
  const present = processStart(pid);
  if (present === undefined || (start !== undefined && present !== start)) return false;
  if (!environmentOf(pid).includes(`${runLabel}=${runId}`)) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return process.platform === 'linux' ? '' : environmentByPs(pid);
  }
}

function labelledPids(runId: string): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => environmentOf(pid).includes(`${runLabel}=${runId}`));
  } catch {
    return [];
  }
}
