/** The one file that knows execa: programs that live beside the harness. */
import { closeSync, openSync } from 'node:fs';
import { execa, execaSync } from 'execa';
import { processStart } from '../../../cluster/runtime/os/process-start.ts';

export interface ChildOptions {
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the harness's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it prints is appended here. */
  readonly logFile: string;
  readonly folder?: string;
}

export interface ChildProcess {
  readonly pid: number;
  /** As `processStart` tells it: with the pid it names this process and no later one. */
  readonly start: string;
  /** How it ended: 'exit code 1', 'signal SIGKILL'; undefined while it lives (also when it is stopped). */
  readonly exited: string | undefined;
  /** Never rejects. */
  readonly whenExited: Promise<string>;
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export class ChildStartError extends Error {
  override readonly name = 'ChildStartError';
}

/**
 * In a process group of its own: Ctrl-C at the terminal is for the harness, which heals and stops its children itself. They are not bound to
 * the life of this process by execa; `RunRegistry` sees to it.
 */
export function startChild(options: ChildOptions): ChildProcess {
  const log = openSync(options.logFile, 'a');
  // Any descriptor of ours will do; execa's types know only the standard ones. No pipe: it would break when the harness dies.
  const descriptor = log as 1;
  try {
    const running = execa(options.file, options.args, {
      env: { ...options.environment },
      stdio: ['ignore', descriptor, descriptor],
      detached: true,
      cleanup: false,
      reject: false,
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
    });
    const { pid } = running;
    if (pid === undefined) {
      // execa tells the reason only through the promise; what we know is enough for people.
      void running.then(() => undefined);
      throw new ChildStartError(`${options.file} could not be started; is it there and executable?`);
    }
    let exited: string | undefined;
    const whenExited = running.then((result) => {
      exited =
        result.signal === undefined ? `exit code ${result.exitCode ?? '?'}` : `signal ${result.signal}`;
      return exited;
    });
    const signal: ChildProcess['signal'] = (name) => {
      if (exited === undefined) running.kill(name);
    };
    return {
      pid,
      start: processStart(pid) ?? '',
      get exited() {
        return exited;
      },
      whenExited,
      signal,
      async kill() {
        signal('SIGKILL');
        await whenExited;
      },
    };
  } finally {
    closeSync(log);
  }
}

/** The environment a process was started with, as far as the system shows it to us; '' where it does not. For systems without /proc. */
export function environmentByPs(pid: number): string {
  const result = execaSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { reject: false });
  return typeof result.stdout === 'string' ? result.stdout : '';
}
