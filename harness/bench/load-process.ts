/** A load generator: a program beside this file, in a process of its own, that says on standard output how it goes. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processStart } from '../../cluster/runtime/os/process-start.ts';
import type { RunRegistry } from '../deployment/process/run-registry.ts';

/** `begin` and `end` of what is measured, each the moment it happens. */
export interface LoadEvent {
  readonly phase: 'begin' | 'end';
  /** Acknowledged so far. */
  readonly messages: number;
  /** Monotonic seconds. */
  readonly atSeconds: number;
  /** Used so far by the generator. */
  readonly cpuSeconds: number;
  /** At the end: of single sends, where those are measured. */
  readonly latenciesMs?: readonly number[];
  /** Sends that were not acknowledged. */
  readonly failed?: number;
}

export interface LoadRun {
  readonly begin: LoadEvent;
  readonly end: LoadEvent;
}

/** `name`: the program's path below this folder, without extension. `on` is told each event at once. Rejects when it fails. */
export function runLoad(
  name: string,
  settings: object,
  registry: RunRegistry,
  on: (event: LoadEvent) => void = () => undefined,
): Promise<LoadRun> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const path = fileURLToPath(new URL(`./${name}.${extension}`, import.meta.url));
  const child = spawn(process.execPath, ['--enable-source-maps', path, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...registry.environment },
  });
  const { pid } = child;
  if (pid !== undefined) registry.add({ pid, start: processStart(pid) ?? '' });
  const events: LoadEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as LoadEvent;
    events.push(event);
    on(event);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (pid !== undefined) registry.remove(pid);
      const begin = events.find(({ phase }) => phase === 'begin');
      const end = events.find(({ phase }) => phase === 'end');
      if (code === 0 && begin !== undefined && end !== undefined) resolve({ begin, end });
      else reject(new Error(`${name} ended with ${code ?? signal} before it was done`));
    });
  });
}
