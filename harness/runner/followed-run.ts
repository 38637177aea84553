/** Keeps progress.json of a run, for those who follow it, and hands on what it hears. */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import type { FaultEvent } from '../../checkers/history/fault.ts';
import type { Clock } from '../../cluster/runtime/clock.ts';
import { replaceFile } from '../../cluster/runtime/os/replace-file.ts';
import type { RunFiles } from '../record/results-folder.ts';
import type { RunPlan } from '../record/run-plan.ts';
import { type LoadProgress, progressPath, type RunProgress } from '../record/run-progress.ts';
import type { Progress, RunListener } from './run-listener.ts';

/** Often enough for eyes, seldom enough to cost nothing. */
const writeEveryMs = 500;
const notesMax = 8;

export class FollowedRun implements RunListener {
  readonly progressEveryMs: number;
  readonly #inner: RunListener;
  readonly #clock: Clock;
  readonly #active = new Map<string, string>();
  #notes: readonly string[] = [];
  #state: RunProgress | undefined;
  #folder = '';
  #writtenMs = Number.NEGATIVE_INFINITY;

  /** `clock`: of the harness's machine, whatever world the run is in. */
  constructor(inner: RunListener, clock: Clock) {
    this.#inner = inner;
    this.#clock = clock;
    this.progressEveryMs = Math.min(inner.progressEveryMs, writeEveryMs);
  }

  planned(plan: RunPlan, files: RunFiles): void {
    this.#inner.planned(plan, files);
    this.#folder = files.folder;
    const nowMs = this.#clock.wallMs();
    this.#write({
      version: 1,
      pid: process.pid,
      host: hostname(),
      plan,
      startWallMs: nowMs,
      updatedWallMs: nowMs,
      phase: '',
      phaseStartWallMs: nowMs,
      loadStartWallMs: null,
      load: null,
      activeFaults: [],
      notes: [],
      broke: null,
    });
  }

  phase(name: string, detail: string): void {
    this.#inner.phase(name, detail);
    const nowMs = this.#clock.wallMs();
    const began = name === 'load' ? { loadStartWallMs: nowMs } : {};
    this.#change({ phase: name, phaseStartWallMs: nowMs, ...began });
  }

  fault(event: FaultEvent): void {
    this.#inner.fault(event);
    if (event.phase === 'healed' || event.phase === 'failed') this.#active.delete(event.fault);
    else this.#active.set(event.fault, `${event.fault} ${event.variant}`);
    this.#change({ activeFaults: [...this.#active.values()] });
  }

  note(line: string): void {
    this.#inner.note(line);
    this.#notes = [...this.#notes, line].slice(-notesMax);
    this.#change({ notes: this.#notes });
  }

  progress(progress: Progress): void {
    this.#inner.progress(progress);
    if (this.#clock.monotonicMs() - this.#writtenMs >= writeEveryMs) this.#change({ load: loadOf(progress) });
  }

  /** The run came to its verdict: results.json says all. */
  judged(): void {
    this.#state = undefined;
    rmSync(progressPath(this.#folder), { force: true });
  }

  /** The run ended without one. */
  broke(error: unknown): void {
    this.#change({ broke: error instanceof Error ? error.message : String(error) });
  }

  #change(change: Partial<RunProgress>): void {
    if (this.#state === undefined) return;
    this.#write({ ...this.#state, ...change, updatedWallMs: this.#clock.wallMs() });
  }

  #write(state: RunProgress): void {
    this.#state = state;
    this.#writtenMs = this.#clock.monotonicMs();
    try {
      replaceFile(progressPath(this.#folder), `${JSON.stringify(state)}\n`);
    } catch {
      // A full disk is told by the history, which matters; that nobody can follow does not.
    }
  }
}

function loadOf(progress: Progress): LoadProgress {
  const { elapsedS, limitS, counts, master, masterEpoch, syncStateSet, controllerLeader } = progress;
  return {
    ...{ elapsedS, limitS, counts: { ...counts }, syncStateSet },
    master: master ?? null,
    masterEpoch: masterEpoch ?? null,
    controllerLeader: controllerLeader ?? null,
  };
}
