/**
 * progress.json: how far a run has come. It is there while the run goes on; one that is left behind tells where its run ended without a verdict.
 * Always whole: it is replaced, never written over.
 */
import { join } from 'node:path';
import type { RunningCounts } from './recorder.ts';
import type { RunPlan } from './run-plan.ts';

/** Version 1. */
export interface RunProgress {
  readonly version: 1;
  /** The harness's own process, and its machine. */
  readonly pid: number;
  readonly host: string;
  readonly plan: RunPlan;
  readonly startWallMs: number;
  readonly updatedWallMs: number;
  /** 'starting', 'load', 'healing', 'final reads', 'stopping', 'judging'; '' before the first of them. */
  readonly phase: string;
  readonly phaseStartWallMs: number;
  /** Wall time at nanosecond 0 of history.jsonl and faults.jsonl, to a few milliseconds; null before the load. */
  readonly loadStartWallMs: number | null;
  /** What was counted last, during the load. */
  readonly load: LoadProgress | null;
  readonly activeFaults: readonly string[];
  /** The last lines for people. */
  readonly notes: readonly string[];
  /** Why it ended without a verdict; null while it goes on. */
  readonly broke: string | null;
}

export interface LoadProgress {
  readonly elapsedS: number;
  readonly limitS: number;
  readonly counts: Readonly<RunningCounts>;
  /** Null while nobody can tell. */
  readonly master: string | null;
  readonly masterEpoch: number | null;
  readonly syncStateSet: readonly string[];
  readonly controllerLeader: string | null;
}

export function progressPath(folder: string): string {
  return join(folder, 'progress.json');
}
