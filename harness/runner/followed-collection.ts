/** Keeps progress.json of a campaign or a matrix, for those who follow it. */
import { mkdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock, Timer } from '../../cluster/runtime/clock.ts';
import { replaceFile } from '../../cluster/runtime/os/replace-file.ts';
import { type CollectionProgress, type NotValidRun, verdictLetters } from '../record/collection-progress.ts';
import { progressPath } from '../record/run-progress.ts';

const writeEveryMs = 1000;
/** Who cannot ask for the process knows by it that the work goes on, however long one run takes. */
const signOfLifeMs = 60_000;
const notValidMax = 50;
const latelyMax = 400;

export interface EndedRun extends NotValidRun {
  readonly ok: number;
  readonly acknowledged: number;
}

export type CollectionFacts = Pick<
  CollectionProgress,
  'collection' | 'world' | 'command' | 'firstSeed' | 'workers' | 'startWallMs' | 'wanted'
>;

export class FollowedCollection {
  readonly #folder: string;
  readonly #clock: Clock;
  #state: CollectionProgress;
  #isNew = false;
  #writtenMs = 0;
  #timer: Timer | undefined;

  /** `clock`: of the harness's machine. */
  constructor(folder: string, clock: Clock, facts: CollectionFacts) {
    this.#folder = folder;
    this.#clock = clock;
    this.#state = {
      ...{ version: 1, pid: process.pid, host: hostname(), ...facts, updatedWallMs: facts.startWallMs },
      ...{ done: 0, verdicts: { valid: 0, invalid: 0, unknown: 0, broke: 0 }, lately: '' },
      ...{ ok: 0, acknowledged: 0, now: '', notValid: [], broke: null },
    };
    this.#write();
    this.#again();
  }

  /** What is begun, where one thing is done at a time. */
  begins(now: string): void {
    this.#change({ now });
  }

  /** `left`: how many shall still be run. */
  ended({ ok, acknowledged, ...run }: EndedRun, left: number): void {
    const { done, lately, notValid, verdicts, ...sums } = this.#state;
    this.#change({
      done: done + 1,
      wanted: done + 1 + left,
      verdicts: { ...verdicts, [run.verdict]: verdicts[run.verdict] + 1 },
      lately: `${lately}${verdictLetters[run.verdict]}`.slice(-latelyMax),
      ok: sums.ok + ok,
      acknowledged: sums.acknowledged + acknowledged,
      now: '',
      notValid: run.verdict === 'valid' || notValid.length >= notValidMax ? notValid : [...notValid, run],
    });
  }

  /** `write` writes its record, which says all. */
  recorded<T>(write: () => T): T {
    this.#timer?.cancel();
    const written = write();
    rmSync(progressPath(this.#folder), { force: true });
    return written;
  }

  /** It ended without one. */
  broke(error: unknown): void {
    this.#timer?.cancel();
    this.#change({ broke: error instanceof Error ? error.message : String(error) });
    this.#write();
  }

  #change(change: Partial<CollectionProgress>): void {
    this.#state = { ...this.#state, ...change };
    this.#isNew = true;
  }

  #again(): void {
    this.#timer = this.#clock.after(writeEveryMs, () => {
      if (this.#isNew || this.#clock.monotonicMs() - this.#writtenMs >= signOfLifeMs) this.#write();
      this.#again();
    });
  }

  #write(): void {
    this.#state = { ...this.#state, updatedWallMs: this.#clock.wallMs() };
    this.#isNew = false;
    this.#writtenMs = this.#clock.monotonicMs();
    try {
      mkdirSync(this.#folder, { recursive: true });
      replaceFile(progressPath(this.#folder), `${JSON.stringify(this.#state)}\n`);
    } catch {
      // A full disk is told by what must be written; that nobody can follow does not matter.
    }
  }
}
