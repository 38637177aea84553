/** Who notices a change of a judge. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Trial, TrialResult } from './trial-process.ts';

export type Notice = 'tests' | 'oracle' | 'nobody';

/** The files that stand in no folder. */
export const topLevel = '.';

/** The compiled files of a folder, tests too, by path within the judges. */
export function filesOf(built: string, folder: string): string[] {
  return readdirSync(join(built, folder), { recursive: folder !== topLevel })
    .map((file) => join(folder, String(file)))
    .filter((file) => file.endsWith('.js'))
    .sort();
}

/** Asks a process of its own for each trial, and another one after a trial that ended it. */
export class Trials {
  readonly #built: string;
  readonly #bench: string;
  #child: ChildProcess | undefined;

  constructor(built: string, bench: string) {
    this.#built = built;
    this.#bench = bench;
  }

  /** A rule without which the tests never end was noticed too. */
  async noticeOf(folder: string, change: Trial['change']): Promise<Notice> {
    const ownTest = change?.file.replace(/\.js$/, '.test.js');
    const tests = new Set([
      // That of the file itself first: most rules are noticed there.
      ...filesOf(this.#built, folder).filter((file) => file === ownTest),
      ...filesOf(this.#built, folder).filter((file) => file.endsWith('.test.js')),
      'tricky-histories.test.js',
    ]);
    const oracle = filesOf(this.#built, 'oracle').filter((file) => file.endsWith('.test.js'));
    const notices: readonly Notice[] = ['tests', 'oracle'];
    const noticedBy = await this.#ask({
      built: this.#built,
      bench: this.#bench,
      change,
      rounds: [[...tests], oracle],
    });
    return noticedBy === undefined ? 'nobody' : (notices[noticedBy] ?? 'nobody');
  }

  end(): void {
    this.#child?.kill('SIGKILL');
  }

  async #ask(trial: Trial): Promise<number | undefined> {
    this.#child ??= fork(fileURLToPath(new URL('trial-process.js', import.meta.url)), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const child = this.#child;
    const ended = new AbortController();
    const answer = once(child, 'message', { signal: ended.signal }).then(
      ([result]: TrialResult[]) => result?.noticedBy,
    );
    const exit = once(child, 'exit', { signal: ended.signal }).then(() => {
      this.#child = undefined;
      return 0;
    });
    child.send(trial);
    try {
      return await Promise.race([answer, exit]);
    } finally {
      ended.abort();
      await Promise.allSettled([answer, exit]);
    }
  }
}
